package sweep

import (
	"context"
	"fmt"

	"otabench/bench"
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
	before, err := u.Identify(ctx)
	if err != nil {
		return err
	}
	begin()
	switch p {
	case Revert:
		return u.Rollback(ctx)
	case Lapse:
		t := u.Description().Timing
		return u.AwaitIdentity(ctx, t.Confirm+2*t.Boot, func(id identity) bool { return !id.Same(before) })
	}
	return fmt.Errorf("there is no procedure %q", p)
}
