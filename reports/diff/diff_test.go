package diff_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/diff"
	"otabench/reports/reportstest"
	"otabench/reports/reportstest/golden"
)

// run derives a run in a folder that has a bench file.
func run(t *testing.T, bench string, change func(*record.Header), l *reportstest.Log) *reports.Run {
	t.Helper()
	h := reportstest.Header
	sum := sha256.Sum256([]byte(bench))
	h.Digest, h.Suite = hex.EncodeToString(sum[:]), "5eed"
	if change != nil {
		change(&h)
	}
	r, err := reports.Derive(h, l.Events, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(r.Dir, "bench.yaml"), []byte(bench), 0o644); err != nil {
		t.Fatal(err)
	}
	return r
}

// one is a run of one spec.
func one(outcome record.Outcome, bodies ...record.Body) *reportstest.Log {
	l := &reportstest.Log{}
	s := reportstest.Start("a", "updates", "OTA-POST-1")
	l.Add(record.Planned{Specs: []record.SpecStart{s}})
	if outcome != "" {
		l.Spec(s, outcome, "no answer", bodies...)
	}
	l.Add(record.End{Status: string(outcome)})
	return l
}

func TestTurns(t *testing.T) {
	for _, tt := range []struct {
		from, to record.Outcome
		turn     diff.Turn // empty if nothing changed
		worse    bool
	}{
		{record.Passed, record.Passed, "", false},
		{record.Passed, record.Failed, diff.Worse, true},
		{record.Passed, record.Void, diff.Worse, true},
		{record.Passed, record.NotRun, diff.Worse, true},
		{record.Passed, "", diff.Worse, true},
		{record.NotRun, record.Failed, diff.Worse, true},
		{record.Void, record.Failed, diff.Worse, true},
		{record.Failed, record.Passed, diff.Better, false},
		{record.Void, record.Passed, diff.Better, false},
		{record.Failed, record.Void, diff.Unknown, false},
		{record.Failed, record.NotRun, diff.Unknown, false},
		{record.Void, record.NotRun, diff.Unknown, false},
	} {
		d := diff.Compare(run(t, "", nil, one(tt.from)), run(t, "", nil, one(tt.to)))
		var got diff.Turn
		if len(d.Specs) > 0 {
			got = d.Specs[0].Turn
		}
		if got != tt.turn || d.Worse() != tt.worse {
			t.Errorf("%q to %q: %q, worse %v", tt.from, tt.to, got, d.Worse())
		}
	}
}

func TestMeasurementsMoveBeyondWhatIsKnownOfThem(t *testing.T) {
	u := 0.1
	known := func(values ...float64) (all []record.Body) {
		for _, v := range values {
			all = append(all, record.Measurement{Name: "U", Value: v, Unit: "V", Source: "adc", Uncertainty: &u})
		}
		return all
	}
	bare := func(values ...float64) []record.Body {
		all := known(values...)
		for i := range all {
			m := all[i].(record.Measurement)
			m.Uncertainty = nil
			all[i] = m
		}
		return all
	}
	for name, tt := range map[string]struct {
		a, b  []record.Body
		moved bool
	}{
		"within both uncertainties":  {known(10), known(10.14), false},
		"beyond both":                {known(10), known(10.15), true},
		"no uncertainty, a little":   {bare(10), bare(10.9), false},
		"no uncertainty, much":       {bare(10), bare(11.1), true},
		"one uncertainty is missing": {known(10), bare(10.5), false},
		"within the scatter":         {bare(10, 10.1, 9.9, 10.2, 9.8), bare(10.4, 10.5, 10.3, 10.6, 10.2), false},
		"beyond the scatter":         {bare(10, 10.1, 9.9, 10.2, 9.8), bare(10.7, 10.8, 10.6, 10.9, 10.5), true},
		"was not measured":           {nil, known(10), false},
	} {
		d := diff.Compare(run(t, "", nil, one(record.Passed, tt.a...)), run(t, "", nil, one(record.Passed, tt.b...)))
		if (len(d.Measurements) == 1) != tt.moved {
			t.Errorf("%s: %+v", name, d.Measurements)
		}
	}
}

// A copy of the bench file that is not the one of the record is not compared.
func TestAnAlteredBenchFileIsNotCompared(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"altered": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "bench.yaml"), []byte("name: c\n"), 0o644)
		},
		"gone":  func(dir string) error { return os.Remove(filepath.Join(dir, "bench.yaml")) },
		"large": func(dir string) error { return os.Truncate(filepath.Join(dir, "bench.yaml"), 1<<40) },
		"a link out of the folder": func(dir string) error {
			_ = os.Remove(filepath.Join(dir, "bench.yaml"))
			return os.Symlink("/etc/passwd", filepath.Join(dir, "bench.yaml"))
		},
	} {
		a, b := run(t, "name: a\n", nil, one(record.Passed)), run(t, "name: b\n", nil, one(record.Passed))
		if d := diff.Compare(a, b); len(d.BenchFile) != 2 || d.BenchFile[0] != "-name: a" || d.BenchFile[1] != "+name: b" {
			t.Fatalf("%q %q", d.BenchFile, d.BenchNote)
		}
		if err := spoil(b.Dir); err != nil {
			t.Fatal(err)
		}
		if d := diff.Compare(a, b); d.BenchFile != nil || d.BenchNote == "" {
			t.Errorf("%s: %q %q", name, d.BenchFile, d.BenchNote)
		}
	}
}

// The words of a diff in which most things changed.
func TestGolden(t *testing.T) {
	u := 0.1
	build := func(firmware, serial, calibration string, third bool, volts float64, outcome record.Outcome) *reportstest.Log {
		l := &reportstest.Log{}
		specs := []record.SpecStart{reportstest.Start("aa", "updates", "OTA-POST-1"), reportstest.Start("bb", "refuses\x1b[2J", "OTA-POST-4")}
		if third {
			specs = append(specs, reportstest.Start("cc", "reports", "OTA-POST-3"))
		}
		l.Add(record.Device{Role: "bcm", Class: "ecu", Model: "BCM-4", Serial: "77", Firmware: firmware},
			record.Device{Role: "psu", Class: "supply", Model: "DP832", Serial: serial, Details: map[string]string{"calibration": calibration}},
			record.Planned{Specs: specs})
		l.Spec(specs[0], record.Passed, "", record.Measurement{Name: "U", Value: volts, Unit: "V", Source: "adc", Uncertainty: &u})
		l.Spec(specs[1], outcome, "got success")
		if third {
			l.Spec(specs[2], record.Passed, "")
		}
		l.Add(record.End{Status: string(outcome)})
		return l
	}
	a := run(t, "name: body\nlimit: 12\n", nil, build("1.4.0", "S1", "2026-01-01", true, 12, record.Passed))
	b := run(t, "name: body\nlimit: 13\n", func(h *record.Header) { h.Suite = "beef" }, build("1.5.0", "S2", "2026-03-01", false, 12.5, record.Failed))
	a.Dir, b.Dir = renamed(t, a.Dir, "before"), renamed(t, b.Dir, "after")
	var out bytes.Buffer
	if err := diff.Terminal(&out, diff.Compare(a, b)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("an escape sequence reached the terminal")
	}
	golden.Compare(t, "testdata/diff.txt", out.Bytes())
}

func renamed(t *testing.T, dir, name string) string {
	t.Helper()
	to := filepath.Join(filepath.Dir(dir), name)
	if err := os.Rename(dir, to); err != nil {
		t.Fatal(err)
	}
	return to
}
