package sweep

import (
	"context"
	"fmt"
	"time"

	"otabench/bench"
	"otabench/ecu/description"
	"otabench/ecu/firmware"
)

// Procedure is what a tester does to a unit that may be disturbed at any moment of it.
type Procedure string

// Procedures.
const (
	// Update installs the next software and makes it permanent.
	Update Procedure = "update"
	// Revert installs it and takes the trial back.
	Revert Procedure = "revert"
	// Lapse installs it and leaves the unit alone, until the trial ends by itself.
	Lapse Procedure = "lapse"
)

// Procedures returns those that a unit has: without trial boots there is the update alone.
func Procedures(u *bench.ECU) []Procedure {
	r := u.Description().Routines
	all := []Procedure{Update}
	if r[rollback].ID != 0 {
		all = append(all, Revert)
	}
	if r[confirm].ID != 0 {
		all = append(all, Lapse)
	}
	return all
}

// run carries the procedure out. begin is called where the part of it begins that is new compared with Update.
func (p Procedure) run(ctx context.Context, u *bench.ECU, pkg *firmware.Package, begin func()) error {
	if p == Update {
		begin()
		return u.Update(ctx, pkg)
	}
	if err := u.Install(ctx, pkg); err != nil {
		return err
	}
	begin()
	switch p {
	case Revert:
		return revert(ctx, u, pkg.Manifest.Version)
	case Lapse:
		return lapse(ctx, u, pkg.Manifest.Version)
	}
	return fmt.Errorf("there is no procedure %q", p)
}

// revert rolls a trial back and makes sure that it is gone.
func revert(ctx context.Context, u *bench.ECU, version string) error {
	if err := u.Rollback(ctx); err != nil {
		return err
	}
	runs, err := u.ReadDID(ctx, description.SoftwareVersion)
	if err == nil && runs == version {
		err = fmt.Errorf("%s still runs %s after the rollback", u.Name(), version)
	}
	return err
}

// glance is the time between two looks at a unit that is left alone.
const glance = 200 * time.Millisecond

// lapse waits until other software runs than was installed.
func lapse(ctx context.Context, u *bench.ECU, version string) error {
	timing := u.Description().Timing
	ctx, cancel := context.WithTimeout(ctx, timing.Confirm+2*timing.Boot)
	defer cancel()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s still runs %s, which nobody has confirmed, or does not answer: %w", u.Name(), version, ctx.Err())
		}
		runs, err := u.ReadDID(ctx, description.SoftwareVersion)
		if err == nil && runs != version {
			return nil
		}
	}
}
