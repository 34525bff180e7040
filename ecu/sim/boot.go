package sim

import (
	"context"
	"errors"
	"time"
)

// choice is what the bootloader starts.
type choice struct {
	slot  slot
	runs  bool // false: no slot is fit to run, and the bootloader itself stays
	trial bool
}

// bootloader chooses the slot to run. It is the only code that changes the metadata at a boot.
type bootloader struct {
	software
	metadata metadataStore
	nvm      persistentStore
	tries    int
	log      func(format string, args ...any)
}

// choose returns what to start after a reset. It fails only when ctx ends.
func (b bootloader) choose(ctx context.Context, why resetReason) (choice, error) {
	if _, err := b.nvm.Open(ctx); err != nil {
		b.log("nvm: %v", err)
	}
	m, err := b.metadata.open(ctx)
	if err != nil {
		b.log("boot: %v, looking for software", err)
		m, err = b.rebuild(ctx)
	}
	if err != nil {
		return choice{}, err
	}
	if m.State == statePending {
		c, err := b.try(ctx, m, why)
		if c.runs || err != nil {
			return c, err
		}
		if b.cfg.has(NoRevert) {
			b.log("boot: the trial has failed, staying in the bootloader")
			return choice{}, context.Cause(ctx)
		}
		m = b.revert(ctx, m)
	}
	return b.confirmed(ctx, m)
}

// try starts the trial if it may be tried once more and passes its check.
func (b bootloader) try(ctx context.Context, m metadata, why resetReason) (choice, error) {
	if !trialAllowed(m, b.tries, why) {
		b.log("boot: trial of slot %s is over: %d of %d boots used, %s", m.Confirmed.other(), m.Tried, b.tries, string(why))
		return choice{}, context.Cause(ctx)
	}
	// The boot counts before it happens, so that no crash of the trial can hide it.
	if !b.cfg.has(TrialNeverCounted) {
		m = m.triedOnce()
	}
	if err := b.metadata.write(ctx, m); err != nil {
		b.log("boot: %v", err)
		return choice{}, context.Cause(ctx)
	}
	s := m.Confirmed.other()
	v, err := b.checkTrial(ctx, s, m.Counter)
	if err != nil {
		return choice{}, err
	}
	if v != pass {
		b.log("boot: slot %s: %s", s, v)
		return choice{}, nil
	}
	if b.cfg.has(ConfirmsItself) {
		return b.keep(ctx, m)
	}
	b.log("boot: slot %s, trial %d/%d", s, m.Tried, b.tries)
	return choice{slot: s, runs: true, trial: true}, nil
}

// slowBoot is longer than anybody waits for a boot.
const slowBoot = 10 * time.Second

// checkTrial verifies the slot to be tried. Some ECUs believe what was activated, and some take their time.
func (b bootloader) checkTrial(ctx context.Context, s slot, least uint32) (verdict, error) {
	switch {
	case b.cfg.has(VerdictIgnored) || b.cfg.has(VerdictRemembered):
		return pass, nil
	case b.cfg.has(SlowTrialBoot):
		if err := wait(ctx, slowBoot); err != nil {
			return incomplete, err
		}
	}
	return b.check(ctx, s, least)
}

// keep starts the trial as if it were confirmed.
func (b bootloader) keep(ctx context.Context, m metadata) (choice, error) {
	p, err := b.header(m.Confirmed.other())
	if err != nil {
		return choice{}, context.Cause(ctx)
	}
	m = m.confirmed(p.Manifest.Counter)
	if err := b.metadata.write(ctx, m); err != nil {
		b.log("boot: %v", err)
	}
	return choice{slot: m.Confirmed, runs: true}, context.Cause(ctx)
}

func trialAllowed(m metadata, tries int, why resetReason) bool {
	return m.Tried < tries && why != unconfirmed
}

// revert gives the trial up. Where it cannot be written down now, the next boot does it.
func (b bootloader) revert(ctx context.Context, m metadata) metadata {
	b.log("boot: revert to slot %s", m.Confirmed)
	m = m.reverted()
	if b.cfg.has(RevertLoops) {
		m.State = statePending
	}
	if err := errors.Join(b.metadata.write(ctx, m), b.nvm.store(ctx, dtcUpdate), b.format(ctx, RevertFormatsNVM)); err != nil {
		b.log("boot: %v", err)
	}
	return m
}

// format is what some ECUs do to their NVM.
func (b bootloader) format(ctx context.Context, f Fault) error {
	if !b.cfg.has(f) {
		return nil
	}
	return b.nvm.write(ctx, blank())
}

// confirmed starts the confirmed slot, or the other one if that is damaged.
func (b bootloader) confirmed(ctx context.Context, m metadata) (choice, error) {
	for _, s := range []slot{m.Confirmed, m.Confirmed.other()} {
		v, err := b.check(ctx, s, m.Counter)
		if err != nil {
			return choice{}, err
		}
		if v != pass {
			b.log("boot: slot %s: %s", s, v)
			continue
		}
		if s != m.Confirmed {
			m.Confirmed = s
			if err := b.metadata.write(ctx, m.reverted()); err != nil {
				b.log("boot: %v", err)
			}
		}
		b.log("boot: slot %s, %s", s, m.State)
		return choice{slot: s, runs: true}, context.Cause(ctx)
	}
	b.log("boot: no slot is fit to run, staying in the bootloader")
	return choice{}, context.Cause(ctx)
}

// rebuild makes new metadata from what the slots hold. The security counter is the highest that authentic software has,
// so that losing the metadata opens no way back.
func (b bootloader) rebuild(ctx context.Context) (metadata, error) {
	m := metadata{State: stateReverted}
	for _, s := range []slot{slotB, slotA} {
		v, err := b.check(ctx, s, m.Counter)
		if err != nil {
			return m, err
		}
		if p, err := b.header(s); v == pass && err == nil {
			m.Confirmed, m.Counter = s, p.Manifest.Counter
		}
	}
	if err := b.metadata.write(ctx, m); err != nil {
		b.log("boot: %v", err)
	}
	return m, context.Cause(ctx)
}
