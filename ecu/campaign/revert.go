package campaign

import (
	"context"
	"errors"
	"slices"

	"otabench/ecu/flash"
)

// revert takes back every member that was changed, the last one first. It goes on when one cannot be taken back, also
// after ctx has ended: half a campaign is the worst of all ends.
func (r *run) revert(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	for i, m := range slices.Backward(r.members) {
		if r.reports[i].Outcome == Untouched {
			continue
		}
		one, cancel := context.WithTimeout(ctx, revertTime)
		if err := r.takeBack(one, i, m); err != nil {
			r.reports[i].Err = errors.Join(r.reports[i].Err, err)
		}
		cancel()
	}
}

// takeBack makes an ECU run what it ran before.
func (r *run) takeBack(ctx context.Context, i int, m Member) error {
	report := &r.reports[i]
	var errs []error
	if report.Outcome != Updated {
		errs = append(errs, m.leaveTrial(ctx))
	}
	if r.asBefore(ctx, i, m) == nil {
		return nil
	}
	report.Outcome = Stranded
	if m.Previous == nil {
		return errors.Join(append(errs, r.asBefore(ctx, i, m))...)
	}
	errs = append(errs, m.Unit.Update(ctx, m.Previous), r.asBefore(ctx, i, m))
	if report.Outcome == Reverted {
		return nil
	}
	return errors.Join(errs...)
}

// leaveTrial abandons new software that is not permanent, and restarts the ECU. An ECU whose new software was never
// activated refuses that, and is none the worse for it.
func (m Member) leaveTrial(ctx context.Context) error {
	p := m.Unit.Programmer()
	defer p.Close()
	if err := m.awaitAnswer(ctx); err != nil {
		return err
	}
	rollback := p.Rollback(ctx)
	for _, step := range []func(context.Context) error{p.Reset, p.AwaitBoot, p.Finish} {
		if err := step(ctx); err != nil {
			return errors.Join(rollback, err)
		}
	}
	return rollback
}

// awaitAnswer gives an ECU whose new software answers nobody the time to give that up by itself.
func (m Member) awaitAnswer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, m.Unit.Description().Timing.Confirm)
	defer cancel()
	for {
		err := m.Unit.AwaitBoot(ctx)
		if !errors.Is(err, flash.ErrNoBoot) || ctx.Err() != nil {
			return err
		}
	}
}

// asBefore compares what runs with what ran before, and notes the outcome.
func (r *run) asBefore(ctx context.Context, i int, m Member) error {
	report := &r.reports[i]
	after, err := m.Unit.Identify(ctx)
	if err != nil {
		return err
	}
	report.After = after
	if after.Software != report.Before.Software || m.trial() && after.Slot != report.Before.Slot {
		return &notAsBefore{m.Unit.Name(), report.Before.String(), after.String()}
	}
	report.Outcome = Reverted
	return nil
}

// notAsBefore says that an ECU does not run what it ran before.
type notAsBefore struct{ name, before, after string }

func (n *notAsBefore) Error() string {
	return n.name + " runs " + n.after + " and ran " + n.before
}
