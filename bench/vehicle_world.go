package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/can"
	"otabench/can/signal"
	"otabench/can/signal/restbus"
)

// world is the rest of the vehicle: what the ECUs send that are not there, and the network's time.
type world struct {
	v       *Vehicle
	names   worldNames
	rest    *restbus.Simulation
	end     context.CancelFunc
	ticking sync.WaitGroup
	inhibit *atomic.Bool // the master wants the vehicle not to be driven

	mu     sync.Mutex
	offset time.Duration // of the network's time
	silent bool          // the network tells no time
	now    chan struct{} // asks for the time at once
}

// Things that the world tells, and their signals in the embedded vehicle's file.
const (
	speedSignal    = "speed"
	gearSignal     = "gear"
	ignitionSignal = "ignition"
	doorsSignal    = "doors"
	timeSignal     = "time"
	validSignal    = "valid"
	inhibitSignal  = "inhibit"
)

// worldNames are messages and signals by what they are.
type worldNames map[string][2]string

// findWorld finds the signals of the world in the vehicle's DBC file. What is neither named nor as usual is not there.
func findWorld(f *config.File, db *signal.Database) (worldNames, error) {
	names := worldNames{}
	c := f.Vehicle.World
	for _, s := range []struct{ what, given, usual string }{
		{speedSignal, c.Speed, "ESP_Motion.Speed"},
		{gearSignal, c.Gear, "GW_Body.Gear"},
		{ignitionSignal, c.Ignition, "GW_Body.Ignition"},
		{doorsSignal, c.Doors, "GW_Body.DoorsOpen"},
		{timeSignal, c.Time, "GW_Clock.Time"},
		{validSignal, c.Valid, "GW_Clock.Valid"},
		{inhibitSignal, c.Inhibit, "OTA_Control.DriveInhibit"},
	} {
		message, name, ok := strings.Cut(cmp.Or(s.given, s.usual), ".")
		m, err := db.Message(message)
		if err == nil {
			_, err = m.Signal(name)
		}
		switch {
		case err == nil && ok:
			names[s.what] = [2]string{message, name}
		case s.given != "":
			return nil, f.Wrong("vehicle.world."+s.what, "%q is no signal of %s; want MESSAGE.SIGNAL", s.given, db.Name)
		}
	}
	return names, nil
}

func newWorld(v *Vehicle, names worldNames) *world {
	w := &world{v: v, names: names, inhibit: &atomic.Bool{}, now: make(chan struct{}, 1)}
	w.listen()
	return w
}

// listen follows whether the master wants the vehicle not to be driven.
func (w *world) listen() {
	name, ok := w.names[inhibitSignal]
	if !ok {
		return
	}
	m, err := w.v.db.Message(name[0])
	if err != nil {
		return
	}
	inhibit, values := w.inhibit, []signal.Value(nil)
	w.v.bus.Handle(func(f can.Received) {
		values, err = m.Decode(values[:0], f.Data[:f.Len])
		for _, v := range values {
			if v.Name == name[1] {
				inhibit.Store(v.Raw != 0)
			}
		}
	}, can.Exactly(m.ID, m.Extended))
}

// start sends the messages of the other ECUs.
func (w *world) start() error {
	if w.rest != nil {
		return nil
	}
	present := w.v.config.Present
	if present == nil && w.v.config.DBC == "" {
		present = []string{"TCU", "HMI", "BMS"}
	}
	entries, err := restbus.Rest(w.v.db, present...)
	if err != nil {
		return w.v.bench.file.Wrong("vehicle.present", "%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	if w.rest, err = restbus.Start(ctx, w.v.bus, restbus.Schedule{Entries: entries}); err != nil {
		cancel()
		return err
	}
	w.end = cancel
	w.v.bench.onClose(func() error { w.stop(); return nil })
	w.ticking.Go(func() { w.tell(ctx) })
	return nil
}

// stop ends them.
func (w *world) stop() {
	if w.rest == nil {
		return
	}
	w.end()
	w.rest.Stop()
	w.ticking.Wait()
	w.rest = nil
}

// timeCycle is the time from one message with the network's time to the next.
const timeCycle = 200 * time.Millisecond

// tell sends the network's time.
func (w *world) tell(ctx context.Context) {
	name, ok := w.names[timeSignal]
	if !ok {
		return
	}
	m, err := w.v.db.Message(name[0])
	if err != nil {
		return
	}
	tick := time.NewTicker(timeCycle)
	defer tick.Stop()
	for {
		w.mu.Lock()
		offset, silent := w.offset, w.silent
		w.mu.Unlock()
		valid := 1
		if silent {
			valid = 0
		}
		inputs := map[string]signal.Input{name[1]: signal.Raw(time.Now().Add(offset).Unix())}
		if v, ok := w.names[validSignal]; ok && v[0] == name[0] {
			inputs[v[1]] = signal.Raw(valid)
		}
		if f, err := m.Encode(inputs); err == nil {
			one, cancel := context.WithTimeout(ctx, timeCycle)
			_ = w.v.bus.Send(one, f) // nobody may be awake
			cancel()
		}
		select {
		case <-tick.C:
		case <-w.now:
		case <-ctx.Done():
			return
		}
	}
}

// set gives a signal of the world a value, and says so in the record.
func (w *world) set(what, shown string, value signal.Input) error {
	name, ok := w.names[what]
	if !ok {
		return fmt.Errorf("%w: %s has none for the %s; name it under vehicle.world", ErrNoSignal, w.v.db.Name, what)
	}
	if w.rest == nil {
		return errAsleep
	}
	if err := w.rest.Set(name[0], name[1], value); err != nil {
		return fmt.Errorf("vehicle: %s %s: %w", what, shown, err)
	}
	w.v.bench.opts.Record.Add(record.Vehicle{Signal: what, Value: shown})
	return nil
}

// SetSpeed changes the vehicle's speed, in km/h.
func (v *Vehicle) SetSpeed(kmh float64) error {
	return v.world.set(speedSignal, fmt.Sprintf("%g km/h", kmh), signal.Physical(kmh))
}

// SetGear changes the gear: P, R, N or D.
func (v *Vehicle) SetGear(gear string) error { return v.world.set(gearSignal, gear, signal.Text(gear)) }

// SetIgnition changes the ignition: off, accessory or on.
func (v *Vehicle) SetIgnition(to string) error {
	return v.world.set(ignitionSignal, to, signal.Text(to))
}

// OpenDoors opens or closes the doors.
func (v *Vehicle) OpenDoors(open bool) error {
	text := "closed"
	if open {
		text = "open"
	}
	return v.world.set(doorsSignal, text, signal.Text(text))
}

// SetCharge changes the state of charge, in percent, and whether a charger is connected.
func (v *Vehicle) SetCharge(ctx context.Context, percent float64, charger bool) error {
	value := fmt.Sprintf("%g %%", percent)
	if charger {
		value += ", charging"
	}
	v.bench.opts.Record.Add(record.Vehicle{Signal: "state of charge", Value: value})
	return v.bench.battery.Set(ctx, percent, charger)
}

// SetTime lets the network tell a time that is off, and by how much.
func (v *Vehicle) SetTime(off time.Duration) {
	v.world.tellNow(off, false, fmt.Sprintf("off by %v", off))
}

// HideTime lets the network tell no time.
func (v *Vehicle) HideTime() { v.world.tellNow(0, true, "unknown") }

func (w *world) tellNow(offset time.Duration, silent bool, shown string) {
	w.mu.Lock()
	changed := w.offset != offset || w.silent != silent
	w.offset, w.silent = offset, silent
	w.mu.Unlock()
	if !changed {
		return
	}
	w.v.bench.opts.Record.Add(record.Vehicle{Signal: "network time", Value: shown})
	select {
	case w.now <- struct{}{}:
	default:
	}
}

// ErrNoSignal means that the vehicle's DBC file has no signal by which the bench could say something.
var ErrNoSignal = errors.New("vehicle: there is no such signal")

// Park brings the vehicle to a stand, in P, with closed doors and the ignition off, as far as it has signals for that.
func (v *Vehicle) Park() error {
	for _, f := range []func() error{
		func() error { return v.SetSpeed(0) },
		func() error { return v.SetGear("P") },
		func() error { return v.OpenDoors(false) },
		func() error { return v.SetIgnition("off") },
	} {
		if err := f(); err != nil && !errors.Is(err, ErrNoSignal) {
			return err
		}
	}
	return nil
}

// Drive has the owner drive off, as far as the vehicle lets him: an inhibited one stays in P.
func (v *Vehicle) Drive(kmh float64) (drives bool, err error) {
	if err := v.SetIgnition("on"); err != nil && !errors.Is(err, ErrNoSignal) {
		return false, err
	}
	if v.world.inhibit.Load() {
		v.bench.opts.Record.Add(record.Vehicle{Signal: "drive", Value: "inhibited"})
		return false, nil
	}
	if err := v.SetGear("D"); err != nil {
		return false, err
	}
	return true, v.SetSpeed(kmh)
}

// Inhibited reads from a frame whether the master wants the vehicle not to be driven; told is false for other frames.
func (v *Vehicle) Inhibited(f can.Frame) (inhibited, told bool) {
	name, ok := v.world.names[inhibitSignal]
	if !ok {
		return false, false
	}
	m, err := v.db.Message(name[0])
	if err != nil || f.ID != m.ID || f.Is(can.Extended) != m.Extended {
		return false, false
	}
	values, err := m.Decode(nil, f.Data[:f.Len])
	if err != nil {
		return false, false
	}
	for _, s := range values {
		if s.Name == name[1] {
			return s.Raw != 0, true
		}
	}
	return false, false
}
