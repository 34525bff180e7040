package nvm

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/sim/flashmem"
)

// memory is small, so that a record takes several pages. cut ends the context in the given part of an operation.
func memory(t *testing.T, at int, part float64, cut func()) *flashmem.Memory {
	t.Helper()
	m, err := flashmem.New(flashmem.Config{
		Banks: []flashmem.Bank{{Sectors: 2, SectorSize: 256, EraseTime: 10 * time.Millisecond}},
		Page:  16, ProgramTime: time.Millisecond, Seed: uint64(at),
		OnOp: func(n int, op flashmem.Op) {
			if n == at {
				time.AfterFunc(time.Duration(part*float64(op.Duration)), cut)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func content(n byte) []byte { return bytes.Repeat([]byte{n}, 50) }

func open(t *testing.T, m *flashmem.Memory) (*Store, []byte) {
	t.Helper()
	s := New(m, 0, 256, 256)
	got, err := s.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s, got
}

func TestStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory(t, 0, 0, nil)
		s := New(m, 0, 256, 256)
		if _, err := s.Open(t.Context()); !errors.Is(err, ErrEmpty) {
			t.Fatalf("an empty store: %v", err)
		}
		if _, err := s.Read(); !errors.Is(err, ErrEmpty) {
			t.Fatalf("an empty store: %v", err)
		}
		for n := range byte(5) {
			if err := s.Write(t.Context(), content(n)); err != nil {
				t.Fatal(err)
			}
			if got, err := s.Read(); err != nil || !bytes.Equal(got, content(n)) {
				t.Fatalf("read % X, %v", got, err)
			}
		}
		if err := s.Write(t.Context(), make([]byte, 241)); err == nil {
			t.Error("a record that is too long was written")
		}
		for copy := range 2 { // either copy alone is enough
			spoilt := memory(t, 0, 0, nil)
			contents, _ := m.Read(0, 512)
			_ = spoilt.Preload(0, contents)
			_ = spoilt.Preload(copy*256+20, []byte{0x55})
			ops := spoilt.Ops()
			s, got := open(t, spoilt)
			if !bytes.Equal(got, content(4)) || spoilt.Ops() == ops {
				t.Errorf("without copy %d: % X", copy, got)
			}
			if a, b := s.read(0), s.read(1); !a.whole || !b.whole || a.sequence != b.sequence {
				t.Errorf("copy %d was not repaired", copy)
			}
		}
	})
}

func TestImage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory(t, 0, 0, nil)
		_ = m.Preload(0, Image(content(1)))
		_ = m.Preload(256, Image(content(1)))
		if _, got := open(t, m); !bytes.Equal(got, content(1)) || m.Ops() != 0 {
			t.Errorf("manufactured: % X after %d operations", got, m.Ops())
		}
	})
}

// TestCutAtEveryOperation cuts a write, and then the repair, in every operation.
func TestCutAtEveryOperation(t *testing.T) {
	const setup, write = 12, 12 // two copies of one erase and five pages each
	for _, part := range []float64{0, 0.3, 0.99} {
		for at := setup + 1; at <= setup+write+6; at++ {
			synctest.Test(t, func(t *testing.T) {
				ctx, cut := context.WithCancel(t.Context())
				defer cut()
				m := memory(t, at, part, cut)
				s := New(m, 0, 256, 256)
				_, _ = s.Open(ctx)
				if err := s.Write(ctx, content(1)); err != nil || m.Ops() != setup {
					t.Fatalf("%d operations, %v", m.Ops(), err)
				}
				before := s.Write(ctx, content(2))
				_, got := open(t, m)
				if !bytes.Equal(got, content(2)) && (before == nil || !bytes.Equal(got, content(1))) {
					t.Fatalf("cut at %d+%v: % X, write said %v", at, part, got, before)
				}
				again, next := open(t, m)
				if !bytes.Equal(got, next) {
					t.Fatalf("cut at %d+%v: % X, and then % X", at, part, got, next)
				}
				if err := again.Write(t.Context(), content(3)); err != nil {
					t.Fatal(err)
				}
				if _, got := open(t, m); !bytes.Equal(got, content(3)) {
					t.Fatalf("cut at %d+%v: the next record is lost", at, part)
				}
			})
		}
	}
}

// TestFlaws cuts a write in every operation, as TestCutAtEveryOperation does, and wants the record to be lost somewhere.
func TestFlaws(t *testing.T) {
	for name, flaws := range map[string]Flaws{
		"OneCopy": {OneCopy: true}, "ErasesBoth": {ErasesBoth: true}, "NeedsBoth": {NeedsBoth: true}, "NoChecksum": {NoChecksum: true},
	} {
		t.Run(name, func(t *testing.T) {
			lost := 0
			for at := 7; at <= 26; at++ { // behind the first copy
				for _, part := range []float64{0, 0.3, 0.99} {
					if isLost(t, flaws, at, part) {
						lost++
					}
				}
			}
			if whole := isLost(t, flaws, 1<<20, 0); lost == 0 || whole {
				t.Errorf("lost at %d cuts, and without any: %v", lost, whole)
			}
		})
	}
}

// isLost says whether the record is neither the old nor the new one after a cut in a write.
func isLost(t *testing.T, flaws Flaws, at int, part float64) (lost bool) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cut := context.WithCancel(t.Context())
		defer cut()
		m := memory(t, at, part, cut)
		s := New(m, 0, 256, 256)
		s.Flaws = flaws
		_ = s.Write(ctx, content(1))
		_ = s.Write(ctx, content(2))
		again := New(m, 0, 256, 256)
		again.Flaws = flaws
		got, err := again.Open(t.Context())
		lost = err != nil || !bytes.Equal(got, content(1)) && !bytes.Equal(got, content(2))
	})
	return lost
}

func FuzzDecode(f *testing.F) {
	f.Add(encode(1, content(1)))
	f.Add([]byte{0x4E, 0x56, 0x4D, 0x31, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if r := decode(raw); r.whole && !bytes.HasPrefix(raw, encode(r.sequence, r.data)) {
			t.Errorf("% X is taken for a record of % X", raw, r.data)
		}
	})
}
