package isotp_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/virtual"
)

// The frames of a message of 10 bytes, as ISO 15765-2:2016, 10.3 has them.
func TestFramesOnTheWire(t *testing.T) {
	pad := byte(0xAA)
	for _, tt := range []struct {
		name string
		cfg  isotp.Config
		want []string
	}{
		{
			"normal",
			isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}},
			[]string{"7E0#100A00070E151C23", "7E8#300000", "7E0#212A31383F"},
		}, {
			"normal, padded",
			isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}, Padding: &pad},
			[]string{"7E0#100A00070E151C23", "7E8#300000AAAAAAAAAA", "7E0#212A31383FAAAAAA"},
		}, {
			"normal fixed",
			isotp.Config{Address: isotp.NormalFixed(0xF1, 0x10)},
			[]string{"18DA10F1#100A00070E151C23", "18DAF110#300000", "18DA10F1#212A31383F"},
		}, {
			"extended",
			isotp.Config{Address: isotp.Address{
				Tx: 0x6F1, Rx: 0x612, Format: isotp.ExtendedFormat, TxByte: 0x12, RxByte: 0xF1,
			}},
			[]string{"6F1#12100A00070E151C", "612#F1300000", "6F1#1221232A31383F"},
		}, {
			"mixed, 29 bit",
			isotp.Config{Address: isotp.MixedFixed(0xF1, 0x10, 0x55)},
			[]string{"18CE10F1#55100A00070E151C", "18CEF110#55300000", "18CE10F1#5521232A31383F"},
		}, {
			"FD",
			isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}, FD: true, BRS: true},
			[]string{"7E0##1000A00070E151C232A31383F"},
		}, {
			"FD, TX_DL 8",
			isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}, FD: true, TxDL: 8},
			[]string{"7E0##0100A00070E151C23", "7E8##0300000", "7E0##0212A31383F"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				bus := virtual.NewBus("test", virtual.Options{})
				defer bus.Close()
				a := openConn(t, bus, tt.cfg)
				defer a.Close()
				other := tt.cfg
				other.Address = tt.cfg.Address.Reversed()
				b := openConn(t, bus, other)
				defer b.Close()
				var got []string
				bus.Attach("listener").Tap(func(r can.Received) { got = append(got, r.Frame.String()) })
				if err := a.Send(t.Context(), message(10)); err != nil {
					t.Fatal(err)
				}
				if _, err := b.Receive(t.Context(), time.Second); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("got  %v\nwant %v", got, tt.want)
				}
			})
		})
	}
}

// Nodes that share identifiers are told apart by the address byte.
func TestAddressByteOfSomebodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := virtual.NewBus("test", virtual.Options{})
		defer bus.Close()
		to := func(target byte) isotp.Config {
			return isotp.Config{Address: isotp.Address{
				Tx: 0x6F1, Rx: 0x6F1, Format: isotp.ExtendedFormat, TxByte: target, RxByte: 0xF1,
			}}
		}
		node := to(0x12)
		node.Address = node.Address.Reversed()
		tester, other, unit := openConn(t, bus, to(0x12)), openConn(t, bus, to(0x13)), openConn(t, bus, node)
		defer tester.Close()
		defer other.Close()
		defer unit.Close()
		if err := tester.Send(t.Context(), message(50)); err != nil {
			t.Error(err)
		}
		if m, err := unit.Receive(t.Context(), time.Second); err != nil || len(m.Data) != 50 {
			t.Errorf("%d bytes, %v", len(m.Data), err)
		}
		if err := other.Send(t.Context(), message(50)); !errors.Is(err, isotp.ErrTimeoutBs) {
			t.Errorf("somebody answered for a node that is not there: %v", err)
		}
	})
}

func TestFunctionalWithAddressByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := virtual.NewBus("test", virtual.Options{})
		defer bus.Close()
		cfg := isotp.Config{
			Address:    isotp.Address{Tx: 0x612, Rx: 0x6F1, Format: isotp.ExtendedFormat, TxByte: 0xF1, RxByte: 0x12},
			Functional: 0x6F1, FunctionalByte: 0xDF,
		}
		unit := openConn(t, bus, cfg)
		defer unit.Close()
		all, err := isotp.OpenFunctional(bus.Attach("tester"), 0x6F1, cfg)
		if err != nil {
			t.Fatal(err)
		}
		if err := all.Send(t.Context(), []byte{0x3E, 0x80}); err != nil {
			t.Fatal(err)
		}
		m, err := unit.Receive(t.Context(), time.Second)
		if err != nil || !m.Functional || fmt.Sprintf("%X", m.Data) != "3E80" {
			t.Errorf("%X, functional %v, %v", m.Data, m.Functional, err)
		}
		if err := all.Send(t.Context(), message(7)); err == nil {
			t.Errorf("7 bytes behind an address byte were sent in one frame")
		}
	})
}

// What ISO 15765-2:2016, 9.6 tells receivers of FD frames to ignore.
func TestIgnoredFDFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := connect(t, virtual.Options{}, isotp.Config{FD: true}, isotp.Config{})
		long := func(head string) string { return "7E8##0" + head + fmt.Sprintf("%0*X", 24-len(head), 0x99) } // 12 bytes
		raw(
			t, p,
			long("0007"),         // SF_DL 7 needs no escape
			long("000B"),         // SF_DL 11 exceeds the frame
			long("0308"),         // both lengths
			long("100A"),         // FF_DL 10 fits a single frame
			long("100000000FFF"), // FF_DL 4095 needs no escape
			"7E8##0020142",       // SF_DL in the nibble of a short FD frame: taken
		)
		got, err := p.a.Receive(t.Context(), time.Second)
		if err != nil || fmt.Sprintf("%X", got.Data) != "0142" {
			t.Errorf("%X, %v", got.Data, err)
		}
		if n := p.a.Drain(); n != 0 {
			t.Errorf("%d more messages", n)
		}
	})
}
