package flash

import (
	"context"
	"fmt"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/security"
	"otabench/ecu/uds"
)

// Options change how a Programmer works. The zero value is the standard's way.
type Options struct {
	// Name of the ECU in errors and progress.
	Name string
	// Functional reaches all ECUs of the bus; nil leaves the other ECUs alone.
	Functional *uds.Functional
	// Progress is called at the start of each phase and after each acknowledged block, on the goroutine that programs.
	Progress func(Progress)
	// Repeat is how often a transfer block is sent again after its response was lost: 2 if 0, never if negative.
	Repeat int
	// Force sends packages that the description says are not for this ECU, so that the ECU has to refuse them.
	Force bool
	// Abandon leaves the ECU as it is after a failure, as a tester that vanishes does.
	Abandon bool
}

const defaultRepeat = 2

// Programmer reprograms one ECU. It is for one goroutine at a time.
type Programmer struct {
	client *uds.Client
	desc   description.ECU
	key    *security.Key
	opt    Options

	meter     meter
	stopAlive func() // ends tester present; nil while none is sent
}

// New returns a Programmer for the ECU behind client. Missing values of desc count with their defaults.
func New(client *uds.Client, desc description.ECU, key *security.Key, opt Options) *Programmer {
	if opt.Repeat == 0 {
		opt.Repeat = defaultRepeat
	}
	return &Programmer{client: client, desc: desc.WithDefaults(), key: key, opt: opt}
}

// Program runs the sequence up to and including activation; [Programmer.Reset] then starts the new software. Its error
// is an *Error.
func (p *Programmer) Program(ctx context.Context, pkg *firmware.Package) error {
	segments, err := p.Check(pkg)
	if err != nil {
		return err
	}
	for _, phase := range p.sequence(segments) {
		if err := phase(ctx); err != nil {
			p.leave(ctx)
			return err
		}
	}
	return nil
}

func (p *Programmer) sequence(segments []Segment) []func(context.Context) error {
	phases := []func(context.Context) error{p.Prepare, p.Enter, p.Unlock, p.Fingerprint}
	for _, s := range segments {
		phases = append(phases,
			func(ctx context.Context) error { return p.Erase(ctx, s) },
			func(ctx context.Context) error { return p.Transfer(ctx, s) })
	}
	return append(phases, p.Verify, p.Dependencies, p.Activate)
}

// Check divides a package into its blocks and fails, unless Options.Force is set, if the description says that it is
// not for this ECU. Nothing is sent.
func (p *Programmer) Check(pkg *firmware.Package) ([]Segment, error) {
	if err := fits(p.desc, pkg); err != nil && !p.opt.Force {
		return nil, p.fail(PhaseCheck, fmt.Errorf("%w; nothing was sent", err))
	}
	segments, err := Segments(p.desc, pkg)
	if err != nil {
		return nil, p.fail(PhaseCheck, err)
	}
	p.meter = meter{}
	for _, s := range segments {
		p.meter.total += int64(len(s.Data))
	}
	return segments, nil
}

func (p *Programmer) fail(phase Phase, err error) error {
	if err == nil {
		return nil
	}
	return &Error{ECU: p.opt.Name, Phase: phase, Err: err}
}

func (p *Programmer) failBlock(phase Phase, block string, offset int, err error) error {
	if err == nil {
		return nil
	}
	return &Error{ECU: p.opt.Name, Phase: phase, Block: block, Offset: int64(offset), Err: err}
}

func (p *Programmer) report(phase Phase, block string) {
	if p.opt.Progress == nil {
		return
	}
	rate, remaining := p.meter.rate()
	p.opt.Progress(Progress{
		ECU: p.opt.Name, Phase: phase, Block: block, Done: p.meter.done, Total: p.meter.total, Rate: rate, Remaining: remaining,
	})
}
