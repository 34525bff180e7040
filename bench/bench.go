package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/equipment"
	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/can"
	"otabench/can/signal/restbus"
	"otabench/can/trace"
	"otabench/ecu/firmware"
)

// Options say where a bench leaves its evidence.
type Options struct {
	Record *record.Writer
	// Trace receives every frame of every bus; nil for none.
	Trace *trace.Recorder
	// Dir is the folder that relative paths in the bench file start from.
	Dir string
	// ConsoleLog returns the file for the raw bytes of an ECU's console; nil for none.
	ConsoleLog func(ecu string) (io.WriteCloser, error)
	// Packages are the packages of ECUs that were loaded before, by role of the ECU and of the package; those of other ECUs
	// are read as the bench file says. They are not changed.
	Packages map[string]map[string]*firmware.Package
	// Sampling is the time between two readings of a rail by its sensor, 1 ms if 0.
	Sampling time.Duration
	// SupplyLog returns the file for all readings of a rail, as comma-separated values; nil for none.
	SupplyLog func(rail string) (io.WriteCloser, error)
}

// Bench is an open bench.
type Bench struct {
	file         *config.File
	opts         Options
	embedded     *embedded.Bench
	power        *equipment.Power
	buses        map[string]can.Bus
	rails        map[string]*Rail
	switches     map[string]*Switch
	ecus         map[string]*ECU
	battery      *Battery
	restbus      map[string]*restbus.Simulation
	watchdogs    map[string]*watchdog // by supply
	vehicle      *Vehicle             // nil if the bench file has none
	triggers     trigger.Engine
	disturbances disturbances

	mu      sync.Mutex
	faults  []record.Fault
	closers []func() error
}

// Open opens a bench. It energises nothing. An *equipment.AddressError or *config.Error is the bench file's fault; every
// other error is the bench's.
func Open(ctx context.Context, f *config.File, opts Options) (*Bench, error) {
	b := &Bench{
		file: f, opts: opts,
		buses: map[string]can.Bus{}, rails: map[string]*Rail{}, switches: map[string]*Switch{}, ecus: map[string]*ECU{},
		restbus: map[string]*restbus.Simulation{},
	}
	b.recordTriggers()
	if err := b.open(ctx); err != nil {
		return nil, errors.Join(err, b.Close(context.WithoutCancel(ctx), "the bench could not be opened"))
	}
	return b, nil
}

func (b *Bench) open(ctx context.Context) error {
	b.opts.Record.Add(record.Device{
		Role: b.file.Name, Class: "bench", Simulated: b.file.Simulated(),
		Details: map[string]string{"laboratory": b.file.Laboratory, "location": b.file.Location},
	})
	b.recordAssignment()
	if b.file.Simulation != nil {
		sim, err := embedded.New(b.file)
		if err != nil {
			return fmt.Errorf("build the embedded bench: %w", err)
		}
		b.embedded = sim
		sim.OnFlash(b.flashOperation)
		b.onClose(sim.Close)
	}
	for _, step := range []func(context.Context) error{b.openPower, b.openBuses, b.openECUs, b.openBattery, b.openRestBuses, b.openVehicle} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// virtual returns the embedded bench as far as there is one.
func (b *Bench) virtual() equipment.Virtual {
	if b.embedded == nil {
		return nil
	}
	return b.embedded
}

func (b *Bench) openPower(ctx context.Context) error {
	p, err := equipment.Open(ctx, b.file, b.virtual())
	if err != nil {
		return err
	}
	b.power = p
	b.onClose(p.Close)
	for _, role := range slices.Sorted(maps.Keys(p.Supplies)) {
		id, c := p.Supplies[role].Identity(), b.file.Supplies[role]
		b.opts.Record.Add(record.Device{
			Role: role, Class: "supply", Address: c.Address, Model: id.Maker + " " + id.Model,
			Serial: id.Serial, Firmware: id.Firmware, Simulated: config.IsVirtual(c.Address),
			Details: b.calibration(role, c.Calibration()),
		})
	}
	for _, role := range slices.Sorted(maps.Keys(p.Switches)) {
		c := b.file.Switches[role]
		b.opts.Record.Add(record.Device{
			Role: role, Class: "switch", Address: c.Pin, Model: "relay", Simulated: config.IsVirtual(c.Pin),
			Details: map[string]string{"function": c.Does(), "contact": c.Contact},
		})
	}
	b.openSwitches()
	b.openWatchdogs()
	for _, role := range slices.Sorted(maps.Keys(p.Sensors)) {
		c := b.file.Sensors[role]
		b.opts.Record.Add(record.Device{
			Role: role, Class: "sensor", Address: c.Address, Model: c.Model, Simulated: config.IsVirtual(c.Address),
			Details: b.calibration(role, c.Calibration()),
		})
	}
	for _, role := range slices.Sorted(maps.Keys(b.file.Rails)) {
		r := newRail(b, role, b.file.Rails[role])
		b.rails[role] = r
		stop, err := r.watch()
		if err != nil {
			return err
		}
		b.onClose(stop)
	}
	return nil
}

// calibration describes the calibration of an instrument, and notes a deviation if it does not hold at the run's start.
func (b *Bench) calibration(role string, c config.Calibration) map[string]string {
	if c == (config.Calibration{}) {
		return nil
	}
	if err := c.Check(b.opts.Record.Started()); err != nil {
		b.Deviation(role, err)
	}
	return map[string]string{"calibration": c.String()}
}

func (b *Bench) openECUs(context.Context) error {
	for _, role := range slices.Sorted(maps.Keys(b.file.ECUs)) {
		e, err := openECU(b, role, b.file.ECUs[role])
		if err != nil {
			return fmt.Errorf("open ECU %s: %w", role, err)
		}
		b.ecus[role] = e
	}
	return nil
}

func (b *Bench) openBattery(context.Context) error {
	if b.file.Battery == nil {
		return nil
	}
	b.battery = newBattery(b.buses[b.file.Battery.Bus], *b.file.Battery)
	b.onClose(b.battery.close)
	return nil
}

// ECU returns the unit under test with the given role. It panics if the bench file has no such role; see [Bench.HasECU].
func (b *Bench) ECU(role string) *ECU { return must(b.ecus, "ECU", role) }

// Rail returns the supply line with the given role. It panics if the bench file has no such role.
func (b *Bench) Rail(role string) *Rail { return must(b.rails, "rail", role) }

// Bus returns the bus with the given role. It panics if the bench file has no such role.
func (b *Bench) Bus(role string) can.Bus { return must(b.buses, "bus", role) }

func must[T any](m map[string]T, kind, role string) T {
	v, ok := m[role]
	if !ok {
		panic(fmt.Sprintf("bench: the bench file has no %s %q; it has %v", kind, role, slices.Sorted(maps.Keys(m))))
	}
	return v
}

// Unit returns the ECU under test: the only one, or the first by name.
func (b *Bench) Unit() *ECU { return b.ecus[slices.Min(slices.Collect(maps.Keys(b.ecus)))] }

// Remains identifies what a power cut leaves of an ECU, and reports false for one that is not simulated, or not so that
// it can be told. It is good for comparisons within this process; see [otabench/ecu/sim.ECU.Remains].
func (b *Bench) Remains(role string) (uint64, bool) {
	if b.embedded == nil || b.embedded.ECU(role) == nil {
		return 0, false
	}
	return b.embedded.ECU(role).Remains(), true
}

// Greet proves that the switches of all ECUs' rails open, powers the ECUs and waits until each has answered with its
// identity, so that a welded contact or a wrong wire shows before the first spec and not as its verdict.
func (b *Bench) Greet(ctx context.Context) error {
	for _, role := range slices.Sorted(maps.Keys(b.ecus)) {
		e := b.ecus[role]
		if err := e.rail.ProveSwitch(ctx); err != nil {
			return err
		}
		if err := e.rail.On(ctx); err != nil {
			return err
		}
		if _, err := e.WhoAmI(ctx); err != nil {
			return fmt.Errorf("ECU %s does not answer on %v with %s on: %w", role, e.Unit, e.rail, err)
		}
	}
	return nil
}

// Battery returns the battery that the bench plays, nil if the bench file has none.
func (b *Bench) Battery() *Battery { return b.battery }

// File returns the bench file.
func (b *Bench) File() *config.File { return b.file }

// Record returns the timeline of the run.
func (b *Bench) Record() *record.Writer { return b.opts.Record }

// Step notes a line of the test procedure in the record and in the trace.
func (b *Bench) Step(text string) {
	b.opts.Record.Add(record.Step{Text: text})
	if b.opts.Trace != nil {
		b.opts.Trace.Step(text)
	}
}

// Fault notes that the bench itself failed. What is measured from then on proves nothing until the spec ends.
func (b *Bench) Fault(device string, err error) {
	f := record.Fault{Device: device, Text: err.Error()}
	b.mu.Lock()
	b.faults = append(b.faults, f)
	b.mu.Unlock()
	b.opts.Record.Add(f)
}

// Deviation notes what is out of order and makes no verdict void, but that whoever reads the report has to know.
func (b *Bench) Deviation(device string, err error) {
	b.opts.Record.Add(record.Deviation{Device: device, Text: err.Error()})
}

// TakeFaults returns the faults since the last call.
func (b *Bench) TakeFaults() []record.Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := b.faults
	b.faults = nil
	return f
}

func (b *Bench) onClose(f func() error) { b.closers = append(b.closers, f) }

// closing bounds how long MakeSafe may take. Before it, a change that failed already may take as long to switch off.
const closing = 5 * time.Second

// Close makes the bench safe, says so in the record, and releases everything.
func (b *Bench) Close(ctx context.Context, reason string) error {
	b.triggers.DisarmAll()
	b.retire()
	b.leaveWatchdogs()
	var errs []error
	if b.power != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
		defer cancel()
		safe := b.power.MakeSafe(ctx, "suite", reason)
		b.opts.Record.Add(safe)
		if !equipment.IsSafe(safe) {
			errs = append(errs, fmt.Errorf("not every output is off: %+v", safe.Outputs))
		}
	}
	for _, c := range slices.Backward(b.closers) {
		errs = append(errs, c())
	}
	b.closers = nil
	return errors.Join(errs...)
}
