package bench

import (
	"context"
	"fmt"
	"time"

	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/can"
	"otabench/can/virtual"
)

// Lose takes a frame off a simulated bus when it comes, after its trigger has fired: the n-th that passes the filter,
// counted from 1. Its sender takes it for sent, and nobody hears it. A frame that did not come before [Bench.DisarmAll]
// makes the spec void.
//
// Nothing on a bench takes a single frame off a real bus: the action then fails and the spec is void. There, a switch with
// the function can-open interrupts the line.
func (b *Bench) Lose(bus string, filter can.Filter, n int) trigger.Action {
	text := fmt.Sprintf("lose frame %X/%X on %s, time %d", filter.ID, filter.Mask, bus, n)
	return trigger.Func(text, func() error {
		if err := b.lose(bus, filter, n, text); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		return nil
	})
}

func (b *Bench) lose(bus string, filter can.Filter, n int, text string) error {
	c, ok := b.file.Buses[bus]
	switch {
	case !ok:
		return fmt.Errorf("the bench file has no bus %q", bus)
	case n < 1:
		return fmt.Errorf("frames are counted from 1")
	case !config.IsVirtual(c.Address) || b.embedded == nil:
		return fmt.Errorf("%s is no simulated bus, and no single frame can be taken off a real one; use a can-open switch", c.Address)
	}
	type loss struct {
		frame can.Frame
		at    time.Time
	}
	lost, hit, seen := make(chan loss, 1), make(chan struct{}), 0
	remove, err := b.embedded.Inject(c.Address, virtual.Fault{
		Match: func(f can.Frame) bool {
			if !filter.Match(f) {
				return false
			}
			if seen++; seen == n {
				lost <- loss{f, time.Now()}
				close(hit)
			}
			return true
		},
		After: n - 1, Count: 1, Action: virtual.Drop,
	})
	if err != nil {
		return err
	}
	_, err = b.disturbances.begin(func(ctx context.Context) {
		select {
		case <-hit:
		case <-ctx.Done():
		}
		remove()
		select {
		case l := <-lost: // which may have come together with the end
			b.opts.Record.AddAt(l.at, record.Note{Text: fmt.Sprintf("bus %s lost frame %v", bus, l.frame)})
		default:
			b.Fault(bus, fmt.Errorf("%s: it did not come", text))
		}
	})
	if err != nil {
		remove()
	}
	return err
}

// BusOff makes the bench's own controller on a simulated bus bus-off when its trigger fires, as 32 destroyed frames in a
// row would: it neither sends nor hears, and pending frames fail, until it restarts by itself. Nothing of that is seen on
// the bus, and the controllers of ECUs are not touched.
//
// The kernel offers no such thing for a real controller: the action then fails and the spec is void. There, a switch with
// the function can-short makes every controller that sends go bus-off.
func (b *Bench) BusOff(bus string) trigger.Action {
	text := fmt.Sprintf("bus-off of the bench's controller on %s", bus)
	return trigger.Func(text, func() error {
		node, ok := b.buses[bus].(*virtual.Node)
		if !ok {
			return fmt.Errorf("%s: %q is no simulated bus of this bench; use a can-short switch", text, bus)
		}
		node.ForceBusOff()
		if s := node.State(); s != can.BusOff {
			return fmt.Errorf("%s: its state is %v", text, s)
		}
		return nil
	})
}
