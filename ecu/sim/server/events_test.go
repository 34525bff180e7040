package server_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

func TestEvents(t *testing.T) {
	f, memory := faults()
	var value atomic.Uint32
	cfg := server.Config{
		Sessions: sessions(), Faults: f, ReadData: &server.ReadData{},
		Data: server.DIDs{0x0100: {Read: func(context.Context, server.Call) ([]byte, error) { return []byte{byte(value.Load())}, nil }}},
		Events: &server.Events{
			Types: map[uds.EventType]server.Access{uds.OnDTCStatusChange: {}, uds.OnTimerInterrupt: {}, uds.OnChangeOfDataIdentifier: {}},
			Max:   2, Slow: 2 * time.Second, Windows: map[uds.EventWindow]time.Duration{uds.ShortWindow: 5 * time.Second},
		},
	}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"86 07 02", "7F8612"},
			{"86 05", "7F8613"},
			{"86 05 02", "7F8624"},
			{"86 00 02", "7F8624"},
			{"86 05 02 00", "7F8613"},
			{"86 06 09", "7F8631"},
			{"86 01 02 01", "7F8613"},
			{"86 01 02 01 19", "7F8613"},
			{"86 01 09 01 19 0E", "7F8631"},
			{"86 01 02 01 10 03", "7F8631"},
			{"86 02 02 03 22 0100", "7F8631"},
			{"86 03 02 0999 22 0999", "7F8631"},
			{"86 01 02 01 19 0E", "C601 00 02 01 19 0E"},
			{"86 01 02 01 19 0D", "C601 00 02 01 19 0D"},
			{"86 03 02 0100 22 0100", "C603 00 02 0100 22 0100"},
			{"86 02 02 01 22 0100", "7F8631"},
			{"86 04 02", "C604 00"},
			{"86 05 02", "C605 00 02"},
			{"86 04 02", "C604 02 01 02 01 19 0D 03 02 0100 22 0100"},
		})
		memory.Test(0x111111, true)
		r.matches("event", "590D7F1111112F", r.heard())
		memory.Test(0x222222, true)
		r.matches("event", "590D7F2222222F", r.heard())
		synctest.Wait()
		value.Store(2)
		r.matches("event", "620100 02", r.heard())
		if got := r.heard(); got != nil {
			t.Errorf("without an event %X came", got)
		}
		r.talk([]exchange{{"86 00 02", "C600 03 02"}})
		value.Store(3)
		if got := r.heard(); got != nil {
			t.Errorf("after the stop %X came", got)
		}
		r.talk([]exchange{{"86 06 02", "C606 00 02"}, {"86 05 02", "7F8624"}})
		begin := time.Now()
		r.talk([]exchange{{"86 02 03 01 22 0100", "C602 00 03 01 22 0100"}, {"86 05 02", "C605 00 02"}})
		r.hears(begin, "2s 62010003", "4s 62010003", "5s C602020301220100")
		r.talk([]exchange{{"86 02 02 01 22 0999", "C602.."}, {"86 05 02", "C605.."}})
		<-time.After(2 * time.Second)
		r.matches("event", "7F2231", r.heard())
		r.talk([]exchange{{"10 03", "5003.."}, {"86 04 02", "C604 00"}})
	})
}
