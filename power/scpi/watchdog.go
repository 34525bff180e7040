package scpi

import (
	"context"
	"fmt"
	"math"
	"time"

	"otabench/power"
)

// watchedSupply is an instrument with an output watchdog, as Keysight's modular systems have it: without a command on any
// interface for the time set, it disables all outputs (N6700C Operating and Service Guide, Watchdog Timer Protection).
type watchedSupply struct{ *supply }

var _ power.Watchdog = (*watchedSupply)(nil)

const (
	shortestWatchdog = time.Second
	longestWatchdog  = time.Hour
)

// WatchdogRange implements power.Watchdog.
func (*watchedSupply) WatchdogRange() (low, high time.Duration) {
	return shortestWatchdog, longestWatchdog
}

// WatchdogRange says what the watchdog of a model can be set to, in steps of low, without asking one; false for a model
// without a watchdog and for one of which that is not known.
func WatchdogRange(name string) (low, high time.Duration, ok bool) {
	if m, known := models()[name]; !known || !m.watchdog {
		return 0, 0, false
	}
	return shortestWatchdog, longestWatchdog, true
}

// ArmWatchdog implements power.Watchdog.
func (s *watchedSupply) ArmWatchdog(ctx context.Context, silence time.Duration) error {
	low, high := s.WatchdogRange()
	if silence < low || silence > high || silence%low != 0 {
		return fmt.Errorf("watchdog of %v, %v: %w: it takes whole seconds from %v to %v", s, silence, power.ErrLimit, low, high)
	}
	seconds := int(silence / time.Second)
	if err := s.session.change(ctx, fmt.Sprintf("OUTP:PROT:WDOG:DEL %d", seconds), "OUTP:PROT:WDOG ON"); err != nil {
		return fmt.Errorf("arm the watchdog of %v: %w", s, err)
	}
	armed, got, err := s.WatchdogArmed(ctx)
	if err != nil {
		return fmt.Errorf("read back the watchdog of %v: %w", s, err)
	}
	if !armed || got != silence {
		return fmt.Errorf("watchdog of %v: %w: told %v, it is armed: %v, with %v", s, power.ErrReadBack, silence, armed, got)
	}
	return nil
}

// WatchdogArmed implements power.Watchdog.
func (s *watchedSupply) WatchdogArmed(ctx context.Context) (armed bool, silence time.Duration, err error) {
	if armed, err = query(ctx, s.session, "OUTP:PROT:WDOG?", parseFlag); err != nil {
		return false, 0, err
	}
	delay, err := query(ctx, s.session, "OUTP:PROT:WDOG:DEL?", parseNumber)
	return armed, time.Duration(math.Round(float64(delay)/1e9)) * time.Second, err
}

// DisarmWatchdog implements power.Watchdog.
func (s *watchedSupply) DisarmWatchdog(ctx context.Context) error {
	if err := s.session.change(ctx, "OUTP:PROT:WDOG OFF"); err != nil {
		return fmt.Errorf("disarm the watchdog of %v: %w", s, err)
	}
	return nil
}
