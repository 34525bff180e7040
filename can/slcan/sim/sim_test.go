package sim_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"

	"otabench/can"
	"otabench/can/slcan/sim"
	"otabench/can/virtual"
)

// talk gives commands to an adapter and returns what it says before "N4711", the answer to a last one.
func talk(t *testing.T, q sim.Quirks, commands string, other func(can.Bus)) (said string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		wire := virtual.NewBus("wire", virtual.Options{})
		defer wire.Close()
		listener := wire.Attach("listener")
		ours, theirs := net.Pipe()
		ctx, unplug := context.WithCancel(t.Context())
		var served sync.WaitGroup
		served.Go(func() { _ = sim.New(wire.Attach("adapter"), q).Serve(ctx, theirs) })
		go func() {
			_, _ = io.WriteString(ours, commands)
			synctest.Wait()
			if other != nil {
				other(listener)
				synctest.Wait()
			}
			_, _ = io.WriteString(ours, "N\r")
		}()
		const last = "N4711\r"
		for r := bufio.NewReader(ours); len(said) < len(last) || said[len(said)-len(last):] != last; {
			c, err := r.ReadByte()
			if err != nil {
				t.Errorf("after %q: %v", said, err)
				break
			}
			said += string(c)
		}
		said = said[:max(0, len(said)-len(last))]
		unplug()
		served.Wait()
	})
	return said
}

func TestCommands(t *testing.T) {
	for _, tt := range []struct {
		name, commands string
		q              sim.Quirks
		want           string
	}{
		{"version", "V\r", sim.Quirks{}, "V1013\r"},
		{"open", "C\rS6\rO\r", sim.Quirks{}, "\r\r\r"},
		{"rate of an open channel", "O\rS6\r", sim.Quirks{}, "\r\a"},
		{"frames", "O\rt1231AA\rT000001230\r", sim.Quirks{}, "\rz\rZ\r"},
		{"closed", "t1231AA\r", sim.Quirks{}, "\a"},
		{"listen only", "L\rt1231AA\r", sim.Quirks{}, "\r\a"},
		{"nonsense", "O\rx\rt12\r\r", sim.Quirks{}, "\r\a\a"},
		{"flags", "F\r", sim.Quirks{Flags: 0x20}, "F20\r"},
		{"no flags", "F\r", sim.Quirks{NoFlags: true}, "\a"},
		{"full", "O\rt1230\rt1230\r", sim.Quirks{Full: 1}, "\r\az\r"},
		{"stalls", "O\rt1230\rt1230\r", sim.Quirks{Stalls: 1}, "\rz\r"},
		{"silent", "V\rO\rt1230\rx\r", sim.Quirks{Silent: true}, "V1013\r"},
	} {
		if got := talk(t, tt.q, tt.commands, nil); got != tt.want {
			t.Errorf("%s: %q was answered %q, want %q", tt.name, tt.commands, got, tt.want)
		}
	}
}

func TestFramesOfOthers(t *testing.T) {
	send := func(bus can.Bus) { _ = bus.Send(context.Background(), can.New(0x456, 1)) }
	for _, tt := range []struct {
		commands string
		q        sim.Quirks
		want     string
	}{
		{"O\r", sim.Quirks{}, "\rt456101\r"},
		{"O\r", sim.Quirks{Stamps: true}, "\rt4561010A1F\r"},
		{"O\rC\r", sim.Quirks{}, "\r\r"},
		{"", sim.Quirks{}, ""},
	} {
		if got := talk(t, tt.q, tt.commands, send); got != tt.want {
			t.Errorf("after %q: %q, want %q", tt.commands, got, tt.want)
		}
	}
}
