package equipment

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/power"
)

const (
	// dead is the voltage below which a line counts as off.
	dead = physic.Volt
	// look is the time between two readings while it falls.
	look = 5 * time.Millisecond
	// offAttempts is how often an output that says that it is on is told to switch off.
	offAttempts = 3
)

// MakeSafe brings all switches to rest and switches all outputs off, each whatever happens to the others, and reports
// what was confirmed by the instrument and what by an independent sensor.
func (p *Power) MakeSafe(ctx context.Context, by, reason string) record.Safe {
	safe := record.Safe{By: by, Reason: reason}
	var mu sync.Mutex
	var wg sync.WaitGroup
	add := func(o record.SafeOutput) {
		mu.Lock()
		defer mu.Unlock()
		safe.Outputs = append(safe.Outputs, o)
	}
	// A contact is faster than any supply, so all contacts move before any supply is talked to.
	for _, role := range slices.Sorted(maps.Keys(p.Switches)) {
		add(rest(role, p.Switches[role], p.file.Switches[role]))
	}
	for role := range p.Channels {
		wg.Go(func() { add(p.offAndVerify(ctx, role)) })
	}
	wg.Wait()
	safe.Armed = p.disarm(ctx, safe.Outputs)
	slices.SortFunc(safe.Outputs, func(a, b record.SafeOutput) int { return cmp.Compare(a.Device, b.Device) })
	return safe
}

// disarm disarms the watchdogs of supplies all of whose outputs are off, and returns the supplies on which one was left
// armed: while an output may be on, a watchdog is the last that can switch it off.
func (p *Power) disarm(ctx context.Context, outputs []record.SafeOutput) (armed []string) {
	off := map[string]bool{}
	for _, o := range outputs {
		off[o.Device] = o.Off
	}
	for _, role := range slices.Sorted(maps.Keys(p.Supplies)) {
		dog, ok := p.Supplies[role].(power.Watchdog)
		if !ok || p.file.Supplies[role].WatchdogTime() == 0 {
			continue
		}
		live := false
		for rail, c := range p.file.Rails {
			live = live || c.Supply == role && !off[rail]
		}
		if live || dog.DisarmWatchdog(ctx) != nil {
			armed = append(armed, role)
		}
	}
	return armed
}

// IsSafe reports whether every output and switch is off; see IsOff.
func IsSafe(s record.Safe) bool {
	return !slices.ContainsFunc(s.Outputs, func(o record.SafeOutput) bool { return !IsOff(o) })
}

// IsOff reports whether an output was confirmed off, or a switch to be at rest, by the device that it belongs to, and
// no sensor says otherwise. A sensor that says nothing leaves it at the device's word.
func IsOff(o record.SafeOutput) bool { return o.Off && (o.Volts == nil || o.Confirmed) }

// rest stops driving a switch.
func rest(role string, s power.Switch, c config.Switch) record.SafeOutput {
	o := record.SafeOutput{Device: role, State: "open"}
	drive := s.Break
	if c.ClosedAtRest() {
		o.State, drive = "closed", s.Make
	}
	if err := drive(); err != nil {
		o.State, o.Error = "", err.Error()
		return o
	}
	o.Off = true
	return o
}

func (p *Power) offAndVerify(ctx context.Context, rail string) record.SafeOutput {
	o := record.SafeOutput{Device: rail}
	c := p.Channels[rail]
	var err error
	for range offAttempts {
		// An instrument that says that it is on may not have heard the command.
		if err = off(ctx, c); !errors.Is(err, power.ErrReadBack) {
			break
		}
	}
	o.Off = err == nil
	if err != nil {
		o.Error = err.Error()
	}
	if r := p.file.Rails[rail]; p.Sensors[r.Sensor] != nil {
		p.Confirm(ctx, r, &o)
	}
	return o
}

// off switches an output off and reads back that it is.
func off(ctx context.Context, c power.Channel) error {
	if err := c.Enable(ctx, false); err != nil {
		return err
	}
	s, err := c.Settings(ctx)
	if err == nil && s.On {
		err = fmt.Errorf("%s still reads as on after it was switched off; cut its mains: %w", c, power.ErrReadBack)
	}
	return err
}

// Confirm lets the sensor of a rail say whether its line is dead, and adds what it says to what is known of the output.
func (p *Power) Confirm(ctx context.Context, r config.Rail, o *record.SafeOutput) {
	volts, err := awaitDead(ctx, p.Sensors[r.Sensor], r.DischargeTime())
	o.Sensor, o.Volts, o.Confirmed = r.Sensor, volts, err == nil
	if err != nil {
		o.Error = strings.TrimPrefix(o.Error+"\n"+err.Error(), "\n")
	}
}

// awaitDead reads a sensor until its line has fallen, which may take as long as settle, and returns the last reading.
func awaitDead(ctx context.Context, s power.Sensor, settle time.Duration) (*float64, error) {
	ctx, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	tick := time.NewTicker(look)
	defer tick.Stop()
	var last *float64
	for {
		r, err := s.Sense(ctx)
		switch {
		case err == nil:
			volts := float64(r.Voltage) / float64(physic.Volt)
			last = &volts
		case last == nil || ctx.Err() == nil:
			return last, fmt.Errorf("sensor %s: %w", s, err)
		}
		if *last < float64(dead)/float64(physic.Volt) {
			return last, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return last, fmt.Errorf("%s still reads %.3g V after %v; the line is not dead: look for a second feed or a welded contact", s, *last, settle)
		}
	}
}
