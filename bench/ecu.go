package bench

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"otabench/bench/config"
	"otabench/bench/packages"
	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/can"
	"otabench/can/isotp"
	"otabench/ecu"
	"otabench/ecu/console"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
	"otabench/ecu/uds"
)

// ECU is a unit under test on this bench: the unit as its tester sees it, its rail, its console and its packages.
type ECU struct {
	*ecu.Unit
	bench    *Bench
	role     string
	rail     *Rail
	console  *console.Console // nil if the bench file names none
	packages map[string]*firmware.Package

	mu         sync.Mutex
	hooks      []*hook
	introduced bool // its identity stands in the record
}

// hook is told of the progress of updates.
type hook struct{ f func(flash.Progress) }

func openECU(b *Bench, role string, c config.ECU) (*ECU, error) {
	e := &ECU{bench: b, role: role, rail: b.rails[c.Rail]}
	var err error
	if e.packages, err = packages.Load(role, c, b.opts.Dir); err != nil {
		return nil, err
	}
	if err := e.openConsole(c.Console); err != nil {
		return nil, err
	}
	bus := b.buses[c.Bus]
	e.Unit, err = ecu.New(role, c.Description, bus, ecu.Hooks{Exchange: e.exchanged, Progress: e.progressed})
	if err != nil {
		return nil, err
	}
	b.onClose(e.Unit.Close)
	bus.Tap(e.listener(c))
	return e, nil
}

func (e *ECU) openConsole(address string) error {
	if address == "" {
		return nil
	}
	d := console.Dialer{}
	if e.bench.embedded != nil {
		d.Virtual = e.bench.embedded.Console
	}
	rw, err := d.Dial(address)
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

// printed is the receive path of the console: triggers first, then the record.
func (e *ECU) printed(l console.Line) {
	e.bench.triggers.Observe(trigger.Observation{Kind: trigger.Line, Time: l.Time, Source: e.role, Text: l.Text})
	e.bench.opts.Record.AddAt(l.Time, record.ConsoleLine{ECU: e.role, Text: l.Text})
}

// listener makes UDS messages of the frames on the ECU's bus, on the receive path, for the triggers.
func (e *ECU) listener(c config.ECU) func(can.Received) {
	a := c.Description.Address
	l := isotp.NewListener(isotp.Address{Tx: a.Request, Rx: a.Response, Extended: a.Extended}, a.Functional)
	return func(r can.Received) {
		pdu, ok := l.Observe(r)
		if !ok || pdu.Functional || len(pdu.Data) == 0 {
			return
		}
		o := trigger.Observation{Time: r.Time, Source: e.role, Data: pdu.Data}
		begun, sent := trigger.ResponseBegun, trigger.ResponseSeen
		if pdu.Tx {
			begun, sent = trigger.RequestBegun, trigger.RequestSent
		}
		if pdu.Kind == isotp.SingleFrame || pdu.Kind == isotp.FirstFrame {
			o.Kind = begun
			e.bench.triggers.Observe(o)
		}
		if pdu.Complete {
			o.Kind = sent
			e.bench.triggers.Observe(o)
		}
	}
}

// recorded bounds how much of a message stands in the record, in bytes. The trace has all of it.
const recorded = 64

func (e *ECU) exchanged(x uds.Exchange) {
	r := record.Exchange{
		ECU: e.role, Service: uds.ServiceName(x.Service), Meaning: uds.Describe(x.Request),
		Request: hexadecimal(withoutKey(x.Request)), RequestLen: len(x.Request),
		Response: hexadecimal(x.Response), RespLen: len(x.Response),
		Pending: x.Pending, Functional: x.Functional,
		Sent: e.bench.opts.Record.Since(x.Sent), Took: x.Done.Sub(x.Sent),
	}
	if x.NRC != 0 {
		r.NRC = x.NRC.String()
	}
	if x.Err != nil && x.NRC == 0 {
		r.Error = x.Err.Error()
	}
	e.bench.opts.Record.AddAt(x.Done, r)
	if errors.Is(x.Err, isotp.ErrClosed) || errors.Is(x.Err, can.ErrClosed) {
		e.bench.Fault(e.role+"'s bus", x.Err)
	}
}

// withoutKey cuts the key out of a SecurityAccess request: with its seed beside it, it could give the secret away.
func withoutKey(request []byte) []byte {
	if len(request) > 2 && request[0] == uds.SIDSecurityAccess && request[1]%2 == 0 {
		return request[:2]
	}
	return request
}

func hexadecimal(b []byte) string { return hex.EncodeToString(b[:min(len(b), recorded)]) }

func (e *ECU) progressed(p flash.Progress) {
	e.bench.opts.Record.Add(record.Progress{ECU: e.role, Phase: p.Phase.String(), Done: p.Done, Total: p.Total})
	e.mu.Lock()
	hooks := slices.Clone(e.hooks)
	e.mu.Unlock()
	for _, h := range hooks {
		h.f(p)
	}
}

// OnProgress calls f while software is replaced, on the goroutine that does it, until stop is called.
func (e *ECU) OnProgress(f func(flash.Progress)) (stop func()) {
	h := &hook{f}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.hooks = append(e.hooks, h)
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.hooks = slices.DeleteFunc(e.hooks, func(other *hook) bool { return other == h })
	}
}

// BeforeBlock calls f once, in the next update, when n-1 transfer blocks were acknowledged; the tester waits for f.
func (e *ECU) BeforeBlock(n int, f func()) (stop func()) {
	blocks, last, done := 0, int64(0), false
	return e.OnProgress(func(p flash.Progress) {
		if p.Phase != flash.PhaseTransfer || done {
			return
		}
		if p.Done != last {
			last = p.Done
			blocks++
		}
		if blocks == n-1 {
			done = true
			f()
		}
	})
}

// Rail returns the rail that feeds the ECU.
func (e *ECU) Rail() *Rail { return e.rail }

// Console returns the ECU's console, nil if the bench file names none.
func (e *ECU) Console() *console.Console { return e.console }

// HasPackage reports whether the bench file names a package in a role.
func (e *ECU) HasPackage(role string) bool { return e.packages[role] != nil }

// Package returns the package in a role. It panics if there is none; see [ECU.HasPackage].
func (e *ECU) Package(role string) *firmware.Package { return must(e.packages, "package", role) }

// PackageRoles returns the roles that have packages.
func (e *ECU) PackageRoles() []string { return slices.Sorted(maps.Keys(e.packages)) }

// PowerCycle switches the rail off, waits until its terminals are dead, and switches it on.
func (e *ECU) PowerCycle(ctx context.Context) error {
	if err := e.rail.Off(ctx); err != nil {
		return err
	}
	if err := e.rail.AwaitDead(ctx); err != nil {
		return err
	}
	return e.rail.On(ctx)
}

// WhoAmI waits until the ECU has booted and reads its identity.
func (e *ECU) WhoAmI(ctx context.Context) (ecu.Identity, error) {
	if err := e.AwaitBoot(ctx); err != nil {
		return ecu.Identity{}, err
	}
	id, err := e.Identify(ctx)
	if err == nil {
		e.introduce(id)
	}
	return id, err
}

// introduce records who the ECU is, as it was when it first answered.
func (e *ECU) introduce(id ecu.Identity) {
	e.mu.Lock()
	known := e.introduced
	e.introduced = true
	e.mu.Unlock()
	if known {
		return
	}
	_, simulated := e.bench.file.SimulatedECU(e.role)
	e.bench.opts.Record.Add(record.Device{
		Role: e.role, Class: "ecu", Address: e.Unit.String(), Model: id.Name + " " + id.Hardware,
		Serial: id.Serial, Firmware: id.Software, Simulated: simulated,
		Details: map[string]string{
			"VIN": id.VIN, "RXSWIN": id.RXSWIN, "slot": id.Slot, "boot state": id.BootState,
			"security counter": fmt.Sprint(id.Counter),
		},
	})
}

// AwaitIdentity reads the identity again and again until ok accepts it, for as long as limit. It lives through boots, in
// which the ECU is silent.
func (e *ECU) AwaitIdentity(ctx context.Context, limit time.Duration, ok func(ecu.Identity) bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(identityPeriod)
	defer tick.Stop()
	for {
		id, err := e.WhoAmI(ctx)
		if err == nil && ok(id) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s: not the expected identity within %v; last seen: %v, %w", e.role, limit, id, errors.Join(err, ctx.Err()))
		}
	}
}

const identityPeriod = 100 * time.Millisecond

// Force sends a package that may not be for this ECU, as a tool without checks would, and installs it if the ECU agrees.
func (e *ECU) Force(ctx context.Context, p *firmware.Package) error {
	programmer := e.NewProgrammer(flash.Options{Force: true})
	defer programmer.Close()
	return programmer.Program(ctx, p)
}

// AbandonAt updates until n transfer blocks were acknowledged, and then falls silent without any clean-up.
func (e *ECU) AbandonAt(ctx context.Context, p *firmware.Package, n int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	reached := false
	stop := e.BeforeBlock(n+1, func() { reached = true; cancel() })
	defer stop()
	programmer := e.NewProgrammer(flash.Options{Abandon: true})
	err := programmer.Program(ctx, p)
	programmer.Close()
	if !reached {
		return fmt.Errorf("%s: the update ended before block %d: %w", e.role, n, err)
	}
	return nil
}

// Session reads the active diagnostic session.
func (e *ECU) Session(ctx context.Context) (byte, error) {
	_, did, err := e.Description().Identifier("active_session")
	if err != nil {
		return 0, err
	}
	b, err := e.Client().ReadDataByIdentifier(ctx, did.ID)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// TransferData is the request with a block counter, for triggers. Counters begin at 1.
func (e *ECU) TransferData(counter byte) trigger.Message {
	return trigger.Request(e.role, uds.SIDTransferData, counter)
}

// TransferExit is the request that ends a transfer, for triggers.
func (e *ECU) TransferExit() trigger.Message {
	return trigger.Request(e.role, uds.SIDRequestTransferExit)
}

// Routine is the request that starts a routine, for triggers.
func (e *ECU) Routine(id uint16) trigger.Message {
	return trigger.Request(e.role, uds.SIDRoutineControl, 1, byte(id>>8), byte(id))
}

// Resetting is the positive response to ECUReset, for triggers.
func (e *ECU) Resetting() trigger.Message {
	return trigger.Response(e.role, uds.SIDECUReset+0x40)
}
