package scpi

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"otabench/power"
)

// keysightN6700 is Keysight's N6700 modular system with up to four modules of whatever kind, which are asked for.
func keysightN6700() map[string]model {
	return map[string]model{
		"keysight-n6700": {
			makers:   []string{"Keysight Technologies", "Keysight", "Agilent Technologies"},
			names:    []string{"N6700*", "N6701*", "N6702*", "N6705*"},
			wire:     scpiWire(),
			dialect:  n6700Dialect(),
			discover: n6700Modules,
			watchdog: true,
		},
	}
}

// n6700Dialect rests on the Keysight N6700C Operating and Service Guide. Every command names its channel in a list.
// Overvoltage protection is always armed; overcurrent protection trips when the current limit acts. What has tripped is in
// the questionable status register, where bit 11 is a protection that came from elsewhere: the watchdog.
func n6700Dialect() *dialect {
	return &dialect{
		voltage: setting{set: "VOLT {v},(@{ch})", get: "VOLT? (@{ch})"},
		current: setting{set: "CURR {v},(@{ch})", get: "CURR? (@{ch})"},
		ovp:     protection{level: setting{set: "VOLT:PROT {v},(@{ch})", get: "VOLT:PROT? (@{ch})"}},
		ocp: protection{
			atLimit: true,
			arm:     "CURR:PROT:STAT ON,(@{ch})", disarm: "CURR:PROT:STAT OFF,(@{ch})", armed: "CURR:PROT:STAT? (@{ch})",
		},
		output: output{
			on: "OUTP ON,(@{ch})", off: "OUTP OFF,(@{ch})",
			// A trip leaves the programmed state as it is, so that the register is asked as well.
			states: []state{says("OUTP? (@{ch})", true), {"STAT:QUES:COND? (@{ch})", n6700NotTripped}},
		},
		meter: meter{voltage: "MEAS:VOLT? (@{ch})", current: "MEAS:CURR? (@{ch})"},
		trips: []tripQuery{
			bitTrips("STAT:QUES:COND? (@{ch})", tripBit{0, power.TripOVP}, tripBit{1, power.TripOCP},
				tripBit{4, power.TripOTP}, tripBit{11, power.TripWatchdog}),
		},
		// Off first: what is cleared comes back on.
		clear:    []string{"OUTP OFF,(@{ch})", "OUTP:PROT:CLE (@{ch})"},
		sequence: n6700Sequence(),
	}
}

// n6700Off are the bits of the questionable register of an output that a protection has disabled: OV, OC, PF, OT, INH and
// PROT. CP+ is not among them: it may only limit the output.
const n6700Off = 1<<0 | 1<<1 | 1<<2 | 1<<4 | 1<<9 | 1<<11

func n6700NotTripped(_ int, reply string) (bool, error) {
	register, err := parseRegister(reply)
	return err == nil && register&n6700Off == 0, err
}

// n6700Modules asks for the number of outputs and for what each can be set to. Some modules take no voltage below 20 mV.
func n6700Modules(ctx context.Context, s *supply) ([]rating, error) {
	channels, err := query(ctx, s.session, "SYST:CHAN?", func(reply string) (int, error) {
		n, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(reply), "+"))
		if err != nil || n < 1 || n > 4 {
			return 0, errors.New("not 1 to 4 channels")
		}
		return n, nil
	})
	if err != nil {
		return nil, fmt.Errorf("find out its modules: %w", err)
	}
	var ratings []rating
	for n := 1; n <= channels; n++ {
		volts, errV := query(ctx, s.session, fmt.Sprintf("VOLT? MAX,(@%d)", n), parseVoltage)
		amps, errI := query(ctx, s.session, fmt.Sprintf("CURR? MAX,(@%d)", n), parseCurrent)
		low, errL := query(ctx, s.session, fmt.Sprintf("VOLT? MIN,(@%d)", n), parseVoltage)
		if err := errors.Join(errV, errI, errL); err != nil {
			return nil, fmt.Errorf("find out the rating of module %d: %w", n, err)
		}
		ratings = append(ratings, rating{volts, amps, max(0, low)})
	}
	return ratings, nil
}

// n6700Sequence is the list mode. The list waits for its trigger, with the output at the voltage that is set.
func n6700Sequence() *sequence {
	return &sequence{
		limits: power.SequenceRange{
			Points: 512, Repeats: 256,
			MinDwell: time.Microsecond, MaxDwell: 262 * time.Second, Resolution: time.Microsecond,
		},
		load:  n6700LoadList,
		start: "TRIG:TRAN (@{ch})",
		stop:  []string{"ABOR:TRAN (@{ch})", "VOLT:MODE FIX,(@{ch})"},
	}
}

func n6700LoadList(ctx context.Context, c *channel, points []power.Point, repeat int) error {
	var levels, dwells []string
	for _, p := range points {
		levels = append(levels, c.voltage.format(int64(p.Voltage)))
		dwells = append(dwells, strconv.FormatFloat(p.Dwell.Seconds(), 'f', 6, 64))
	}
	var commands []string
	for _, template := range []string{
		"ABOR:TRAN (@{ch})",
		"LIST:VOLT " + strings.Join(levels, ",") + ",(@{ch})",
		"LIST:DWEL " + strings.Join(dwells, ",") + ",(@{ch})",
		"LIST:COUN " + strconv.Itoa(repeat) + ",(@{ch})",
		"LIST:STEP AUTO,(@{ch})",
		"LIST:TERM:LAST OFF,(@{ch})", // back to the voltage that was set before
		"VOLT:MODE LIST,(@{ch})",
		"INIT:TRAN (@{ch})",
	} {
		commands = append(commands, c.command(template, c.n, ""))
	}
	if err := c.supply.session.change(ctx, commands...); err != nil {
		return err
	}
	return n6700Ready(ctx, c)
}

// n6700Ready waits for bit 4 of the operation status register: a trigger that comes earlier is lost.
func n6700Ready(ctx context.Context, c *channel) error {
	const waitsForTrigger = 1 << 4
	for range 100 {
		register, err := query(ctx, c.supply.session, c.command("STAT:OPER:COND? (@{ch})", c.n, ""), parseRegister)
		switch {
		case err != nil:
			return err
		case register&waitsForTrigger != 0:
			return nil
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return fmt.Errorf("%v: %w: its list does not get ready for a trigger", c, power.ErrInstrument)
}
