package profile_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power/profile"
)

// curves are those of all profiles that a supply can make.
func curves(t *testing.T) map[string]*profile.Curve {
	t.Helper()
	all := map[string]*profile.Curve{}
	for _, name := range profile.Library() {
		p, err := profile.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := p.Compile(nil)
		if errors.Is(err, profile.ErrRefused) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		all[name] = c
	}
	return all
}

// The parts of a curve follow one another without a gap, and their lengths sum to its own.
func TestSegmentsAreContiguous(t *testing.T) {
	for name, c := range curves(t) {
		var sum time.Duration
		for i, s := range c.Segments {
			if s.Start != sum || s.Length <= 0 {
				t.Fatalf("%s, part %d: %v from %v after %v", name, i, s, s.Start, sum)
			}
			sum += s.Length
		}
		if sum != c.Duration() {
			t.Errorf("%s: parts of %v in a curve of %v", name, sum, c.Duration())
		}
	}
}

// Range holds every voltage between its times, and no more than a curve reaches.
func TestRangeHoldsAt(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, c := range curves(t) {
		for range 500 {
			from := time.Duration(r.Int64N(int64(c.Duration())))
			to := from + time.Duration(r.Int64N(int64(time.Second)))
			at := from + time.Duration(r.Int64N(int64(to-from)+1))
			lo, hi := c.Range(from, to)
			if v, driven := c.At(at); driven && (v < lo-1 || v > hi+1) {
				t.Fatalf("%s: %v at %v is outside %v to %v of %v to %v", name, v, at, lo, hi, from, to)
			}
			if lo > hi {
				t.Fatalf("%s: %v to %v", name, lo, hi)
			}
		}
	}
}

func TestRippleReachesItsPeaks(t *testing.T) {
	c, err := parse(t, drop).Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := c.Segments[5]
	if lo, hi := c.Range(s.Start, s.End()-1); lo != 8*physic.Volt || hi != 10*physic.Volt {
		t.Errorf("%v to %v", lo, hi)
	}
	quarter := 125 * time.Millisecond
	for i, want := range []physic.ElectricPotential{8, 9, 10, 9, 8} {
		v, _ := c.At(s.Start + time.Duration(i)*quarter)
		if d := v - want*physic.Volt; d > physic.MicroVolt || d < -physic.MicroVolt {
			t.Errorf("%v at quarter %d, want %d V", v, i, want)
		}
	}
}

func TestCycle(t *testing.T) {
	for name, want := range map[string]time.Duration{
		"iso16750-2-starting-4":        12170 * time.Millisecond,
		"lv124-e11-start-warm":         21002 * time.Millisecond,
		"iso16750-2-reset":             310 * time.Second,
		"lv124-e10-short-interruption": 0, // whole
	} {
		c := compile(t, name)
		if want == 0 {
			want = c.Duration()
		}
		if got := c.Cycle(); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
