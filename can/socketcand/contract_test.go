package socketcand

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/cantest"
	"otabench/can/virtual"
)

var errUnknownBus = errors.New("there is only can0")

// The node that the contract has listen most is farther from the server than the other one, so that a Send has ended
// when its frame is there. The contract does not wait for Sends whose frames it has seen.
func TestContract(t *testing.T) {
	for name, opts := range map[string]virtual.Options{"unpaced": {}, "paced": {Bitrate: 500_000}} {
		t.Run(name, func(t *testing.T) {
			cantest.TestBusInBubble(t, func(t *testing.T) (a, b can.Bus) {
				s := serve(t, opts, ServeOptions{})
				return s.join(), s.joinOn(s.callFrom(time.Millisecond))
			})
		})
	}
}

// listen starts a server on a port of its own, which ends with the test.
func listen(t testing.TB, opts virtual.Options) (address string) {
	t.Helper()
	address, _ = listenOn(t, opts)
	return address
}

// listenOn is listen, and gives the wire too.
func listenOn(t testing.TB, opts virtual.Options) (address string, wire *virtual.Bus) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	wire = virtual.NewBus("wire", opts)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		ended <- Serve(ctx, l, func(string) (can.Bus, error) { return wire.Attach("client"), nil }, ServeOptions{})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
		_ = wire.Close()
	})
	return l.Addr().String(), wire
}

func dial(t testing.TB, address string) *Bus {
	t.Helper()
	b, err := Dial(t.Context(), address, "can0", Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}
