package campaign

import (
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/ecu"
	"otabench/ecu/description"
	"otabench/ecu/firmware"
)

// Member is one ECU of a campaign.
type Member struct {
	Unit    *ecu.Unit
	Package *firmware.Package
	// Previous is what runs now. An ECU without a trial boot is taken back with it.
	Previous *firmware.Package
	// After are the names of the members that are updated before this one.
	After []string
}

// Options of a campaign. The zero value leaves the health check to the ECUs.
type Options struct {
	// Healthy looks at the vehicle once all new software runs and before any of it is permanent. An error takes all back.
	Healthy func(context.Context) error
}

// revertTime bounds what is done to take one ECU back.
const revertTime = 5 * time.Minute

// run is a campaign under way.
type run struct {
	members []Member
	reports []Report
	opt     Options
}

// Run updates all members, or none. There is a report for each member in the order in which they are updated, also
// beside an error.
func Run(ctx context.Context, members []Member, opt Options) ([]Report, error) {
	ordered, err := Order(members)
	if err != nil {
		return nil, err
	}
	r := &run{members: ordered, opt: opt, reports: make([]Report, len(ordered))}
	for i, m := range ordered {
		r.reports[i] = Report{ECU: m.Unit.Name(), Outcome: Untouched}
		if err := m.check(ctx); err != nil {
			return r.reports, err
		}
	}
	if err := r.begin(ctx); err != nil {
		return r.reports, err
	}
	if err := r.update(ctx); err != nil {
		r.revert(ctx)
		return r.reports, failed(r.reports, err)
	}
	return r.reports, nil
}

// trial says that the ECU keeps its previous software until the new one is confirmed.
func (m Member) trial() bool {
	routines := m.Unit.Description().Routines
	return routines[description.Confirm].Exists() && routines[description.Rollback].Exists()
}

// check looks at a member before anything is sent.
func (m Member) check(ctx context.Context) error {
	if !m.trial() && m.Previous == nil {
		return fmt.Errorf("%w for %s: it has no trial boot that could be rolled back, and no previous package is given", ErrNoWayBack, m.Unit.Name())
	}
	_, err := m.Unit.Programmer().Check(ctx, m.Package)
	return err
}

// begin learns what runs, and asks all ECUs whether they can be programmed. Nothing is changed yet.
func (r *run) begin(ctx context.Context) error {
	for i, m := range r.members {
		var err error
		if r.reports[i].Before, err = m.Unit.Identify(ctx); err != nil {
			return r.failed(i, err)
		}
		r.reports[i].After = r.reports[i].Before
	}
	for i, m := range r.members {
		p := m.Unit.Programmer()
		err := p.Preconditions(ctx)
		if err := errors.Join(err, p.Finish(ctx)); err != nil {
			return r.failed(i, err)
		}
	}
	return nil
}

// failed notes what went wrong in a member.
func (r *run) failed(i int, err error) error {
	r.reports[i].Err = errors.Join(r.reports[i].Err, err)
	return err
}

func (r *run) update(ctx context.Context) error {
	for _, step := range []func(context.Context, int, Member) error{r.program, r.boot} {
		for i, m := range r.members {
			if err := step(ctx, i, m); err != nil {
				return r.failed(i, err)
			}
		}
	}
	if r.opt.Healthy != nil {
		if err := r.opt.Healthy(ctx); err != nil {
			return fmt.Errorf("the updated ECUs are not healthy: %w", err)
		}
	}
	for i, m := range r.members {
		if err := r.confirm(ctx, i, m); err != nil {
			return r.failed(i, err)
		}
	}
	return nil
}

// program brings the new software into an ECU, up to its activation.
func (r *run) program(ctx context.Context, i int, m Member) error {
	r.reports[i].Outcome = Stranded
	p := m.Unit.Programmer()
	defer p.Close()
	return p.Program(ctx, m.Package)
}

// boot restarts an ECU into its new software.
func (r *run) boot(ctx context.Context, _ int, m Member) error {
	p := m.Unit.Programmer()
	for _, step := range []func(context.Context) error{p.Reset, p.AwaitBoot, p.Finish} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return m.Unit.CheckVersion(ctx, m.Package.Manifest.Version)
}

func (r *run) confirm(ctx context.Context, i int, m Member) error {
	if err := m.Unit.Confirm(ctx); err != nil {
		return err
	}
	after, err := m.Unit.Identify(ctx)
	if err != nil {
		return err
	}
	r.reports[i].Outcome, r.reports[i].After = Updated, after
	return nil
}
