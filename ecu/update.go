package ecu

import (
	"context"
	"fmt"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
)

// WrongVersion says that other software runs than was installed, for instance because the ECU reverted.
type WrongVersion struct {
	ECU, Want, Got string
}

func (w *WrongVersion) Error() string {
	return fmt.Sprintf("%s: version %q runs after the update, want %q; the ECU may have reverted", w.ECU, w.Got, w.Want)
}

// Update installs a package and makes it permanent once the ECU has booted it and answers with its version.
func (u *Unit) Update(ctx context.Context, pkg *firmware.Package) error {
	if err := u.Install(ctx, pkg); err != nil {
		return err
	}
	return u.Confirm(ctx)
}

// Install programs a package, restarts the ECU into it and checks that its version runs. The software is on trial then:
// without [Unit.Confirm] the ECU goes back to the previous one.
func (u *Unit) Install(ctx context.Context, pkg *firmware.Package) error {
	return u.install(ctx, u.programmer, pkg)
}

// Resume is [Unit.Install] that goes on where an update with the same package was interrupted, for the blocks whose
// description says how the ECU tells. An ECU that has kept something else gets all of it.
func (u *Unit) Resume(ctx context.Context, pkg *firmware.Package) error {
	return u.install(ctx, u.NewProgrammer(flash.Options{Resume: true}), pkg)
}

func (u *Unit) install(ctx context.Context, p *flash.Programmer, pkg *firmware.Package) error {
	defer p.Close()
	if err := p.Program(ctx, pkg); err != nil {
		return explain(err)
	}
	for _, step := range []func(context.Context) error{p.Reset, p.AwaitBoot, p.Finish} {
		if err := step(ctx); err != nil {
			return explain(err)
		}
	}
	return u.CheckVersion(ctx, pkg.Manifest.Version)
}

// CheckVersion reads the version that runs. Another one than wanted is a *WrongVersion.
func (u *Unit) CheckVersion(ctx context.Context, want string) error {
	got, err := u.ReadDID(ctx, description.SoftwareVersion)
	if err != nil {
		return err
	}
	if got != want {
		return &WrongVersion{ECU: u.name, Want: want, Got: got}
	}
	return nil
}

// Confirm makes software on trial permanent.
func (u *Unit) Confirm(ctx context.Context) error {
	return explain(u.programmer.Confirm(ctx))
}

// Rollback abandons a trial and restarts the ECU into the software before it.
func (u *Unit) Rollback(ctx context.Context) error {
	p := u.programmer
	for _, step := range []func(context.Context) error{p.Rollback, p.Reset, p.AwaitBoot} {
		if err := step(ctx); err != nil {
			return explain(err)
		}
	}
	return nil
}

// AwaitBoot waits until the ECU answers after power-on or a reset.
func (u *Unit) AwaitBoot(ctx context.Context) error {
	return explain(u.programmer.AwaitBoot(ctx))
}
