package tamper_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can/isotp"
	"otabench/can/virtual"
	"otabench/ecu/sim/tamper"
)

// wire joins a server's connection, with faults in it, and a tester's.
func wire(t *testing.T, faults ...tamper.Fault) (server *tamper.Conn, tester isotp.Conn) {
	t.Helper()
	bus := virtual.NewBus("diag", virtual.Options{})
	open := func(tx, rx uint32) isotp.Conn {
		conn, err := isotp.Open(bus.Attach("node"), isotp.Config{Address: isotp.Address{Tx: tx, Rx: rx}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return conn
	}
	t.Cleanup(func() { _ = bus.Close() })
	return tamper.New(open(0x7E8, 0x7E0), faults...), open(0x7E0, 0x7E8)
}

// received are the messages that come within a second.
func received(ctx context.Context, conn isotp.Conn) (all []string) {
	for {
		m, err := conn.Receive(ctx, time.Second)
		if err != nil {
			return all
		}
		all = append(all, fmt.Sprintf("% X", m.Data))
	}
}

func TestFaults(t *testing.T) {
	change := tamper.Fault{
		Request: func(m *isotp.Message, _ func(...byte)) bool {
			m.Data[0]++
			return true
		},
		Response: func(request isotp.Message, response []byte) [][]byte {
			return [][]byte{append(response, request.Data[0])}
		},
	}
	keep := tamper.Fault{Request: func(m *isotp.Message, say func(...byte)) bool {
		say(0xEE)
		return m.Data[0] != 0x11
	}}
	twice := tamper.Fault{Response: func(_ isotp.Message, response []byte) [][]byte { return [][]byte{response, response} }}
	for name, c := range map[string]struct {
		faults          []tamper.Fault
		request, answer string
	}{
		"none":              {nil, "[10]", "[50]"},
		"changed":           {[]tamper.Fault{change}, "[11]", "[50 10]"},
		"kept back":         {[]tamper.Fault{change, keep}, "[]", "[EE 50 10]"},
		"sent twice":        {[]tamper.Fault{twice}, "[10]", "[50 50]"},
		"one after another": {[]tamper.Fault{change, twice}, "[11]", "[50 10 50 10]"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, tester := wire(t, c.faults...)
				if err := tester.Send(t.Context(), []byte{0x10}); err != nil {
					t.Fatal(err)
				}
				if got := fmt.Sprint(received(t.Context(), server)); got != c.request {
					t.Errorf("the server gets %s, want %s", got, c.request)
				}
				if err := server.Send(t.Context(), []byte{0x50}); err != nil {
					t.Fatal(err)
				}
				if got := fmt.Sprint(received(t.Context(), tester)); got != c.answer {
					t.Errorf("the tester gets %s, want %s", got, c.answer)
				}
			})
		})
	}
}

func TestClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, _ := wire(t)
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
		if err := server.Send(t.Context(), []byte{0x50}); err == nil {
			t.Error("a closed connection sends")
		}
		if _, err := server.Receive(t.Context(), 0); err == nil {
			t.Error("a closed connection receives")
		}
	})
}
