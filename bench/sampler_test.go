package bench_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
)

// file is a log in memory.
type file struct {
	bytes.Buffer
	closed int
}

func (f *file) Close() error { f.closed++; return nil }

// logged opens a bench whose readings go to a file in memory.
func logged(f *file) func(*config.File, *bench.Options) {
	return func(_ *config.File, o *bench.Options) {
		o.SupplyLog = func(rail string) (io.WriteCloser, error) {
			fmt.Fprintln(f, rail)
			return f, nil
		}
	}
}

// All readings are in the file, a millisecond apart; the record has what draws the same curve.
func TestReadingsAt1kHz(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &file{}
		b, j, err := open(t, logged(log))
		must(t, err)
		must(t, b.Rail("kl30").On(t.Context()))
		time.Sleep(10 * time.Second)
		must(t, b.Rail("kl30").CutNow(200*time.Millisecond))
		time.Sleep(10 * time.Second)
		must(t, b.Close(t.Context(), "done"))

		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		if lines[0] != "kl30" || lines[1] != "seconds,volts,amperes" || log.closed != 1 {
			t.Errorf("begins with %q, closed %d times", lines[:2], log.closed)
		}
		lines = lines[2:]
		if len(lines) < 20_000 {
			t.Fatalf("%d readings in 20 s", len(lines))
		}
		last := at(t, lines[0])
		for n, line := range lines[1:] {
			now := at(t, line)
			if step := now - last; step < 900*time.Microsecond || step > 1100*time.Microsecond {
				t.Fatalf("reading %d is %v after the one before: %s", n+1, step, line)
			}
			last = now
		}
		if n := len(said[record.Sample](j)); n < 30 || n > 2000 {
			t.Errorf("%d of %d readings in the record", n, len(lines))
		}
		s := said[record.Sampling](j)
		if len(s) != 1 || s[0].Rail != "kl30" || s[0].Source != "terminals" || s[0].Gaps != 0 ||
			s[0].Readings != uint64(len(lines)) || s[0].Rate < 999 || s[0].Rate > 1001 || s[0].Longest > 1100*time.Microsecond {
			t.Errorf("%+v", s)
		}
		if d := said[record.Deviation](j); len(d) != 0 {
			t.Errorf("%+v", d)
		}
	})
}

// at is the time of a line.
func at(t *testing.T, line string) time.Duration {
	t.Helper()
	var s, v, a float64
	if _, err := fmt.Sscanf(line, "%g,%g,%g", &s, &v, &a); err != nil || v < 0 || v > 14 || a < 0 || a > 3 {
		t.Fatalf("%q: %v", line, err)
	}
	return time.Duration(s * float64(time.Second))
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }
func (full) Close() error              { return nil }

func TestReadingsThatCannotBeLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, err := open(t, func(_ *config.File, o *bench.Options) {
			o.SupplyLog = func(string) (io.WriteCloser, error) { return full{}, nil }
		})
		must(t, err)
		time.Sleep(5 * time.Second)
		if err := b.Close(t.Context(), "done"); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("closed with %v", err)
		}
		_, _, err = open(t, func(_ *config.File, o *bench.Options) {
			o.SupplyLog = func(string) (io.WriteCloser, error) { return nil, errors.New("read-only file system") }
		})
		if err == nil || !strings.Contains(err.Error(), "log the readings of kl30: read-only file system") {
			t.Errorf("opened with %v", err)
		}
	})
}
