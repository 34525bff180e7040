package master

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/can/signal"
	"otabench/ecu"
	"otabench/ecu/description"
	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
	"otabench/ecu/sim"
)

// began is the time at which a bubble begins.
var began = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// newLife is a master's life without a bus, with a full battery, that knows the time. Its backend is handler, by plain HTTP
// on connections in memory.
func newLife(t *testing.T, handler http.Handler, faults ...Fault) *life {
	t.Helper()
	l := &life{
		Master: &Master{
			cfg: Config{
				Faults:      faults,
				Credentials: cloud.Credentials{VIN: "WOB00000000000001", Address: "http://backend"},
				Behind: []Behind{
					{Name: "vcu", Description: description.ECU{Programming: description.Programming{Hardware: "VCU-1"}}},
					{Name: "bcm", Description: description.ECU{Programming: description.Programming{Hardware: "BCM-1"}}},
				},
			}.withDefaults(),
			around: Surroundings{Terminal: sim.Fixed(13 * physic.Volt)},
		},
		rec: record{State: ota.Idle}, units: map[string]*ecu.Unit{}, actions: make(chan ota.Action, 8),
		reported: make(chan struct{}, 1), lines: make(chan string, printed),
		senses: &senses{heard: map[string]time.Time{}, values: map[string]float64{}, touched: -1},
	}
	l.storage = newStorage(l.cfg.Storage)
	l.ctx, l.cause = context.WithCancel(t.Context())
	t.Cleanup(l.cause)
	l.clock = newClock(time.Time{}, false)
	l.clock.set(time.Now())
	l.screen = newScreen(l)
	l.charge(80)
	l.cloud = newConnection(l.cfg, serve(t, handler), l.clock)
	l.cloud.client.Transport.(*http.Transport).TLSClientConfig = nil
	t.Cleanup(l.cloud.close)
	return l
}

// charge lets the battery say its state of charge, for the rest of the test.
func (l *life) charge(percent float64) {
	l.senses.take("BMS_Battery", []signal.Value{{Signal: &signal.Signal{Name: "StateOfCharge"}, Physical: percent}})
	l.senses.heard["BMS_Battery"] = time.Now().Add(time.Hour)
}

// serve serves HTTP in memory until the test ends, and returns what dials it.
func serve(t *testing.T, handler http.Handler) func(context.Context) (net.Conn, error) {
	t.Helper()
	if handler == nil {
		handler = http.NotFoundHandler()
	}
	front := &listener{conns: make(chan net.Conn), done: make(chan struct{})}
	var serving sync.WaitGroup
	server := &http.Server{ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		serving.Add(1)
		defer serving.Done()
		handler.ServeHTTP(w, r)
	})}
	serving.Go(func() { _ = server.Serve(front) })
	t.Cleanup(func() {
		_ = server.Close()
		serving.Wait()
	})
	return front.dial
}

// listener is one in memory.
type listener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (l *listener) dial(ctx context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.done:
	case <-ctx.Done():
	}
	return nil, net.ErrClosed
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *listener) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }
