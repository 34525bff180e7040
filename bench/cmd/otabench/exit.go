package main

import (
	"context"
	"errors"
	"fmt"

	"otabench/bench/config"
	"otabench/bench/equipment"
	"otabench/bench/packages"
	candial "otabench/can/dial"
	"otabench/ecu/console"
	"otabench/ecu/odx"
	powerdial "otabench/power/dial"
	"otabench/power/scpi"
	"otabench/reports/catalogue"
)

// Exit statuses of the command. Scripts depend on them.
const (
	exitPassed      = 0
	exitFailed      = 1   // a verdict failed
	exitUsage       = 2   // the command line, a bench file, a package, a trace, an ODX file or a catalogue is wrong
	exitBench       = 3   // the bench is at fault; verdicts are void
	exitInterrupted = 130 // by the user
)

// exitSuiteUsage is what the suite's process ends with instead of 2, which is also how the Go runtime ends a process
// that panicked.
const exitSuiteUsage = 64

// status is an error that says which exit status it stands for.
type status struct {
	code int
	err  error
}

func (s *status) Error() string { return s.err.Error() }
func (s *status) Unwrap() error { return s.err }

func usage(format string, args ...any) error { return &status{exitUsage, fmt.Errorf(format, args...)} }

func fault(format string, args ...any) error { return &status{exitBench, fmt.Errorf(format, args...)} }

// exitOf finds the exit status that an error stands for. An error of which nothing else is known is the bench's.
func exitOf(ctx context.Context, err error) int {
	var s *status
	var file *config.Error
	var address *equipment.AddressError
	var pkg *packages.Error
	var document *odx.Error
	var choice *odx.ChoiceError
	var requirements *catalogue.Error
	switch {
	case err == nil:
		return exitPassed
	case ctx.Err() != nil:
		return exitInterrupted
	case errors.As(err, &s):
		return s.code
	case errors.As(err, &file), errors.As(err, &address), errors.As(err, &pkg),
		errors.As(err, &document), errors.As(err, &choice), errors.As(err, &requirements),
		errors.Is(err, candial.ErrAddress), errors.Is(err, powerdial.ErrAddress), errors.Is(err, console.ErrAddress),
		errors.Is(err, scpi.ErrModel):
		return exitUsage
	}
	return exitBench
}
