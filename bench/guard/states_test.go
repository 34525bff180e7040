package guard_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench"
)

// state is where a bench stands when something dies.
type state struct {
	name string
	// reach brings the bench there, in the suite's process, and calls reached. It may go on after that.
	reach func(ctx context.Context, b *bench.Bench, reached func() error) error
	// slow is the beginning of a command that the instrument is working on in this state; it stands for calling reached.
	// slowWatched is that of the instrument with a watchdog.
	slow, slowWatched string
	// before is what happens to the equipment in the room, in the test's process.
	before func(c *cell) error
	// off and open say that the output is off, or the switch open, in this state already.
	off, open bool
	// aftermath is how much longer than usual the bench is watched.
	aftermath time.Duration
}

// cutTime is how long the cut of the state "during a cut" would last.
const cutTime = time.Second

func states() []state {
	return []state{
		{name: "before limits", off: true, open: true, reach: untouched},
		{name: "limits set, off", off: true, open: true, reach: limited},
		{name: "about to switch on", slow: ":SOUR1:VOLT 13.500", slowWatched: "VOLT 13.500", reach: switchingOn},
		{name: "switching on", slow: ":OUTP CH1,ON", slowWatched: "OUTP ON", reach: switchingOn},
		{name: "energised", reach: energised},
		{name: "changing voltage", slow: ":SOUR1:VOLT 12.000", slowWatched: "VOLT 12.000", reach: changing},
		{name: "during a cut", open: true, aftermath: cutTime, reach: cut},
		{name: "mid-update", reach: updating},
		{name: "after a trip", off: true, reach: energised, before: trip},
	}
}

func untouched(_ context.Context, _ *bench.Bench, reached func() error) error { return reached() }

func limited(ctx context.Context, b *bench.Bench, reached func() error) error {
	return errors.Join(b.Rail("kl30").Off(ctx), reached())
}

func switchingOn(ctx context.Context, b *bench.Bench, _ func() error) error {
	return b.Rail("kl30").On(ctx)
}

func changing(ctx context.Context, b *bench.Bench, _ func() error) error {
	if err := energised(ctx, b, nothing); err != nil {
		return err
	}
	return b.Rail("kl30").Set(ctx, 12*physic.Volt)
}

func cut(ctx context.Context, b *bench.Bench, reached func() error) error {
	if err := energised(ctx, b, nothing); err != nil {
		return err
	}
	return errors.Join(b.Rail("kl30").CutNow(cutTime), reached())
}

func nothing() error { return nil }

func energised(ctx context.Context, b *bench.Bench, reached func() error) error {
	kl30 := b.Rail("kl30")
	if err := kl30.On(ctx); err != nil {
		return err
	}
	return errors.Join(kl30.Await(ctx, 13*physic.Volt, 14*physic.Volt), reached())
}

const (
	// block is the block of the transfer in which an update is interrupted.
	block = 3
	// attempts is how often an update is begun on a computer that is too busy for its timing.
	attempts = 5
)

func updating(ctx context.Context, b *bench.Bench, reached func() error) error {
	if err := energised(ctx, b, nothing); err != nil {
		return err
	}
	var failed error
	there := false
	stop := b.ECU("bcm").BeforeBlock(block, func() {
		if !there {
			there, failed = true, reached()
		}
	})
	defer stop()
	var err error
	for range attempts {
		if err = updateOnce(ctx, b); there {
			return errors.Join(failed, err)
		}
	}
	return fmt.Errorf("no update reached block %d: %w", block, err)
}

func updateOnce(ctx context.Context, b *bench.Bench) error {
	bcm := b.ECU("bcm")
	if _, err := bcm.WhoAmI(ctx); err != nil {
		return err
	}
	if err := b.Battery().Set(ctx, 80, false); err != nil {
		return err
	}
	return bcm.Update(ctx, bcm.Package("large"))
}

// trip lets the overvoltage protection act, as when somebody lowers it at the front panel.
func trip(c *cell) error {
	conn, err := net.Dial("tcp", c.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	lower := ":OUTP:OVP:VAL CH1,5\n:OUTP:OVP:VAL CH1,17\n*OPC?\n"
	if c.way.watchdog > 0 {
		lower = "VOLT:PROT 5,(@1)\n*OPC?\n"
	}
	if _, err := io.WriteString(conn, lower); err != nil {
		return err
	}
	if _, err := conn.Read(make([]byte, 2)); err != nil {
		return err
	}
	if o := c.supply.Output(1); o.On || o.Tripped == 0 {
		return fmt.Errorf("it did not trip: %+v", o)
	}
	return nil
}
