package history_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"otabench/bench/record"
	"otabench/reports/history"
)

func TestAddingAgainDoesNothing(t *testing.T) {
	db := open(t)
	run := made{specs: passed("a")}.run(t, 1)
	for range 3 {
		if err := db.Add(run); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := db.Count(""); n != 1 || err != nil {
		t.Fatalf("%d runs, %v", n, err)
	}
	altered := made{specs: failed("a")}.run(t, 1)
	var other *history.OtherRecordError
	err := db.Add(altered)
	if !errors.As(err, &other) || other.Known != run.Digest || other.Got != altered.Digest {
		t.Fatalf("another record under the same id: %v", err)
	}
	if known, err := db.Knows(altered); known || !errors.As(err, &other) {
		t.Errorf("known: %v, %v", known, err)
	}
	if o := overview(t, db); len(o.Runs) != 1 || o.Specs[0].Results[0].Verdict != "passed" {
		t.Errorf("the refused run left something: %+v", o.Runs)
	}
	run.Digest = ""
	if err := db.Add(run); err == nil {
		t.Error("a run without a digest was added")
	}
}

// What is read back is what was added.
func TestARunComesBack(t *testing.T) {
	lo, hi, u := 9.0, 13.0, 0.1
	m := made{specs: []ran{
		{id: "a", outcome: record.Passed, bodies: []record.Body{
			record.Measurement{Name: "U", Value: 10, Unit: "V", Source: "adc", Min: &lo, Max: &hi, Uncertainty: &u},
			record.Measurement{Name: "U", Value: 12, Unit: "V", Source: "adc", Min: &lo, Max: &hi, Uncertainty: &u},
			record.Measurement{Name: "U", Value: 12.5, Unit: "V", Source: "adc", Min: &lo, Max: &hi, Uncertainty: &u},
			record.Lost{Device: "can0", Frames: 3},
		}},
		{id: "b"},
	}}
	run := m.run(t, 1)
	db := open(t)
	if err := db.Add(run); err != nil {
		t.Fatal(err)
	}
	o := overview(t, db)
	r := o.Runs[0]
	if r.ID != "run-001" || !r.Started.Equal(run.Header.Started) || r.Length != run.Length || r.Status != run.Status || r.Totals != run.Totals ||
		r.Lost != 3 || r.Conditions.Firmware["bcm"] != "1.4.0" || !filepath.IsAbs(r.Dir) || r.Sweep != nil {
		t.Errorf("%+v", r)
	}
	a, b := o.Specs[0], o.Specs[1]
	if a.ID != "a" || a.Name != "Interrupted update › spec a" || a.Results[0].Verdict != "void" || a.Results[0].Lost != 3 || a.Results[0].Reason != "3 frames were lost" {
		t.Errorf("%+v", a)
	}
	if b.Results[0].Verdict != "not run" {
		t.Errorf("%+v", b)
	}
	q := a.Quantities[0]
	if v := q.Values[0]; q.Name != "U" || q.Source != "adc" || v.N != 3 || v.Median != 12 || v.Worst != 12.5 || *v.Min != lo || *v.Uncertainty != u || v.Verdict != "passed" {
		t.Errorf("%+v", q)
	}
}

func TestASweepKeepsItsVerdictAndCounts(t *testing.T) {
	s := sweepRun(t)
	db := open(t)
	if err := db.Add(s); err != nil {
		t.Fatal(err)
	}
	got := overview(t, db).Runs[0]
	if got.Status != "failed" || got.Sweep == nil || got.Sweep.Points != 3 || got.Sweep.Tried != 3 || got.Sweep.Wrong != 1 || got.Sweep.Outcomes["bricked"] != 1 || got.Sweep.Outcomes["new"] != 2 {
		t.Errorf("%+v %+v", got, got.Sweep)
	}
}

// Two jobs of a CI server write to one history, and each opens it for itself: also while it is being made.
func TestConcurrentWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	const writers, each = 4, 10
	var wg sync.WaitGroup
	errs := make(chan error, writers*(each+2))
	for w := range writers {
		wg.Go(func() {
			db, err := history.Open(path)
			if err != nil {
				errs <- err
				return
			}
			for i := range each {
				// Neighbours add some of the same runs.
				errs <- db.Add(made{specs: passed("a", "b")}.run(t, w*each/2+i))
			}
			errs <- db.Close()
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	db, err := history.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if n, err := db.Count(""); err != nil || n != writers*each/2+each/2 {
		t.Errorf("%d runs, %v", n, err)
	}
	if o := overview(t, db); len(o.Specs) != 2 || len(o.Specs[0].Results) != len(o.Runs) {
		t.Errorf("%d specs", len(o.Specs))
	}
}

// A file that is not a history of this version stays as it is, byte by byte.
func TestWhatIsNoHistoryIsNotTouched(t *testing.T) {
	for name, tt := range map[string]struct {
		make func(t *testing.T, path string)
		want error
	}{
		"text":                         {text("no database, though it is longer than a header of SQLite: " + strings.Repeat("x", 4096)), history.ErrDamaged},
		"short text":                   {text("x"), history.ErrDamaged},
		"other schema":                 {statements("CREATE TABLE t (x)"), history.ErrForeign},
		"other program":                {statements("PRAGMA application_id = 7", "CREATE TABLE t (x)"), history.ErrForeign},
		"a write-ahead log of another": {statements("PRAGMA journal_mode = WAL", "CREATE TABLE t (x)"), history.ErrForeign},
		"newer":                        {ours("PRAGMA user_version = 99"), history.ErrNewer},
		"damaged head":                 {damaged(0, 0), history.ErrDamaged},
		"damaged schema":               {damaged(100, 0xff), history.ErrDamaged},
		"cut short":                    {cut, history.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "history.db")
			tt.make(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			db, err := history.Open(path)
			if err == nil {
				// Damage beyond the schema shows when it is read.
				_, err = db.Overview(history.Selection{})
				if err == nil {
					err = db.Add(made{specs: passed("a")}.run(t, 1))
				}
				_ = db.Close()
			}
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want %v with the path", err, tt.want)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file was changed: %d bytes, now %d, %v", len(before), len(after), err)
			}
		})
	}
}

func TestOpenNeedsAFile(t *testing.T) {
	if _, err := history.Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("a folder: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := history.Open(filepath.Join(file, "history.db")); err == nil {
		t.Error("a folder that is a file")
	}
	// An empty file is what is left of a history that was about to be made. Names may hold anything.
	odd := filepath.Join(t.TempDir(), "odd ?#%20 name.db")
	if err := os.WriteFile(odd, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := history.Open(odd)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Add(made{specs: passed("a")}.run(t, 1)), db.Close()); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(odd); err != nil || info.Size() == 0 {
		t.Errorf("the history is elsewhere: %v", err)
	}
}

func text(s string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		if err := os.WriteFile(path, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func statements(list ...string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			if _, err := db.Exec(s); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// whole writes a history with some runs.
func whole(t *testing.T, path string) {
	db, err := history.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if err := db.Add(made{specs: passed("a", "b", "c")}.run(t, 100+i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func ours(statement string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		whole(t, path)
		statements(statement)(t, path)
	}
}

// damaged overwrites a page's worth of bytes.
func damaged(at int64, with byte) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		whole(t, path)
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt(bytes.Repeat([]byte{with}, 2048), at); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func cut(t *testing.T, path string) {
	whole(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()/2); err != nil {
		t.Fatal(err)
	}
}

// What a record says may be of any length, and hold anything.
func TestHostileTexts(t *testing.T) {
	long := strings.Repeat("\u00e9", 1<<20)
	run := made{specs: passed("a")}.run(t, 1)
	run.Header.Tool, run.Header.Bench, run.Reason = long, "'; DROP TABLE run; --", "\x00\xff"+long
	run.Specs[0].Text, run.Specs[0].Reasons = long, []string{long}
	run.Specs[0].Measurements = []record.Measurement{{Name: long + "1", Value: 1}, {Name: long + "2", Value: 2}}
	db := open(t)
	if err := db.Add(run); err != nil {
		t.Fatal(err)
	}
	o := overview(t, db)
	if text := fmt.Sprintf("%+v", o); len(text) > 20_000 {
		t.Errorf("%d bytes came back", len(text))
	}
	if o.Runs[0].Bench != run.Header.Bench {
		t.Errorf("bench %q", o.Runs[0].Bench)
	}
	run.Header.Run, run.Specs[0].ID = "run-2", long
	if err := db.Add(run); err == nil {
		t.Error("an id without bounds was kept")
	}
}
