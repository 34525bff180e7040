package uds_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/virtual"
	"otabench/ecu/uds"
)

func TestPeriodicHearsItsIdentifier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := virtual.NewBus("test", virtual.Options{})
		defer bus.Close()
		tester, ecu := bus.Attach("tester"), bus.Attach("ecu")
		var heard []string
		cancel := uds.Periodic(tester, 0x7A8, false, func(p uds.PeriodicData) {
			heard = append(heard, fmt.Sprintf("F2%02X % X %v", p.ID, p.Data, p.Time.IsZero()))
		})
		send := func(n *virtual.Node, id uint32, flags can.Flags, data ...byte) {
			f := can.Frame{ID: id, Flags: flags, Len: uint8(len(data))}
			copy(f.Data[:], data)
			if err := n.Send(t.Context(), f); err != nil {
				t.Error(err)
			}
		}
		send(ecu, 0x7A8, 0, 1, 0xAA, 0xBB)
		send(ecu, 0x7A8, 0, 1)                           // too short
		send(ecu, 0x7A8, can.Extended, 2, 0xAA)          // another identifier
		send(ecu, 0x7E8, 0, 2, 0xAA)                     // likewise
		send(tester, 0x7A8, 0, 3, 0xAA)                  // not the server's
		send(ecu, 0x7A8, can.Remote, make([]byte, 8)...) // no data
		send(ecu, 0x7A8, 0, 4, 1, 2, 3, 4, 5, 6, 7)
		synctest.Wait()
		cancel()
		send(ecu, 0x7A8, 0, 5, 0xAA)
		synctest.Wait()
		if got := fmt.Sprint(heard); got != "[F201 AA BB false F204 01 02 03 04 05 06 07 false]" {
			t.Error(got)
		}
	})
}

// Periodic data on the connection of the requests go to the listener, those too that begin like the initial response.
func TestPeriodicDataOnTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(map[string][]answer{"2A0301": {{ms, "6A01AA"}, {ms, "6A"}, {ms, "01BB"}}})
		c := uds.New(s, uds.Options{})
		var heard []string
		stop, err := c.Listen(func(m isotp.Message) {
			p, ok := uds.ParsePeriodic(m.Data, m.First)
			heard = append(heard, fmt.Sprintf("%02X % X %v", p.ID, p.Data, ok))
		})
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		start := time.Now()
		if err := c.StartPeriodic(context.Background(), uds.FastRate, 1); err != nil || time.Since(start).Truncate(ms) != 2*ms {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if got := fmt.Sprint(heard); got != "[6A 01 AA true 01 BB true]" {
			t.Error(got)
		}
	})
}
