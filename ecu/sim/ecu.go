package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"otabench/can"
	"otabench/ecu/firmware"
	"otabench/ecu/sim/flashmem"
	"otabench/ecu/sim/nvm"
)

// ECU is a simulated electronic control unit.
type ECU struct {
	cfg      Config
	bus      can.Bus
	flash    *flashmem.Memory
	software software
	metadata metadataStore
	nvm      persistentStore
	supply   *supply
	reset    resetLine
	console  *console
	seeds    *seedSource

	stop context.CancelFunc
	done sync.WaitGroup

	dead atomic.Bool // fault: it will never boot again

	mu   sync.Mutex // guards the following
	life *life      // nil without power
}

// New manufactures an ECU: with cfg.Factory in slot A, or with the contents of cfg.Flash.File where that exists. The
// bus, the terminal and the console stay the caller's; console may be nil. If it is an io.ReadWriteCloser, the ECU also
// reads commands from it: "version" prints the version that runs. A console whose Write blocks should have SetDeadline,
// as network connections and ports do; otherwise its owner closes it before the ECU.
func New(cfg Config, bus can.Bus, terminal Terminal, port io.Writer) (*ECU, error) {
	cfg = cfg.WithDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg = cfg.spoilt()
	e := &ECU{cfg: cfg, bus: bus, console: newConsole(port), supply: &supply{terminal: terminal, wake: make(chan struct{}, 1)}}
	var err error
	if e.flash, err = flashmem.New(e.flashConfig()); err != nil {
		return nil, fmt.Errorf("simulated ECU %s: %w", cfg.Name, err)
	}
	f := cfg.Flash
	e.seeds = newSeeds(f.Seed)
	e.software = software{cfg: cfg, flash: e.flash}
	e.metadata = metadataStore{nvm.New(e.flash, f.dataAddr(0), f.dataAddr(1), f.DataSector)}
	e.nvm = persistentStore{nvm.New(e.flash, f.dataAddr(2), f.dataAddr(3), f.DataSector)}
	e.metadata.Flaws, e.nvm.Flaws = cfg.metadataFlaws(), cfg.nvmFlaws()
	if err := e.manufacture(); err != nil {
		return nil, fmt.Errorf("simulated ECU %s: %w", cfg.Name, err)
	}
	return e, nil
}

func (e *ECU) flashConfig() flashmem.Config {
	f, p := e.cfg.Flash, e.cfg.Power
	return flashmem.Config{
		Banks: f.geometry(), Page: f.PageSize, ProgramTime: f.ProgramTime, Seed: f.Seed, OnOp: e.cfg.OnFlashOp, Vary: e.cfg.Vary,
		Weak: func() bool { return e.supply.terminal.Voltage() < p.WriteMin },
		Active: func(on bool) {
			if on {
				e.supply.extra(p.WriteCurrent)
			} else {
				e.supply.extra(0)
			}
		},
	}
}

// manufacture gives the flash its first contents.
func (e *ECU) manufacture() error {
	if e.cfg.Flash.File != "" {
		if err := e.flash.Load(e.cfg.Flash.File); !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	f := e.cfg.Flash
	m := metadata{State: stateConfirmed}
	if p := e.cfg.Factory; p != nil {
		if err := e.installFactory(p); err != nil {
			return err
		}
		m.Counter = p.Manifest.Counter
	}
	first := persistent{VIN: e.cfg.VIN, DTCs: e.cfg.DTCs}
	return errors.Join(
		e.flash.Preload(f.dataAddr(0), nvm.Image(m.encode())), e.flash.Preload(f.dataAddr(1), nvm.Image(m.encode())),
		e.flash.Preload(f.dataAddr(2), nvm.Image(first.encode())), e.flash.Preload(f.dataAddr(3), nvm.Image(first.encode())),
	)
}

func (e *ECU) installFactory(p *firmware.Package) error {
	header, f := p.Header(), e.cfg.Flash
	if len(header) > f.HeaderSize || len(p.Image) > f.imageRoom() {
		return fmt.Errorf("factory software %s: header of %d and image of %d bytes, there is room for %d and %d",
			p.Manifest.Version, len(header), len(p.Image), f.HeaderSize, f.imageRoom())
	}
	return errors.Join(e.flash.Preload(f.slotAddr(slotA), header), e.flash.Preload(f.imageAddr(slotA), p.Image))
}

// Config returns the configuration with all defaults.
func (e *ECU) Config() Config { return e.cfg }

// Flash returns the memory.
func (e *ECU) Flash() *flashmem.Memory { return e.flash }

// Remains identifies what a power cut leaves of the ECU: two of the same configuration with the same remains do the same
// when they are powered again, but for the damage that further cuts do to their flash. It is good for comparisons within
// this process.
func (e *ECU) Remains() uint64 {
	d := e.flash.Digest()
	if e.dead.Load() {
		d = ^d
	}
	return d
}

// Start connects the ECU to its supply. It runs until ctx ends or Close.
func (e *ECU) Start(ctx context.Context) error {
	if e.stop != nil {
		return fmt.Errorf("simulated ECU %s was started before", e.cfg.Name)
	}
	ctx, e.stop = context.WithCancel(ctx)
	e.done.Go(func() { e.run(ctx) })
	go e.console.write(ctx)
	if port, ok := e.console.port.(io.ReadWriteCloser); ok {
		go e.console.read(ctx, port, e.command)
	}
	context.AfterFunc(ctx, e.console.release)
	return nil
}

// Close disconnects the ECU, as a power cut does, and saves its flash if it has a file.
func (e *ECU) Close() error {
	if e.stop == nil {
		return nil
	}
	e.stop()
	e.done.Wait()
	return e.save()
}

func (e *ECU) save() error {
	if e.cfg.Flash.File == "" {
		return nil
	}
	return e.flash.Save(e.cfg.Flash.File)
}

// run lives through power cycles.
func (e *ECU) run(ctx context.Context) {
	defer e.supply.watch(e.cfg.Power, e.dip)()
	for {
		powered, cut, err := e.supply.await(ctx)
		if err != nil {
			return
		}
		e.runPowered(powered)
		cut(nil)
		e.console.off()
		e.supply.draw(0)
	}
}

// runPowered lives through resets until power is lost.
func (e *ECU) runPowered(ctx context.Context) {
	why := powerOn
	for ctx.Err() == nil {
		e.supply.draw(0)
		released, cut, err := e.reset.await(ctx)
		if err != nil {
			return
		}
		l := newLife(e, why)
		e.enter(l)
		cause := l.run(released)
		e.enter(nil)
		cut(nil)
		if !errors.As(cause, &why) {
			return
		}
	}
}

func (e *ECU) enter(l *life) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.life = l
}

// command answers a line from the console.
func (e *ECU) command(text string) {
	e.mu.Lock()
	l := e.life
	e.mu.Unlock()
	if l != nil {
		l.command(text)
	}
}
