package flash

import (
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
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
	// Resume goes on with an update that was interrupted, for blocks whose description says how.
	Resume bool
	// Abandon leaves the ECU as it is after a failure, as a tester that vanishes does.
	Abandon bool
}

const defaultRepeat = 2

// Access passes the ECU's security levels and authentication; *security.Access does.
type Access interface {
	Needed(level string) bool
	Unlock(ctx context.Context, client *uds.Client, level string) error
	Authenticate(ctx context.Context, client *uds.Client) error
	Checksum(name string, data []byte) ([]byte, error)
}

// Checksum computes a checksum by its name in templates.
type Checksum func(name string, data []byte) ([]byte, error)

// Programmer reprograms one ECU. It is for one goroutine at a time.
type Programmer struct {
	client *uds.Client
	desc   description.ECU
	access Access
	opt    Options

	job       *job              // the update under way; before the first one it is empty
	resumed   bool              // a block of it was there already in part
	kept      map[string]uint64 // bytes of blocks that were there, as the ECU said
	meter     meter
	stopAlive func() // ends tester present; nil while none is sent
}

// New returns a Programmer for the ECU behind client. Missing values of desc count with their defaults.
func New(client *uds.Client, desc description.ECU, access Access, opt Options) *Programmer {
	if opt.Repeat == 0 {
		opt.Repeat = defaultRepeat
	}
	none := &job{pkg: &firmware.Package{}, date: time.Now()}
	return &Programmer{client: client, desc: desc.WithDefaults(), access: access, opt: opt, job: none}
}

// Program runs the sequence up to and including activation; [Programmer.Reset] then starts the new software. Its error
// is an *Error.
func (p *Programmer) Program(ctx context.Context, pkg *firmware.Package) error {
	if _, err := p.Check(ctx, pkg); err != nil {
		return err
	}
	err := p.run(ctx)
	if p.resumed && errors.Is(err, ErrRejected) {
		// What the ECU had kept did not belong to this package.
		p.opt.Resume = false
		p.begin(p.job)
		err = p.run(ctx)
	}
	if err != nil {
		p.leave(ctx)
	}
	return err
}

func (p *Programmer) run(ctx context.Context) error {
	for _, phase := range p.sequence() {
		if err := phase(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Check divides a package into its blocks and fails, unless Options.Force is set, if the description says that it is
// not for this ECU. Nothing is sent. The package is the one that the phases which follow are about.
func (p *Programmer) Check(ctx context.Context, pkg *firmware.Package) ([]Segment, error) {
	if !p.desc.Programmable() {
		return nil, p.fail(PhaseCheck, ErrDescription)
	}
	if err := fits(p.desc, pkg); err != nil && !p.opt.Force {
		return nil, p.fail(PhaseCheck, fmt.Errorf("%w; nothing was sent", err))
	}
	j, err := prepare(ctx, p.desc, pkg)
	if err != nil {
		return nil, p.fail(PhaseCheck, err)
	}
	p.begin(j)
	return j.segments, nil
}

func (p *Programmer) begin(j *job) {
	p.job, p.resumed, p.kept, p.meter = j, false, map[string]uint64{}, meter{}
	for _, s := range j.segments {
		p.meter.total += s.Size()
	}
}

func (p *Programmer) fail(phase Phase, err error) error {
	if err == nil {
		return nil
	}
	return &Error{ECU: p.opt.Name, Phase: phase, Err: err}
}

func (p *Programmer) failBlock(phase Phase, block string, offset int64, err error) error {
	if err == nil {
		return nil
	}
	return &Error{ECU: p.opt.Name, Phase: phase, Block: block, Offset: offset, Err: err}
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
