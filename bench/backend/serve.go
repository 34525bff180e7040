package backend

import (
	"context"
	"crypto/tls"
	"fmt"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	headerTime  = 30 * time.Second // for a handshake and for the head of a request
	idleTime    = 2 * time.Minute  // between two requests of a connection
	headerBytes = 16 << 10
)

// Serve answers on l, by HTTP/1.1 over TLS 1.3, until ctx is done; then it ends all connections of l and returns nil.
// Otherwise it returns why l accepts no more. Once it has returned, nothing of l is told to the observer any more. A
// backend may serve on several listeners.
func (b *Backend) Serve(ctx context.Context, l net.Listener) error {
	certificate, err := b.authority.server(b.host)
	if err != nil {
		return fmt.Errorf("make the certificate of backend %s: %w", b.host, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := b.server(ctx, certificate)
	var open sync.WaitGroup
	server.ConnState = counting(&open)
	gated := &gatedListener{Listener: l, gate: &b.gate}
	context.AfterFunc(ctx, gated.end)
	err = server.ServeTLS(gated, "", "")
	done := ctx.Err() != nil
	cancel() // those who wait for news
	// Connections end before the server does: it would say goodbye on each, with a lock that others wait for, and a vehicle
	// that is stuck takes its time to listen.
	gated.end()
	server.Close()
	open.Wait()
	if done {
		return nil
	}
	return fmt.Errorf("serve backend %s on %s: %w", b.host, l.Addr(), err)
}

// counting counts the connections that are served. The server says that one is new before it accepts the next or ends.
func counting(open *sync.WaitGroup) func(net.Conn, http.ConnState) {
	return func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed, http.StateHijacked:
			open.Done()
		}
	}
}

func (b *Backend) server(ctx context.Context, certificate tls.Certificate) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	// The app has no certificate; the routes of vehicles ask for one.
	asks, of := tls.VerifyClientCertIfGiven, b.authority.pool()
	if b.any {
		asks, of = tls.RequestClientCert, nil
	}
	return &http.Server{
		Handler:           b.handler,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		Protocols:         &protocols,
		ReadHeaderTimeout: headerTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          log.New(complaints{b}, "", 0),
		TLSConfig: &tls.Config{
			Certificates: []tls.Certificate{certificate},
			MinVersion:   tls.VersionTLS13,
			ClientAuth:   asks,
			ClientCAs:    of,
			// Each connection shows its certificate, so that none outlives the decision to accept it.
			SessionTicketsDisabled: true,
		},
	}
}

// complaints turns what the server says of connections that come to nothing into events.
type complaints struct{ b *Backend }

func (c complaints) Write(line []byte) (int, error) {
	c.b.tell(Event{Kind: Refused, Text: clip(string(line))})
	return len(line), nil
}
