package uds_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/virtual"
	"otabench/ecu/uds"
)

// echo answers ReadDataByIdentifier on one connection with the identifier's data: who answers to whom, and which
// identifier it is. Every seventh answer is pending first, and every third is longer than a frame.
func echo(ctx context.Context, conn isotp.Conn, who string) {
	for n := 1; ; n++ {
		m, err := conn.Receive(ctx, 0)
		if err != nil {
			return
		}
		if !bytes.HasPrefix(m.Data, []byte{uds.SIDReadDataByIdentifier}) {
			continue // tester present
		}
		if n%7 == 0 {
			if err := conn.Send(ctx, []byte{0x7F, 0x22, 0x78}); err != nil {
				return
			}
			time.Sleep(70 * ms)
		}
		response := append([]byte{0x62}, m.Data[1:]...)
		if err := conn.Send(ctx, append(response, reading(who, n, m.Data[1:])...)); err != nil {
			return
		}
	}
}

func reading(who string, n int, id []byte) []byte {
	if n%3 == 0 {
		who += " with a long answer of more than one frame"
	}
	return fmt.Appendf(nil, "%s %x", who, id)
}

// Clients on one bus get the answers of their servers to their own requests, and of the same server to the address that
// they ask from, whoever else asks at the same time.
func TestClientsDoNotDisturbEachOther(t *testing.T) {
	const requests = 1500
	type pair struct {
		name   string
		client isotp.Address
	}
	for name, pairs := range map[string][]pair{
		"two servers": {
			{"7E0", isotp.Address{Tx: 0x7E0, Rx: 0x7E8}},
			{"7E1", isotp.Address{Tx: 0x7E1, Rx: 0x7E9}},
		},
		"one server, two testers": {
			{"F1 to 10", isotp.NormalFixed(0xF1, 0x10)},
			{"F2 to 10", isotp.NormalFixed(0xF2, 0x10)},
		},
		"one tester, two servers and another tester": {
			{"F1 to 10", isotp.NormalFixed(0xF1, 0x10)},
			{"F1 to 11", isotp.NormalFixed(0xF1, 0x11)},
			{"F2 to 10", isotp.NormalFixed(0xF2, 0x10)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bus := virtual.NewBus("test", virtual.Options{Bitrate: 500_000})
				defer bus.Close()
				ctx, cancel := context.WithCancel(t.Context())
				var servers, clients sync.WaitGroup
				tester, ecu := bus.Attach("tester"), bus.Attach("ecu")
				for _, p := range pairs {
					conn := connect(t, ecu, p.client.Reversed())
					servers.Go(func() { echo(ctx, conn, p.name) })
					c := uds.New(connect(t, tester, p.client), uds.Options{Name: p.name, Timing: uds.Timing{S3Client: 5 * ms}})
					clients.Go(func() { askOften(t, c, p.name, requests) })
				}
				clients.Wait()
				cancel()
				servers.Wait()
			})
		})
	}
}

func connect(t *testing.T, bus can.Bus, a isotp.Address) isotp.Conn {
	t.Helper()
	c, err := isotp.Open(bus, isotp.Config{Address: a})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// askOften asks from two goroutines beside a keep-alive, and checks each answer.
func askOften(t *testing.T, c *uds.Client, who string, requests int) {
	defer c.KeepAlive(t.Context())()
	var both sync.WaitGroup
	for half := range 2 {
		both.Go(func() {
			for n := range requests / 2 {
				id := uint16(half<<15 | n)
				got, err := c.ReadDataByIdentifier(t.Context(), id)
				want := binary.BigEndian.AppendUint16(nil, id)
				if err != nil || !bytes.HasPrefix(got, []byte(who+" ")) || !bytes.HasSuffix(got, fmt.Appendf(nil, " %x", want)) {
					t.Errorf("%s, %04X: %q, %v", who, id, got, err)
					return
				}
			}
		})
	}
	both.Wait()
}

// A client whose server is gone has no answer, though another client's server answers the same request at the time.
func TestAnotherServersAnswerIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := virtual.NewBus("test", virtual.Options{Bitrate: 500_000})
		defer bus.Close()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		tester, ecu := bus.Attach("tester"), bus.Attach("ecu")
		there := isotp.NormalFixed(0xF1, 0x10)
		conn := connect(t, ecu, there.Reversed())
		go echo(ctx, conn, "there")
		good := uds.New(connect(t, tester, there), uds.Options{})
		gone := uds.New(connect(t, tester, isotp.NormalFixed(0xF1, 0x11)), uds.Options{})
		lost := make(chan error)
		go func() {
			_, err := gone.ReadDataByIdentifier(ctx, 0xF190)
			lost <- err
		}()
		if _, err := good.ReadDataByIdentifier(ctx, 0xF190); err != nil {
			t.Error(err)
		}
		if err := <-lost; !errors.Is(err, uds.ErrNoResponse) {
			t.Error(err)
		}
	})
}
