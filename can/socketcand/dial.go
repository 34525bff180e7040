package socketcand

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Port is the TCP port of the socketcand daemon.
const Port = "29536"

// Options change how a bus is joined.
type Options struct {
	// Timeout is how long the server may take to answer, at first and ever after; 5 s if 0. A server that is found not
	// to answer is given up, as one whose connection broke.
	Timeout time.Duration
}

const defaultTimeout = 5 * time.Second

// ErrRefused is wrapped by errors of [Dial] that the server causes by refusing the bus.
var ErrRefused = errors.New("the server refused")

// Dial joins the bus of that name at a server's address, host:port. ctx bounds the joining only.
func Dial(ctx context.Context, address, name string, o Options) (*Bus, error) {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	full := "socketcand://" + address + "/" + name
	if err := CheckName(name); err != nil {
		return nil, fmt.Errorf("%s: %w", full, err)
	}
	d := net.Dialer{Timeout: o.Timeout, KeepAliveConfig: keepAlive(o.Timeout)}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", full, err)
	}
	return join(ctx, conn, full, name, o.Timeout)
}

// maxName is the daemon's, without the final zero.
const maxName = 16

// CheckName says why name cannot name a bus.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("no bus is named")
	case len(name) > maxName:
		return fmt.Errorf("a bus name has at most %d bytes", maxName)
	case strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' || r == '/' }):
		return fmt.Errorf("%q cannot be the name of a bus", name)
	}
	return nil
}

// keepAlive makes the system find a dead connection within about the timeout, but not before 3 s.
func keepAlive(timeout time.Duration) net.KeepAliveConfig {
	const probes = 3
	every := max(timeout/probes, time.Second)
	return net.KeepAliveConfig{Enable: true, Idle: every, Interval: every, Count: probes}
}

// join opens a bus on a connection, which it closes if that fails.
func join(ctx context.Context, conn net.Conn, full, name string, timeout time.Duration) (*Bus, error) {
	abort := context.AfterFunc(ctx, func() { _ = conn.Close() })
	h := handshake{conn, newElements(conn)}
	fs, err := h.run(name, time.Now().Add(timeout))
	if !abort() {
		err = ctx.Err()
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("%s: join: %w", full, err)
	}
	return newBus(conn, h.in, full, fs, timeout), nil
}
