package sim

import (
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/ecu/sim/flashmem"
)

// story is what a tester does to an ECU that may die at any moment; whatever it says in the end, the ECU must be sound.
type story struct {
	name string
	tell func(r *rig) error
	// ends lists the versions that may be confirmed afterwards.
	ends map[string]bool
	// told is the version that has to be, once the tester was told of a success; empty if any may.
	told string
}

func stories() []story {
	return []story{
		{"confirmed", func(r *rig) error {
			if err := r.install(release("2.0.0", 2, Normal)); err != nil {
				return err
			}
			time.Sleep(time.Second) // the boot
			return r.confirm()
		}, map[string]bool{"1.0.0": true, "2.0.0": true}, "2.0.0"},
		{"never confirmed", func(r *rig) error {
			if err := r.install(release("2.0.0", 2, Normal)); err != nil {
				return err
			}
			time.Sleep(12 * time.Second) // the trial and its revert
			return nil
		}, map[string]bool{"1.0.0": true}, ""},
		{"rolled back", func(r *rig) error {
			if err := r.install(release("2.0.0", 2, Normal)); err != nil {
				return err
			}
			time.Sleep(time.Second)
			if err := r.positive(0x10, 0x03); err != nil {
				return err
			}
			return r.positive(0x31, 0x01, 0x02, 0x12)
		}, map[string]bool{"1.0.0": true}, ""},
	}
}

// cutter cuts the power in the given part of the numbered operations.
type cutter struct {
	outlet *outlet
	at     map[int]bool
	part   float64
	over   atomic.Bool
}

func (c *cutter) onOp(n int, op flashmem.Op) {
	if c.over.Load() || !c.at[n] {
		return
	}
	if c.part == 0 {
		c.outlet.set(0)
		return
	}
	time.AfterFunc(time.Duration(float64(op.Duration)*c.part), func() { c.outlet.set(0) })
}

// operations counts those of a story that nobody disturbs.
func operations(t *testing.T, s story) (n int) {
	t.Helper()
	withRig(t, small(), func(t *testing.T, r *rig) {
		if err := s.tell(r); err != nil {
			t.Fatal(err, r.console)
		}
		time.Sleep(time.Second)
		n = r.ecu.Flash().Ops()
	})
	return n
}

// TestCutAtEveryFlashOperation is the proof that the ECU boots the old or the new software, and never neither.
func TestCutAtEveryFlashOperation(t *testing.T) {
	for _, s := range stories() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			total := operations(t, s)
			if total < 50 {
				t.Fatalf("the story has %d flash operations; that is no update", total)
			}
			points := 0
			for _, part := range []float64{0, 0.5, 0.999} {
				for n := 1; n <= total; n++ {
					cutAndProve(t, s, part, n)
					points++
				}
			}
			t.Logf("%d operations, %d cuts", total, points)
		})
	}
}

// TestCutTwice cuts again at the first operations of the boot that follows a cut.
func TestCutTwice(t *testing.T) {
	t.Parallel()
	s := stories()[1]
	total := operations(t, s)
	for n := 1; n < total; n += 3 {
		cutAndProve(t, s, 0.5, n, n+1)
	}
	for n := total - 12; n < total; n++ { // the revert
		cutAndProve(t, s, 0.5, n, n+1, n+3)
	}
}

func cutAndProve(t *testing.T, s story, part float64, at ...int) {
	t.Helper()
	if err := cutAndLook(t, small(), s, part, at...); err != nil {
		t.Fatalf("%s, cut at %v+%v: %v", s.name, at, part, err)
	}
}

// cutAndLook tells a story in which the power is cut, and returns what is wrong with the ECU afterwards.
func cutAndLook(t *testing.T, cfg Config, s story, part float64, at ...int) (wrong error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := newOutlet()
		c := &cutter{outlet: o, at: map[int]bool{}, part: part}
		for _, n := range at {
			c.at[n] = true
		}
		cfg.OnFlashOp = c.onOp
		cfg.Flash.Seed = uint64(at[0])
		r, stop := newRig(t, cfg, o)
		defer stop()
		r.awaitBoot()
		told := s.tell(r) // the cut is somewhere in here, or soon after
		time.Sleep(time.Second)
		for o.Voltage() == 0 {
			time.Sleep(100 * time.Millisecond)
			o.set(13500 * physic.MilliVolt)
			time.Sleep(500 * time.Millisecond) // a boot that may be cut again
		}
		c.over.Store(true)
		ends := s.ends
		if told == nil && s.told != "" {
			ends = map[string]bool{s.told: true}
		}
		wrong = r.sound(ends)
	})
	return wrong
}

// sound says what is wrong with an ECU, if not that it runs one whole version, ends with one that is confirmed, lost no
// NVM and can be updated.
func (r *rig) sound(ends map[string]bool) error {
	if err := r.boots(); err != nil {
		return err
	}
	if first := r.text(didVersion); first != "1.0.0" && first != "2.0.0" {
		return fmt.Errorf("version %q runs", first)
	}
	time.Sleep(12 * time.Second) // a trial ends here
	r.outlet.set(0)
	time.Sleep(100 * time.Millisecond)
	r.outlet.set(13500 * physic.MilliVolt)
	if err := r.boots(); err != nil {
		return err
	}
	version, state := r.text(didVersion), r.text(didBootState)
	if !ends[version] || state != "confirmed" && state != "reverted" {
		return fmt.Errorf("ends with version %q, %s\n%s", version, state, r.console)
	}
	if got := r.text(didVIN); got != r.ecu.Config().VIN {
		return fmt.Errorf("the VIN is %q", got)
	}
	counter := map[string]string{"1.0.0": "\x00\x00\x00\x01", "2.0.0": "\x00\x00\x00\x02"}[version]
	if got := r.text(didCounter); got != counter {
		return fmt.Errorf("version %s and security counter % X", version, got)
	}
	if s := r.ecu.software; s.checkImageOf(r.text(didActiveSlot)) != pass {
		return errors.New("the running image is not whole")
	}
	if err := r.install(release("3.0.0", 3, Normal)); err != nil {
		return fmt.Errorf("recovery: %w", err)
	}
	if err := errors.Join(r.boots(), r.confirm()); err != nil {
		return fmt.Errorf("recovery: %w", err)
	}
	if got := r.text(didVersion); got != "3.0.0" {
		return fmt.Errorf("recovery ends with version %q", got)
	}
	return nil
}

// text reads an identifier, or nothing where the ECU does not tell.
func (r *rig) text(id uint16) string {
	got, err := r.ask(0x22, byte(id>>8), byte(id))
	if err != nil || len(got) < 3 || got[0] != 0x62 {
		return ""
	}
	return string(got[3:])
}

func (w software) checkImageOf(name string) verdict {
	s := slotA
	if name == "B" {
		s = slotB
	}
	m, v := w.checkHeader(s, 0)
	if v != pass {
		return v
	}
	return w.checkImage(s, m)
}
