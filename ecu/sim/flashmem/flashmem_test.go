package flashmem

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func geometry() Config {
	return Config{
		Banks: []Bank{{Sectors: 2, SectorSize: 256, EraseTime: 10 * time.Millisecond}, {Sectors: 2, SectorSize: 1024, EraseTime: 40 * time.Millisecond}},
		Page:  64, ProgramTime: time.Millisecond, Seed: 1,
	}
}

// inBubble runs f with a memory in virtual time.
func inBubble(t *testing.T, cfg Config, f func(t *testing.T, m *Memory)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		f(t, m)
	})
}

func read(t *testing.T, m *Memory, addr, size int) []byte {
	t.Helper()
	b, err := m.Read(addr, size)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGeometry(t *testing.T) {
	for _, bad := range []Config{
		{},
		{Page: 64},
		{Page: 64, Banks: []Bank{{Sectors: 0, SectorSize: 64}}},
		{Page: 64, Banks: []Bank{{Sectors: 1, SectorSize: 65}}},
		{Page: 64, Banks: []Bank{{Sectors: 1, SectorSize: 32}}},
		{Page: 64, Banks: []Bank{{Sectors: 1 << 40, SectorSize: 64}}},
		{Page: 64, Banks: []Bank{{Sectors: 1, SectorSize: maxSize}, {Sectors: 1, SectorSize: 64}}},
	} {
		if _, err := New(bad); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
	m, err := New(geometry())
	if err != nil || m.Size() != 2560 || m.Page() != 64 || !m.Erased(0, 2560) {
		t.Errorf("a new memory of %d bytes, %v", m.Size(), err)
	}
}

func TestProgramOnlyClearsBits(t *testing.T) {
	inBubble(t, geometry(), func(t *testing.T, m *Memory) {
		ctx, begin := t.Context(), time.Now()
		if err := m.Program(ctx, 64, bytes.Repeat([]byte{0xF0}, 100)); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d != 2*time.Millisecond {
			t.Errorf("two pages took %v", d)
		}
		if err := m.Program(ctx, 64, []byte{0x30}); err != nil {
			t.Error("bits can be cleared in steps:", err)
		}
		if err := m.Program(ctx, 64, []byte{0x31}); !errors.Is(err, ErrNotErased) {
			t.Errorf("a bit was set: %v", err)
		}
		if got := read(t, m, 64, 101); got[0] != 0x30 || got[1] != 0xF0 || got[100] != 0xFF {
			t.Errorf("the memory holds % X", got)
		}
	})
}

func TestEraseTakesWholeSectors(t *testing.T) {
	inBubble(t, geometry(), func(t *testing.T, m *Memory) {
		if err := m.Preload(0, make([]byte, 2560)); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if err := m.Erase(t.Context(), 256, 257); err != nil { // the second small one and the first large one
			t.Fatal(err)
		}
		if d := time.Since(begin); d != 50*time.Millisecond || m.Ops() != 2 {
			t.Errorf("it took %v and %d operations", d, m.Ops())
		}
		if m.Erased(255, 1) || !m.Erased(256, 1280) || m.Erased(1536, 1) {
			t.Error("other sectors were erased than asked for")
		}
	})
}

func TestBounds(t *testing.T) {
	inBubble(t, geometry(), func(t *testing.T, m *Memory) {
		ctx := t.Context()
		_, beyond := m.Read(2560, 1)
		_, negative := m.Read(-1, 1)
		for name, err := range map[string]error{
			"read beyond": beyond, "read before": negative,
			"program beyond":    m.Program(ctx, 2496, make([]byte, 65)),
			"program in a page": m.Program(ctx, 1, []byte{0}),
			"erase in a sector": m.Erase(ctx, 64, 64),
			"erase nothing":     m.Erase(ctx, 0, 0),
			"erase beyond":      m.Erase(ctx, 2560, 1),
			"preload beyond":    m.Preload(2560, []byte{0}),
		} {
			if !errors.Is(err, ErrBounds) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if m.Erased(2560, 1) || m.Ops() != 0 {
			t.Error("there is something behind the end")
		}
	})
}

// TestTornErase cuts an erase at each tenth of its time.
func TestTornErase(t *testing.T) {
	for tenth := range 10 {
		inBubble(t, geometry(), func(t *testing.T, m *Memory) {
			_ = m.Preload(512, make([]byte, 1024))
			ctx, cut := context.WithCancelCause(t.Context())
			lost := errors.New("the plug")
			time.AfterFunc(time.Duration(tenth)*4*time.Millisecond+1, func() { cut(lost) })
			if err := m.Erase(ctx, 512, 2048); !errors.Is(err, ErrInterrupted) || !errors.Is(err, lost) {
				t.Errorf("got %v", err)
			}
			got := read(t, m, 512, 1024)
			edge := tenth * 1024 / 10
			if len(bytes.Trim(got[:edge], "\xff")) != 0 {
				t.Errorf("at %d0 %% the first %d bytes are not erased", tenth, edge)
			}
			if end := edge + indeterminate + 1; end < 1024 && len(bytes.Trim(got[end:], "\x00")) != 0 {
				t.Errorf("at %d0 %% more than that is erased", tenth)
			}
			if m.Ops() != 1 {
				t.Error("the second sector was begun without power")
			}
		})
	}
}

// TestTornProgram cuts a page in the middle: a prefix, one torn byte, and nothing after it.
func TestTornProgram(t *testing.T) {
	tear := func(seed uint64) (held []byte) {
		cfg := geometry()
		cfg.Seed = seed
		inBubble(t, cfg, func(t *testing.T, m *Memory) {
			ctx, cut := context.WithCancel(t.Context())
			time.AfterFunc(1500*time.Microsecond, cut)
			if err := m.Program(ctx, 0, make([]byte, 128)); !errors.Is(err, ErrInterrupted) {
				t.Errorf("got %v", err)
			}
			if err := m.Program(ctx, 128, []byte{0}); !errors.Is(err, ErrInterrupted) {
				t.Errorf("without power: %v", err)
			}
			held = read(t, m, 0, 192)
		})
		return held
	}
	got := tear(1)
	if !bytes.Equal(got[:96], make([]byte, 96)) || !bytes.Equal(got[97:], bytes.Repeat([]byte{0xFF}, 95)) {
		t.Errorf("the memory holds % X", got)
	}
	if !bytes.Equal(got, tear(1)) {
		t.Error("the same seed tears in another way")
	}
	if slices.ContainsFunc([]uint64{2, 3, 4, 5}, func(seed uint64) bool { return !bytes.Equal(got, tear(seed)) }) == false {
		t.Error("all seeds tear in the same way")
	}
}

// TestUnderVoltage writes at too low a voltage, all the time and for a moment.
func TestUnderVoltage(t *testing.T) {
	cfg := geometry()
	weak := true
	cfg.Weak = func() bool { return weak }
	inBubble(t, cfg, func(t *testing.T, m *Memory) {
		if err := m.Program(t.Context(), 0, make([]byte, 64)); !errors.Is(err, ErrUnderVolt) {
			t.Errorf("program: %v", err)
		}
		wrong := len(bytes.ReplaceAll(read(t, m, 0, 64), []byte{0}, nil))
		if wrong == 0 || wrong > 32 {
			t.Errorf("%d of 64 bytes are weak", wrong)
		}
		weak = false
		_ = m.Preload(0, make([]byte, 256))
		time.AfterFunc(5*time.Millisecond, m.Disturb)
		if err := m.Erase(t.Context(), 0, 256); !errors.Is(err, ErrUnderVolt) || m.Erased(0, 256) {
			t.Errorf("erase: %v", err)
		}
		if err := m.Erase(t.Context(), 0, 256); err != nil || !m.Erased(0, 256) {
			t.Errorf("the supply is back: %v", err)
		}
	})
}

func TestHooks(t *testing.T) {
	cfg := geometry()
	var seen []string
	var active []bool
	cfg.OnOp = func(n int, op Op) {
		if n != len(seen)+1 {
			t.Errorf("operation %d came after %d", n, len(seen))
		}
		seen = append(seen, op.String())
	}
	cfg.Active = func(on bool) { active = append(active, on) }
	inBubble(t, cfg, func(t *testing.T, m *Memory) {
		_ = m.Erase(t.Context(), 512, 1)
		_ = m.Program(t.Context(), 512, make([]byte, 70))
	})
	if want := []string{"erase 0x200+0x400", "program 0x200+0x40", "program 0x240+0x6"}; !slices.Equal(seen, want) {
		t.Errorf("got %q, want %q", seen, want)
	}
	if want := []bool{true, false, true, false, true, false}; !slices.Equal(active, want) {
		t.Errorf("active: %v", active)
	}
	if got := Kind(9).String(); got != "Kind(9)" {
		t.Errorf("an unknown kind reads %s", got)
	}
}

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "flash")
	m, err := New(geometry())
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Load(path); err == nil {
		t.Error("a file that is not there was loaded")
	}
	_ = m.Preload(100, []byte("kept"))
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	again, _ := New(geometry())
	if err := again.Load(path); err != nil || string(read(t, again, 100, 4)) != "kept" {
		t.Errorf("loaded: %v", err)
	}
	other, _ := New(Config{Banks: []Bank{{Sectors: 1, SectorSize: 64}}, Page: 64})
	if err := other.Load(path); err == nil {
		t.Error("the file of another geometry was loaded")
	}
	if err := m.Save(filepath.Join(path, "below", "a file")); err == nil {
		t.Error("it was saved where nothing can be")
	}
}

// Operations take what Vary makes of their times; OnOp is still told what the configuration says.
func TestVary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told time.Duration
		m, err := New(Config{
			Banks: []Bank{{Sectors: 1, SectorSize: 256, EraseTime: 20 * time.Millisecond}}, Page: 256,
			Vary: func(d time.Duration) time.Duration { return d + 3*time.Millisecond },
			OnOp: func(_ int, op Op) { told = op.Duration },
		})
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if err := m.Erase(t.Context(), 0, 256); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took != 23*time.Millisecond || told != 20*time.Millisecond {
			t.Errorf("took %v, and %v was told", took, told)
		}
	})
}
