package link

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// maxConnections is how many a vehicle may have at once, with those that it waits for.
const maxConnections = 256

var errTooMany = fmt.Errorf("%w: the vehicle has %d connections already and must close one", syscall.ECONNREFUSED, maxConnections)

// dialTime bounds how long a real vehicle's connection waits for the backend.
const dialTime = time.Minute

// Dial connects the vehicle to its backend, which takes a round trip, and returns the vehicle's end. It fails with a
// *net.OpError that wraps
//
//   - ENETUNREACH, at once, if the link is off,
//   - ECONNRESET if the network changed meanwhile,
//   - ECONNREFUSED and the backend's error if that cannot be reached, or if the vehicle has 256 connections,
//   - the context's error if that ended first, as it does while the link stalls,
//   - net.ErrClosed after Close.
//
// The connection has deadlines and can be closed by halves with CloseWrite.
func (l *Link) Dial(ctx context.Context) (net.Conn, error) {
	near, far := pair("vehicle", "backend")
	if err := l.connect(ctx, far); err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: Addr("backend"), Err: err}
	}
	return near, nil
}

// Serve takes the connections of a real vehicle until the context ends, which is no error, or the link is closed, which
// is net.ErrClosed. It closes the listener, and leaves connections that are made. A connection that cannot be had within a
// minute is reset: TCP has made it before the link is asked.
func (l *Link) Serve(ctx context.Context, from net.Listener) error {
	if err := l.begin(); err != nil {
		return fmt.Errorf("serve vehicles at %v: %w", from.Addr(), err)
	}
	defer l.running.Done()
	defer from.Close()
	defer context.AfterFunc(l.ctx, func() { _ = from.Close() })()
	defer context.AfterFunc(ctx, func() { _ = from.Close() })()
	for {
		conn, err := from.Accept()
		switch {
		case ctx.Err() != nil || l.ctx.Err() != nil:
			if err == nil {
				reset(conn)
			}
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("serve vehicles at %v: %w", from.Addr(), net.ErrClosed)
		case err != nil:
			return fmt.Errorf("accept a vehicle's connection at %v: %w", from.Addr(), err)
		}
		l.running.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, dialTime)
			defer cancel()
			if err := l.connect(ctx, conn); err != nil {
				reset(conn)
			}
		})
	}
}

// connect joins the link's end of a vehicle's connection to the backend.
func (l *Link) connect(ctx context.Context, vehicle net.Conn) error {
	if err := l.begin(); err != nil {
		return err
	}
	defer l.running.Done()
	l.note(Event{Kind: Dialled})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	err := l.join(ctx, vehicle)
	switch {
	case err == nil:
		return nil
	case l.ctx.Err() != nil:
		err = net.ErrClosed
	case errors.Is(err, errMoved):
		err = fmt.Errorf("%w: %w", syscall.ECONNRESET, err)
	}
	l.note(Event{Kind: Refused, Detail: err.Error()})
	return err
}

// join takes a place, and keeps it if the connection is made.
func (l *Link) join(ctx context.Context, vehicle net.Conn) (err error) {
	select {
	case l.places <- struct{}{}:
	default:
		return errTooMany
	}
	defer func() {
		if err != nil {
			<-l.places
		}
	}()
	profile, epoch, err := l.reach(ctx)
	if err != nil {
		return err
	}
	if err := wait(ctx, 2*profile.Latency); err != nil {
		return err
	}
	backend, err := l.backend(ctx, profile.Portal)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: reach the backend: %w", syscall.ECONNREFUSED, err)
	}
	if err := l.add(epoch, vehicle, backend); err != nil {
		reset(backend)
		return err
	}
	return nil
}

// reach waits while the link stalls, and returns the profile and the epoch of a network that answers.
func (l *Link) reach(ctx context.Context) (Profile, int, error) {
	for {
		l.mu.Lock()
		profile, epoch, changed := l.profile, l.epoch, l.changed
		l.mu.Unlock()
		switch {
		case profile.Off:
			return profile, epoch, syscall.ENETUNREACH
		case !profile.Stall:
			return profile, epoch, ctx.Err()
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return profile, epoch, ctx.Err()
		}
	}
}

func (l *Link) backend(ctx context.Context, portal bool) (net.Conn, error) {
	if !portal {
		return l.upstream(ctx)
	}
	p, err := l.captive()
	if err != nil {
		return nil, err
	}
	return p.listener.Dial(ctx)
}

// wait returns after d, or the context's error.
func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
