package flash

import (
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/description"
	"otabench/ecu/uds"
)

// ErrNoBoot is wrapped by the error of AwaitBoot when the ECU does not answer within the time that its description
// allows for a boot.
var ErrNoBoot = errors.New("the ECU did not boot in time")

// Intervals between the questions of AwaitBoot.
const (
	firstPoll   = 10 * time.Millisecond
	longestPoll = 200 * time.Millisecond
)

// Reset ends tester present and restarts the ECU. It returns when the ECU has agreed to reset.
func (p *Programmer) Reset(ctx context.Context) error {
	p.report(PhaseReset, "")
	p.Close()
	return p.fail(PhaseReset, p.client.ECUReset(ctx, p.desc.Programming.Reset))
}

// AwaitBoot asks for the software version until the ECU answers anything but "busy", at most for as long as the
// description allows for a boot. A refusal is an answer as well: an ECU that has only its bootloader may have no
// version. A bus has no event for the end of a boot, so this is the one place that polls.
func (p *Programmer) AwaitBoot(ctx context.Context) error {
	p.report(PhaseBoot, "")
	return p.fail(PhaseBoot, p.awaitBoot(ctx))
}

func (p *Programmer) awaitBoot(ctx context.Context) error {
	limit := p.desc.Timing.Boot
	booting, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	// An ECU may take P2 from its answer to the reset until it goes down, and still speaks for the old software then.
	pause := p.desc.Timing.P2
	var last error
	for interval := firstPoll; ; interval = min(2*interval, longestPoll) {
		select {
		case <-booting.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return silentFor(limit, last)
		case <-time.After(pause):
		}
		_, err := p.client.ReadDataByIdentifier(booting, p.desc.Identifiers[description.SoftwareVersion].ID)
		switch {
		case answered(err):
			return nil
		case errors.Is(err, isotp.ErrClosed):
			return err
		case booting.Err() == nil:
			last = err
		}
		pause = interval
	}
}

// silentFor says that a unit did not come back, and what the last request met if there was one.
func silentFor(limit time.Duration, last error) error {
	err := fmt.Errorf("%w: nothing for %v; check its supply and bus", ErrNoBoot, limit)
	if last != nil {
		err = fmt.Errorf("%w (last: %w)", err, last)
	}
	return err
}

func answered(err error) bool {
	var refused *uds.NegativeResponse
	return err == nil || errors.As(err, &refused) && !errors.Is(err, uds.BusyRepeatRequest)
}
