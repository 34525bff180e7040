package flash

import (
	"context"
	"fmt"
	"slices"

	"otabench/ecu/description"
)

// phase is one part of a sequence.
type phase func(context.Context) error

// sequence is what the description wants done for the job, in its order.
func (p *Programmer) sequence() []phase {
	var all []phase
	q := queue{erase: p.job.segments, transfer: p.job.segments}
	for _, s := range p.desc.Programming.Sequence {
		all = append(all, p.step(s, &q)...)
	}
	return all
}

// queue holds the blocks that no step has taken.
type queue struct{ erase, transfer []Segment }

func (p *Programmer) step(s description.Step, q *queue) []phase {
	switch s.Step {
	case description.StepErase:
		return p.each(take(&q.erase, s.Blocks), p.Erase)
	case description.StepTransfer:
		return p.each(take(&q.transfer, s.Blocks), p.Transfer)
	case description.StepBlocks:
		return p.eraseAndTransfer(take(&q.erase, s.Blocks), take(&q.transfer, s.Blocks))
	case description.StepSession:
		return []phase{func(ctx context.Context) error { return p.enter(ctx, s.Session) }}
	case description.StepUnlock:
		return []phase{func(ctx context.Context) error { return p.unlock(ctx, s.Unlock) }}
	case description.StepRoutine:
		return []phase{func(ctx context.Context) error { return p.stepRoutine(ctx, s) }}
	case description.StepWrite:
		return []phase{func(ctx context.Context) error { return p.write(ctx, s) }}
	case description.StepReset:
		return []phase{p.restart}
	}
	return []phase{map[string]phase{
		description.StepPreconditions: p.Preconditions, description.StepQuiet: p.Quiet,
		description.StepAuthenticate: p.Authenticate, description.StepFingerprint: p.Fingerprint,
		description.StepVerify: p.Verify, description.StepDependencies: p.Dependencies, description.StepActivate: p.Activate,
	}[s.Step]}
}

// each does something for one block after the other.
func (p *Programmer) each(segments []Segment, do func(context.Context, Segment) error) []phase {
	var all []phase
	for _, s := range segments {
		all = append(all, func(ctx context.Context) error { return do(ctx, s) })
	}
	return all
}

// eraseAndTransfer goes block by block. Those that an earlier step erased are not erased again.
func (p *Programmer) eraseAndTransfer(erase, transfer []Segment) []phase {
	var all []phase
	for _, s := range transfer {
		if slices.ContainsFunc(erase, func(e Segment) bool { return e.Name == s.Name }) {
			all = append(all, func(ctx context.Context) error { return p.Erase(ctx, s) })
		}
		all = append(all, func(ctx context.Context) error { return p.Transfer(ctx, s) })
	}
	return all
}

// take removes blocks from those that are left, in the order of their names; without names it takes all. A block that
// the package has nothing for is not there.
func take(from *[]Segment, names []string) []Segment {
	if len(names) == 0 {
		all := *from
		*from = nil
		return all
	}
	var taken []Segment
	for _, name := range names {
		var rest []Segment
		for _, s := range *from {
			if s.Name == name {
				taken = append(taken, s)
			} else {
				rest = append(rest, s)
			}
		}
		*from = rest
	}
	return taken
}

// stepRoutine starts a routine of the maker's. One that is about a block which the package has nothing for is left out.
func (p *Programmer) stepRoutine(ctx context.Context, s description.Step) error {
	var segment *Segment
	if s.Block != "" {
		if segment = p.job.segment(s.Block); segment == nil {
			return nil
		}
	}
	p.report(PhaseRoutine, s.Routine)
	return p.failBlock(PhaseRoutine, s.Routine, 0, p.routine(ctx, s.Routine, segment, nil))
}

// write writes an identifier of the maker's.
func (p *Programmer) write(ctx context.Context, s description.Step) error {
	p.report(PhaseWrite, s.Identifier)
	data, err := p.record(s.Value, nil, nil)
	if err == nil {
		err = p.writeIdentifier(ctx, s.Identifier, data)
	}
	return p.failBlock(PhaseWrite, s.Identifier, 0, err)
}

func (p *Programmer) writeIdentifier(ctx context.Context, name string, data []byte) error {
	did, known := p.desc.Identifiers[name]
	if !known {
		return fmt.Errorf("the description has no identifier %q", name)
	}
	return p.client.WriteDataByIdentifier(ctx, did.ID, data)
}

// restart is a reset in the middle of a sequence, as some ECUs need between their boot loaders.
func (p *Programmer) restart(ctx context.Context) error {
	if err := p.Reset(ctx); err != nil {
		return err
	}
	if err := p.AwaitBoot(ctx); err != nil {
		return err
	}
	p.keepAlive(ctx)
	return nil
}
