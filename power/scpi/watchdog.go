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

// WatchdogRange implements power.Watchdog.
func (*watchedSupply) WatchdogRange() (low, high time.Duration) { return time.Second, time.Hour }

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
	armed, err := query(ctx, s.session, "OUTP:PROT:WDOG?", parseFlag)
	if err != nil {
		return fmt.Errorf("read back the watchdog of %v: %w", s, err)
	}
	delay, err := query(ctx, s.session, "OUTP:PROT:WDOG:DEL?", parseNumber)
	if err != nil {
		return fmt.Errorf("read back the watchdog of %v: %w", s, err)
	}
	if got := int(math.Round(float64(delay) / 1e9)); !armed || got != seconds {
		return fmt.Errorf("watchdog of %v: %w: told %d s, it is armed: %v, with %d s", s, power.ErrReadBack, seconds, armed, got)
	}
	return nil
}

// DisarmWatchdog implements power.Watchdog.
func (s *watchedSupply) DisarmWatchdog(ctx context.Context) error {
	if err := s.session.change(ctx, "OUTP:PROT:WDOG OFF"); err != nil {
		return fmt.Errorf("disarm the watchdog of %v: %w", s, err)
	}
	return nil
}
