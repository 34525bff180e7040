package server_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// wire is an isotp.Conn without a bus: what the tester sends, the server receives.
type wire struct {
	requests  chan isotp.Message
	responses chan []byte
	closed    chan struct{}
	once      sync.Once
}

func newWire() *wire {
	return &wire{requests: make(chan isotp.Message, 16), responses: make(chan []byte, 1024), closed: make(chan struct{})}
}

func (w *wire) String() string { return "wire" }
func (w *wire) Drain() int     { return 0 }

func (w *wire) Close() error {
	w.once.Do(func() { close(w.closed) })
	return nil
}

func (w *wire) Send(_ context.Context, b []byte) error {
	w.responses <- bytes.Clone(b)
	return nil
}

func (w *wire) Receive(ctx context.Context, _ time.Duration) (isotp.Message, error) {
	select {
	case m := <-w.requests:
		return m, nil
	case <-w.closed:
		return isotp.Message{}, isotp.ErrClosed
	case <-ctx.Done():
		return isotp.Message{}, ctx.Err()
	}
}

// rig is a server with a tester.
type rig struct {
	t *testing.T
	*wire
}

// with runs f against a server in virtual time.
func with(t *testing.T, cfg server.Config, f func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t, newWire()}
		s, err := server.New(r.wire, cfg)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() { done <- s.Serve(t.Context()) }()
		defer func() {
			_ = r.Close()
			if err := <-done; !errors.Is(err, isotp.ErrClosed) {
				t.Errorf("Serve ends with %v", err)
			}
		}()
		f(r)
	})
}

func unhex(text string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

func (r *rig) send(request []byte) { r.requests <- isotp.Message{Data: request} }

// heard returns the next message, or nil if none comes within a second.
func (r *rig) heard() []byte {
	select {
	case b := <-r.responses:
		return b
	case <-time.After(time.Second):
		return nil
	}
}

// do returns the final response to a request, nil if there is none.
func (r *rig) do(request []byte) []byte {
	r.send(request)
	for {
		b := r.heard()
		if len(b) != 3 || b[2] != byte(uds.ResponsePending) {
			return b
		}
	}
}

// says checks one exchange, in hexadecimal. "" is no response; a response that ends with ".." may go on.
func (r *rig) says(request, want string) []byte {
	r.t.Helper()
	got := r.do(unhex(request))
	r.matches(request, want, got)
	return got
}

func (r *rig) matches(request, want string, got []byte) {
	r.t.Helper()
	head, open := strings.CutSuffix(want, "..")
	ok := bytes.Equal(got, unhex(head)) || open && bytes.HasPrefix(got, unhex(head))
	if !ok {
		r.t.Errorf("%s answered with %X, want %s", request, got, want)
	}
}

// hears checks the next messages and when each of them comes.
func (r *rig) hears(begin time.Time, want ...string) {
	r.t.Helper()
	for _, w := range want {
		m := <-r.responses
		if got := fmt.Sprintf("%v %X", time.Since(begin), m); got != w {
			r.t.Errorf("heard %s, want %s", got, w)
		}
	}
}

// exchange is a row of a table test: what is said, and what is answered.
type exchange struct{ request, response string }

func (r *rig) talk(exchanges []exchange) {
	r.t.Helper()
	for _, e := range exchanges {
		r.says(e.request, e.response)
	}
}

// unlock opens a level whose key is that of xor.
func (r *rig) unlock(level byte) {
	r.t.Helper()
	seed := r.do([]byte{0x27, level})
	if len(seed) != 6 {
		r.t.Fatalf("the seed is %X", seed)
	}
	if got := r.do(append([]byte{0x27, level + 1}, xor(seed[2:])...)); !bytes.Equal(got, []byte{0x67, level + 1}) {
		r.t.Fatalf("the key is answered with %X", got)
	}
}

// xor is a key algorithm.
func xor(seed []byte) []byte {
	key := bytes.Clone(seed)
	for i := range key {
		key[i] ^= 0x5A
	}
	return key
}

// sessions are an extended and a programming session, of which the latter is entered from any but the default one.
func sessions() map[byte]server.Session {
	return map[byte]server.Session{
		0x02: {P2: 25 * time.Millisecond, Enter: server.Access{Sessions: []byte{0x02, 0x03}}},
		0x03: {},
	}
}

var (
	extended    = server.Access{Sessions: []byte{0x03}}
	notDefault  = server.Access{Sessions: []byte{0x02, 0x03}}
	programming = server.Access{Sessions: []byte{0x02}, Levels: []byte{0x01}}
)

func level() server.Level { return server.Level{SeedLength: 4, Key: xor} }
