package sim

import (
	"context"
	"errors"
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
	m = m.triedOnce()
	if err := b.metadata.write(ctx, m); err != nil {
		b.log("boot: %v", err)
		return choice{}, context.Cause(ctx)
	}
	s := m.Confirmed.other()
	v, err := b.check(ctx, s, m.Counter)
	if err != nil {
		return choice{}, err
	}
	if v != pass {
		b.log("boot: slot %s: %s", s, v)
		return choice{}, nil
	}
	b.log("boot: slot %s, trial %d/%d", s, m.Tried, b.tries)
	return choice{slot: s, runs: true, trial: true}, nil
}

func trialAllowed(m metadata, tries int, why resetReason) bool {
	return m.Tried < tries && why != unconfirmed
}

// revert gives the trial up. Where it cannot be written down now, the next boot does it.
func (b bootloader) revert(ctx context.Context, m metadata) metadata {
	b.log("boot: revert to slot %s", m.Confirmed)
	m = m.reverted()
	if err := errors.Join(b.metadata.write(ctx, m), b.nvm.store(ctx, dtcUpdate)); err != nil {
		b.log("boot: %v", err)
	}
	return m
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
