package flash_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can/isotp"
	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
	"otabench/ecu/security"
	"otabench/ecu/uds"
)

// bench is a Programmer in front of a fake ECU, inside a bubble.
type bench struct {
	ecu        *fakeECU
	programmer *flash.Programmer
	progress   []flash.Progress
}

func newBench(t *testing.T, d description.ECU, opt flash.Options) *bench {
	t.Helper()
	b := &bench{ecu: newFakeECU(d)}
	client := uds.New(b.ecu, uds.Options{})
	t.Cleanup(func() { _ = client.Close() })
	access, err := security.Open("bcm", d)
	if err != nil {
		t.Fatal(err)
	}
	opt.Name = "bcm"
	opt.Progress = func(p flash.Progress) { b.progress = append(b.progress, p) }
	b.programmer = flash.New(client, d, access, opt)
	t.Cleanup(b.programmer.Close)
	return b
}

// withoutFunctional are the requests of a plan that a Programmer without a functional sender makes.
func withoutFunctional(t *testing.T, d description.ECU, p *firmware.Package) []flash.Request {
	t.Helper()
	requests, err := flash.Plan(t.Context(), d, p, security.Checksum(d))
	if err != nil {
		t.Fatal(err)
	}
	var physical []flash.Request
	for _, r := range requests {
		if !r.Functional {
			physical = append(physical, r)
		}
	}
	return physical
}

func TestUpdateFollowsThePlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, d, pkg := t.Context(), testDescription(), testPackage(asIs)
		b := newBench(t, d, flash.Options{})
		for _, step := range []func(context.Context) error{
			func(ctx context.Context) error { return b.programmer.Program(ctx, pkg) },
			b.programmer.Reset, b.programmer.AwaitBoot, b.programmer.Finish,
		} {
			if err := step(ctx); err != nil {
				t.Fatal(err)
			}
		}
		seen := b.ecu.seen()
		for i, want := range withoutFunctional(t, d, pkg) {
			if want.Phase == flash.PhaseConfirm {
				break // no part of the sequence
			}
			head := fmt.Sprintf("% X", want.Data)
			if i >= len(seen) || !strings.HasPrefix(seen[i], head) {
				t.Fatalf("request %d: want %v, seen:\n%s", i, want, strings.Join(seen, "\n"))
			}
		}
		if got := b.ecu.memory[0x8000]; !bytes.Equal(got, pkg.Header()) {
			t.Errorf("manifest in memory: %d bytes, want %d", len(got), len(pkg.Header()))
		}
		if got := b.ecu.memory[0x10000]; !bytes.Equal(got, pkg.Image) {
			t.Errorf("image in memory: %d bytes, want %d", len(got), len(pkg.Image))
		}
	})
}

func TestConfirmAndRollback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, testDescription(), flash.Options{})
		if err := b.programmer.Confirm(t.Context()); err != nil {
			t.Error(err)
		}
		if err := b.programmer.Rollback(t.Context()); err != nil {
			t.Error(err)
		}
		want := []string{"10 03", "31 01 02 11", "10 01", "10 03", "31 01 02 12"}
		if diff := cmp.Diff(want, b.ecu.seen()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestProgressIsMonotonicAndComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, pkg := newBench(t, testDescription(), flash.Options{}), testPackage(asIs)
		b.ecu.intercept = func(r []byte) ([]byte, bool) {
			if r[0] == 0x36 {
				time.Sleep(10 * time.Millisecond)
			}
			return nil, false
		}
		if err := b.programmer.Program(t.Context(), pkg); err != nil {
			t.Fatal(err)
		}
		total := int64(len(pkg.Header()) + len(pkg.Image))
		var last flash.Progress
		for _, p := range b.progress {
			if p.Done < last.Done || p.Phase < last.Phase && p.Phase != flash.PhaseErase || p.Total != total || p.ECU != "bcm" {
				t.Errorf("progress %+v after %+v", p, last)
			}
			last = p
		}
		if last.Done != total || last.Phase != flash.PhaseActivate || last.Remaining != 0 {
			t.Errorf("last progress %+v, want %d bytes at activation", last, total)
		}
		if got, want := last.Rate, float64(total)/0.07; got < want*0.99 || got > want*1.01 {
			t.Errorf("rate %.0f B/s, want %.0f B/s: 7 blocks of 10 ms", got, want)
		}
	})
}

func TestFailuresNameTheirPhase(t *testing.T) {
	answer := func(head, response []byte) func([]byte) ([]byte, bool) {
		return func(r []byte) ([]byte, bool) { return response, bytes.HasPrefix(r, head) }
	}
	tests := []struct {
		name      string
		intercept func([]byte) ([]byte, bool)
		phase     flash.Phase
		block     string
		offset    int64
		want      string
	}{
		{"session refused", answer([]byte{0x10, 0x03}, []byte{0x7F, 0x10, 0x22}), flash.PhasePreconditions, "", 0, "0x22"},
		{"preconditions", answer([]byte{0x31, 1, 2, 3}, []byte{0x71, 1, 2, 3, 1, 3}), flash.PhasePreconditions, "", 0, "voltage too low"},
		{"preconditions refused", answer([]byte{0x31, 1, 2, 3}, []byte{0x7F, 0x31, 0x22}), flash.PhasePreconditions, "", 0, "0x22"},
		{"DTC setting", answer([]byte{0x85}, []byte{0x7F, 0x85, 0x22}), flash.PhaseQuiet, "", 0, "0x22"},
		{"communication", answer([]byte{0x28, 0x03}, []byte{0x7F, 0x28, 0x22}), flash.PhaseQuiet, "", 0, "0x22"},
		{"programming session", answer([]byte{0x10, 0x02}, []byte{0x7F, 0x10, 0x22}), flash.PhaseSession, "", 0, "0x22"},
		{"seed", answer([]byte{0x27, 0x01}, []byte{0x7F, 0x27, 0x37}), flash.PhaseUnlock, "", 0, "0x37"},
		{"empty seed", answer([]byte{0x27, 0x01}, []byte{0x67, 0x01}), flash.PhaseUnlock, "", 0, "malformed"},
		{"key", answer([]byte{0x27, 0x02}, []byte{0x7F, 0x27, 0x35}), flash.PhaseUnlock, "", 0, "0x35"},
		{"fingerprint", answer([]byte{0x2E}, []byte{0x7F, 0x2E, 0x31}), flash.PhaseFingerprint, "", 0, "0x31"},
		{"erase", answer([]byte{0x31, 1, 0xFF, 0}, []byte{0x7F, 0x31, 0x93}), flash.PhaseErase, "manifest", 0, "0x93"},
		{"erase answers a status", answer([]byte{0x31, 1, 0xFF, 0}, []byte{0x71, 1, 0xFF, 0, 6}), flash.PhaseErase, "manifest", 0, "answers [06]"},
		{"download", answer([]byte{0x34}, []byte{0x7F, 0x34, 0x70}), flash.PhaseTransfer, "manifest", 0, "0x70"},
		{"no block length", answer([]byte{0x34}, []byte{0x74, 0x10}), flash.PhaseTransfer, "manifest", 0, ""},
		{"block length of 2", answer([]byte{0x34}, []byte{0x74, 0x10, 0x02}), flash.PhaseTransfer, "manifest", 0, "no room"},
		{"second block", answer([]byte{0x36, 0x02}, []byte{0x7F, 0x36, 0x72}), flash.PhaseTransfer, "manifest", 128, "0x72"},
		{"wrong counter answered", answer([]byte{0x36, 0x02}, []byte{0x76, 0x03}), flash.PhaseTransfer, "manifest", 128, ""},
		{"exit", answer([]byte{0x37}, []byte{0x7F, 0x37, 0x24}), flash.PhaseTransfer, "manifest", 260, "0x24"},
		{"verification", answer([]byte{0x31, 1, 2, 2}, []byte{0x71, 1, 2, 2, 5}), flash.PhaseVerify, "", 0, "security counter too low"},
		{"verification without a status", answer([]byte{0x31, 1, 2, 2}, []byte{0x71, 1, 2, 2}), flash.PhaseVerify, "", 0, "without a status"},
		{"dependencies", answer([]byte{0x31, 1, 0xFF, 1}, []byte{0x71, 1, 0xFF, 1, 1}), flash.PhaseDependencies, "", 0, "FF01"},
		{"activation", answer([]byte{0x31, 1, 2, 0x10}, []byte{0x7F, 0x31, 0x24}), flash.PhaseActivate, "", 0, "0x24"},
		{"silence", answer([]byte{0x31, 1, 2, 0x10}, nil), flash.PhaseActivate, "", 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, testDescription(), flash.Options{})
				b.ecu.intercept = tt.intercept
				err := b.programmer.Program(t.Context(), testPackage(asIs))
				var got *flash.Error
				if !errors.As(err, &got) {
					t.Fatalf("Program = %v, want a *flash.Error", err)
				}
				if got.Phase != tt.phase || got.Block != tt.block || got.Offset != tt.offset || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("Program = %v; want phase %v, block %q, offset %d, %q", err, tt.phase, tt.block, tt.offset, tt.want)
				}
				seen := strings.Join(b.ecu.seen(), ", ")
				if !strings.HasSuffix(seen, "28 00 01, 85 01") {
					t.Errorf("communication and DTC setting were left off: %s", seen)
				}
			})
		})
	}
}

func TestTypedFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, testDescription(), flash.Options{})
		b.ecu.intercept = func(r []byte) ([]byte, bool) {
			return []byte{0x71, 1, 2, 2, 2}, bytes.HasPrefix(r, []byte{0x31, 1, 2, 2})
		}
		err := b.programmer.Program(t.Context(), testPackage(asIs))
		var rejected *flash.Rejected
		if !errors.As(err, &rejected) || !bytes.Equal(rejected.Status, []byte{2}) || rejected.Meaning != "wrong digest" || rejected.Routine != 0x0202 {
			t.Errorf("Program = %v, want a *flash.Rejected with a wrong digest", err)
		}
		b.ecu.intercept = func(r []byte) ([]byte, bool) {
			return []byte{0x71, 1, 2, 3, 1, 9}, bytes.HasPrefix(r, []byte{0x31, 1, 2, 3})
		}
		err = b.programmer.Preconditions(t.Context())
		var unmet *flash.Unmet
		if !errors.Is(err, flash.ErrPreconditions) || !errors.As(err, &unmet) || !cmp.Equal(unmet.Conditions, []flash.Condition{{Code: 1, Meaning: "voltage too low"}, {Code: 9}}) {
			t.Errorf("Preconditions = %v, want a *flash.Unmet with two conditions", err)
		}
	})
}

func TestForeignPackage(t *testing.T) {
	wrong := testPackage(func(m *firmware.Manifest) { m.Hardware = "HW-8" })
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, testDescription(), flash.Options{})
		if err := b.programmer.Program(t.Context(), wrong); !errors.Is(err, flash.ErrPackage) {
			t.Errorf("Program = %v, want ErrPackage", err)
		}
		if seen := b.ecu.seen(); len(seen) > 0 {
			t.Errorf("requests were sent: %v", seen)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, testDescription(), flash.Options{Force: true})
		if err := b.programmer.Program(t.Context(), wrong); err != nil {
			t.Errorf("Program with Force = %v", err)
		}
	})
}

func TestLostResponses(t *testing.T) {
	tests := []struct {
		name   string
		repeat int
		lost   int
		good   bool
	}{
		{"two lost and two repeats", 0, 2, true},
		{"three lost and two repeats", 0, 3, false},
		{"one lost and no repeat", -1, 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, pkg := newBench(t, testDescription(), flash.Options{Repeat: tt.repeat}), testPackage(asIs)
				lost := 0
				b.ecu.intercept = func(r []byte) ([]byte, bool) {
					if r[0] != 0x36 || r[1] != 2 || lost == tt.lost {
						return nil, false
					}
					lost++
					b.ecu.answer(r) // the ECU got the block
					return nil, true
				}
				err := b.programmer.Program(t.Context(), pkg)
				if (err == nil) != tt.good {
					t.Fatalf("Program = %v, want success %t", err, tt.good)
				}
				if !tt.good && !errors.Is(err, uds.ErrNoResponse) {
					t.Errorf("Program = %v, want uds.ErrNoResponse", err)
				}
				if got := b.ecu.memory[0x10000]; tt.good && !bytes.Equal(got, pkg.Image) {
					t.Errorf("image in memory has %d bytes, want %d", len(got), len(pkg.Image))
				}
			})
		})
	}
}

// TestCancelled stops a transfer and looks at what is left behind.
func TestCancelled(t *testing.T) {
	for _, abandon := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			b := newBench(t, testDescription(), flash.Options{Abandon: abandon})
			b.ecu.intercept = func(r []byte) ([]byte, bool) {
				if r[0] == 0x36 {
					cancel()
				}
				return nil, false
			}
			if err := b.programmer.Program(ctx, testPackage(asIs)); !errors.Is(err, context.Canceled) {
				t.Errorf("Program = %v, want context.Canceled", err)
			}
			seen := b.ecu.seen()
			if restored := strings.HasSuffix(strings.Join(seen, ","), "28 00 01,85 01"); restored == abandon {
				t.Errorf("with Abandon %t the last requests were %v", abandon, seen[len(seen)-2:])
			}
			before := len(b.ecu.requests)
			time.Sleep(10 * time.Second)
			if after := len(b.ecu.requests); after != before {
				t.Errorf("%d requests after the end: tester present goes on", after-before)
			}
		})
	}
}

func TestAwaitBoot(t *testing.T) {
	tests := []struct {
		name string
		boot time.Duration
		good bool
	}{
		{"at once", 0, true},
		{"after 3 s", 3 * time.Second, true},
		{"too late", 6 * time.Second, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, start := newBench(t, testDescription(), flash.Options{}), time.Now()
				b.ecu.intercept = func([]byte) ([]byte, bool) { return nil, time.Since(start) < tt.boot }
				err := b.programmer.AwaitBoot(t.Context())
				if (err == nil) != tt.good || !tt.good && !errors.Is(err, flash.ErrNoBoot) {
					t.Errorf("AwaitBoot = %v, want success %t", err, tt.good)
				}
				if took := time.Since(start); took > min(tt.boot, 5*time.Second)+300*time.Millisecond {
					t.Errorf("AwaitBoot took %v", took)
				}
			})
		})
	}
}

func TestAwaitBootEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, testDescription(), flash.Options{})
		b.ecu.intercept = func([]byte) ([]byte, bool) { return nil, true }
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := b.programmer.AwaitBoot(ctx); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, flash.ErrNoBoot) {
			t.Errorf("AwaitBoot = %v, want the context's error alone", err)
		}
	})
}

// TestSessionIsKeptAlive waits between two phases for longer than S3 of an ECU.
func TestSessionIsKeptAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, testDescription(), flash.Options{})
		if err := b.programmer.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(9 * time.Second)
		b.programmer.Close()
		alive := 0
		for _, r := range b.ecu.requests {
			if bytes.Equal(r, []byte{0x3E, 0x80}) {
				alive++
			}
		}
		if alive != 4 {
			t.Errorf("%d times tester present in 9 s, want 4", alive)
		}
	})
}

func TestNoSecurityAccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := testDescription()
		d.Security = description.Security{Algorithm: "none"}
		b := newBench(t, d, flash.Options{})
		if err := b.programmer.Unlock(t.Context()); err != nil || len(b.ecu.seen()) > 0 {
			t.Errorf("Unlock = %v, requests %v; want none", err, b.ecu.seen())
		}
	})
}

// TestMissingRoutines does without what the description leaves out.
func TestMissingRoutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := testDescription()
		for _, name := range []string{description.Verify, description.Activate, description.Confirm, description.Rollback} {
			d.Routines[name] = description.Routine{}
		}
		d.Programming.Fingerprint = ""
		b := newBench(t, d, flash.Options{})
		for _, phase := range []func(context.Context) error{b.programmer.Fingerprint, b.programmer.Verify, b.programmer.Activate, b.programmer.Confirm, b.programmer.Rollback} {
			if err := phase(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if seen := b.ecu.seen(); len(seen) > 0 {
			t.Errorf("requests %v, want none", seen)
		}
	})
}

func TestRefusedConfirmation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, testDescription(), flash.Options{})
		b.ecu.intercept = func(r []byte) ([]byte, bool) { return []byte{0x7F, r[0], 0x22}, true }
		for phase, try := range map[flash.Phase]func(context.Context) error{flash.PhaseConfirm: b.programmer.Confirm, flash.PhaseRollback: b.programmer.Rollback} {
			var failed *flash.Error
			if err := try(t.Context()); !errors.Is(err, uds.ConditionsNotCorrect) || !errors.As(err, &failed) || failed.Phase != phase {
				t.Errorf("%v refused = %v, want conditionsNotCorrect", phase, err)
			}
		}
	})
}

func TestEmptyImage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, pkg := newBench(t, testDescription(), flash.Options{}), testPackage(asIs)
		pkg.Image = nil
		if err := b.programmer.Program(t.Context(), pkg); err == nil || !strings.Contains(err.Error(), `block application: source "image" has no data`) {
			t.Errorf("Program = %v", err)
		}
	})
}

// TestUnlockedAlready gets the seed of zeros with which an unlocked ECU answers (ISO 14229-1:2020, 10.4.2).
func TestUnlockedAlready(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, testDescription(), flash.Options{})
		b.ecu.intercept = func(r []byte) ([]byte, bool) { return []byte{0x67, 0x01, 0, 0, 0, 0}, r[0] == 0x27 }
		if err := b.programmer.Unlock(t.Context()); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"27 01"}, b.ecu.seen()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range flash.Phases() {
		seen[p.String()] = true
	}
	if len(seen) != 19 || !seen["erase"] || !seen["rollback"] {
		t.Errorf("phases %v", seen)
	}
	for want, got := range map[string]string{
		"Phase(99)":              flash.Phase(99).String(),
		"04 (vehicle is moving)": flash.Condition{Code: 4, Meaning: "vehicle is moving"}.String(),
		"80":                     flash.Condition{Code: 0x80}.String(),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

var _ isotp.Conn = (*fakeECU)(nil)
