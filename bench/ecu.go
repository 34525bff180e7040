package bench

import (
	"errors"
	"io"
	"maps"
	"slices"
	"sync"

	"otabench/bench/config"
	"otabench/bench/packages"
	"otabench/can"
	"otabench/ecu"
	"otabench/ecu/console"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
)

// ECU is a unit under test on this bench: the unit as its tester sees it, its rail, its console and its packages.
type ECU struct {
	*ecu.Unit
	bench    *Bench
	role     string
	bus      can.Bus
	tester   *tester // bus, as the unit's tester sends to it
	rail     *Rail
	console  *console.Console // nil if the bench file names none
	packages map[string]*firmware.Package
	after    []string

	watches watches

	mu         sync.Mutex
	hooks      []*hook
	introduced bool // its identity stands in the record
}

// hook is told of the progress of updates.
type hook struct{ f func(flash.Progress) }

func openECU(b *Bench, role string, c config.ECU) (*ECU, error) {
	e := &ECU{bench: b, role: role, rail: b.rails[c.Rail], after: c.After, packages: b.opts.Packages[role]}
	var err error
	if e.packages == nil {
		if e.packages, err = packages.Load(role, c, b.opts.Dir); err != nil {
			return nil, err
		}
	}
	if err := e.openConsole(c.Console); err != nil {
		return nil, err
	}
	e.bus = b.buses[c.Bus]
	e.bus.Tap(e.listener(c)) // before the tester's own connection, so that triggers act before the tester does
	e.tester = &tester{Bus: e.bus}
	e.Unit, err = ecu.New(role, c.Description, e.tester, ecu.Hooks{Exchange: e.exchanged, Progress: e.progressed})
	if err != nil {
		return nil, err
	}
	b.onClose(e.Unit.Close)
	return e, nil
}

func (e *ECU) openConsole(address string) error {
	if address == "" {
		return nil
	}
	rw, err := e.bench.dialConsole(address)
	if err != nil {
		return err
	}
	opt := console.Options{Observe: e.printed}
	if e.bench.opts.ConsoleLog != nil {
		log, err := e.bench.opts.ConsoleLog(e.role)
		if err != nil {
			return errors.Join(err, rw.Close())
		}
		e.bench.onClose(log.Close)
		opt.Log = log
	}
	e.console = console.New(e.role, rw, opt)
	e.bench.onClose(e.console.Close)
	go func() {
		<-e.console.Done()
		if err := e.console.Err(); err != nil {
			e.bench.Fault("console of "+e.role, err)
		}
	}()
	return nil
}

// dialConsole opens a serial console, of the embedded bench if its address is virtual.
func (b *Bench) dialConsole(address string) (io.ReadWriteCloser, error) {
	d := console.Dialer{}
	if b.embedded != nil {
		d.Virtual = b.embedded.Console
	}
	return d.Dial(address)
}

// Bus returns the bus that the ECU is on.
func (e *ECU) Bus() can.Bus { return e.bus }

// BusRole returns the role of that bus.
func (e *ECU) BusRole() string { return e.bench.file.ECUs[e.role].Bus }

// Rail returns the rail that feeds the ECU.
func (e *ECU) Rail() *Rail { return e.rail }

// After returns the roles of the ECUs that a campaign updates before this one.
func (e *ECU) After() []string { return e.after }

// Console returns the ECU's console, nil if the bench file names none.
func (e *ECU) Console() *console.Console { return e.console }

// HasPackage reports whether the bench file names a package in a role.
func (e *ECU) HasPackage(role string) bool { return e.packages[role] != nil }

// Package returns the package in a role. It panics if there is none; see [ECU.HasPackage].
func (e *ECU) Package(role string) *firmware.Package { return must(e.packages, "package", role) }

// PackageRoles returns the roles that have packages.
func (e *ECU) PackageRoles() []string { return slices.Sorted(maps.Keys(e.packages)) }
