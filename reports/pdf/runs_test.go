package pdf_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/pdf"
	"otabench/reports/reportstest"
)

var issued = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// hostile is what a unit may say to break a report.
var hostile = "<b>\x00\x1b[2J\u202eevil\u2066 中文😀 עברית العربية\r\n\t\u0301" + strings.Repeat("A", 1<<20)

func derive(t testing.TB, events []record.Event) *reports.Run {
	t.Helper()
	run, err := reports.Derive(reportstest.Header, events, nil)
	if err != nil {
		t.Fatal(err)
	}
	run.Digest = strings.Repeat("0123456789abcdef", 4)
	run.Groups = observed(run.Groups)
	return run
}

// observed leaves of the catalogues the requirements that some spec observes, and the first one of each, so that a new
// version of a catalogue changes no golden file.
func observed(groups []reports.Group) (some []reports.Group) {
	for _, g := range groups {
		if strings.HasPrefix(g.ID, "ISO") {
			continue
		}
		if g.Digest != "" && g.File == "" {
			g.Digest, g.Source, g.Notice = strings.Repeat("c0", 32), "source of "+g.ID, "to be checked against its source"
		}
		g.Requirements = slices.DeleteFunc(g.Requirements, func(q reports.Requirement) bool {
			return q.ID != g.Requirements[0].ID && len(q.Specs)+len(q.LeftOut) == 0
		})
		some = append(some, g)
	}
	return some
}

func write(t testing.TB, run *reports.Run) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pdf.Write(&b, run, issued); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func ptr(v float64) *float64 { return &v }

// whole is a run whose record says all that a report can show, and more.
func whole(t testing.TB, more ...record.Body) *reports.Run {
	l := &reportstest.Log{}
	specs := []record.SpecStart{
		reportstest.Start("bb01", "rides through a start of the engine", "OTA-ALT-1", "part:OTA-ALT-1"),
		reportstest.Start("bb02", "rides through another one", "OTA-ALT-1"),
	}
	l.Add(
		record.Device{Role: "rack", Class: "bench", Details: map[string]string{"laboratory": "Validation, hall 2", "location": "rack 3"}},
		record.Assignment{
			Customer: "Body Electronics", Contact: "e42@example.com", Order: "E42-0117", Address: "Teststraße 1", Accreditation: "D-PL-00000",
			Method: "OTA on a bench, issue 4", Exceptions: "clause 7 left out", Sampling: "two of a lot of 40, by the customer", Condition: "sealed",
			Received: "2026-02-23", External: "none",
			Environment:  record.Environment{Temperature: "23 °C ± 2 K", Humidity: "45 %", Remarks: "door shut"},
			AuthorisedBy: record.Person{Name: "A. Example", Role: "head of the laboratory"},
		},
		record.Device{Role: "bcm", Class: "ecu", Model: "BCM-4", Serial: "77", Firmware: "1.4.0", Details: map[string]string{"VIN": "WOB1"}},
		record.Device{Role: "terminals", Class: "sensor", Model: "ina226", Address: "i2c:1@0x40", Details: map[string]string{"calibration": "calibrated 2025-03-01, due 2026-03-01"}},
		record.Deviation{Device: "terminals", Text: "its calibration was due on 2026-03-01"},
		record.Latency{Rail: "kl30", Repeats: 10, Measured: issued.AddDate(0, 0, -1), Open: record.Spread{Min: 5e6, Median: 6e6, Max: 8e6}},
		record.Planned{
			Specs: specs, Unselected: 1, LeftOut: []record.SpecStart{reportstest.Start("bb03", "says so", "OTA-MAIN-1", "part:OTA-MAIN-1")},
			Filter: "OTA-ALT-1", Rationale: "change of the supply only", Proven: true,
		},
		record.Proof{Proof: record.KnownBad, Subject: "skips-verify", Text: "refuses another key", Expected: record.Failed, Got: record.Failed, Detail: "expected a refusal", Folder: "proofs/known-bad", Digest: "ef56"},
		record.Proof{Proof: record.Loopback, Subject: "kl30", Expected: record.Passed, Got: record.Passed},
		record.Note{Text: "the door was open for a minute"},
	)
	for i, s := range specs {
		l.Spec(s, record.Passed, "",
			record.Measurement{Name: "lowest voltage", Value: 6.2 + float64(i)/10, Unit: "V", Min: ptr(6), Max: ptr(7), Source: "terminals", Uncertainty: ptr(0.25)},
			record.Measurement{Name: "restarts", Value: 0, Unit: "", Max: ptr(0), Source: "console", Uncertainty: ptr(0)},
			record.Measurement{Name: "latency", Value: 3.5, Unit: "ms", Source: "clock"},
			record.TriggerArmed{ID: 1, Condition: "block 17", Action: "cut kl30"}, record.TriggerIdle{ID: 1}, record.Note{Text: "quiet"},
			record.TriggerArmed{ID: 2, Condition: "block 18", Action: "cut kl30, then close it"},
			record.TriggerFired{
				ID: 2, Event: "36 12", At: l.Now(), Wished: 2 * time.Millisecond, Latency: 150 * time.Microsecond, Error: "relay sticks",
				Steps: []record.TriggerStep{{Action: "cut", Wished: 2 * time.Millisecond, Latency: 150 * time.Microsecond}, {Action: "close", Wished: time.Second}},
			},
			record.Exchange{ECU: "bcm", Service: "TransferData", NRC: "0x72"},
		)
	}
	l.Add(
		record.Sampling{Rail: "kl30", Source: "terminals", Readings: 120034, Rate: 999.8, Gaps: 2, Longest: 7200 * time.Microsecond},
		record.Safe{By: "guard", Reason: "killed", Outputs: []record.SafeOutput{{Device: "kl30", Error: "no answer"}, {Device: "main", Off: true, State: "open"}}, Armed: []string{"psu"}},
	)
	l.Add(more...)
	l.Add(record.End{Status: "passed"})
	return derive(t, l.Events)
}

// swept is a sweep with points of several ends, one of which ended otherwise when it was played again.
func swept(t testing.TB) *reports.Run {
	l := &reportstest.Log{}
	point := func(n int, outcome, wrong string) record.SweepResult {
		return record.SweepResult{
			Point: fmt.Sprintf("update/3601#1+%d/cut", n), Procedure: "update", Phase: "transfer", Offset: fmt.Sprintf("frame %d", n),
			At: time.Duration(n) * time.Millisecond, Fault: "cut", Outcome: outcome, Recovered: outcome != "bricked", Wrong: wrong,
		}
	}
	l.Add(
		record.Device{Role: "bcm", Class: "ecu", Model: "BCM-4", Simulated: true},
		record.SweepPlan{
			Unit: "bcm", Package: "next", Seed: 7, Faults: []string{"cut"}, Points: 4, Exhaustive: true,
			Procedures: []record.SweepProcedure{{Name: "update", Frames: 40, Length: 1800 * time.Millisecond}},
		},
		point(1, "old", ""), point(2, "mixed", "both slots are valid"), point(3, "bricked", ""), point(4, "melted", ""),
		record.SweepEdge{Before: "update/3601#1+1/cut", After: "update/3601#1+2/cut", From: "old", To: "mixed", Repeats: 3},
		record.SweepEvidence{Point: "update/3601#1+1/cut", Folder: "points/a", Digest: "ab12", Outcome: "old", Recovered: true},
		record.SweepEvidence{Point: "update/3601#1+3/cut", Folder: "../b", Digest: "cd34", Outcome: "old", Recovered: true},
		record.End{Status: "passed"},
	)
	return derive(t, l.Events)
}

// many is a run of so many specs, each n-th of which failed.
func many(t testing.TB, specs, n int) *reports.Run {
	l := &reportstest.Log{}
	var starts []record.SpecStart
	for i := range specs {
		starts = append(starts, reportstest.Start(fmt.Sprint("s", i), "identifies itself as before, after a restart in the middle of a block", "OTA-POST-1"))
	}
	l.Add(record.Planned{Specs: starts})
	for i, s := range starts {
		outcome, message := record.Passed, ""
		if i%n == n-1 {
			outcome, message = record.Failed, "expected 1.4.0\ngot 1.3.0"
		}
		l.Spec(s, outcome, message, record.Step{Text: "restart"}, record.Measurement{Name: "restart", Value: 1, Unit: "s", Max: ptr(2), Source: "clock"})
	}
	l.Add(record.End{Status: "failed"})
	return derive(t, l.Events)
}

// Reports of several runs may be written at the same time, as those of the points of a sweep are.
func TestConcurrentReports(t *testing.T) {
	runs := []*reports.Run{whole(t), swept(t), many(t, 20, 20)}
	var want [][]byte
	for _, run := range runs {
		want = append(want, write(t, run))
	}
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			var b bytes.Buffer
			if err := pdf.Write(&b, runs[i%len(runs)], issued); err != nil || !bytes.Equal(b.Bytes(), want[i%len(runs)]) {
				t.Errorf("%v, %d bytes, alone %d", err, b.Len(), len(want[i%len(runs)]))
			}
		})
	}
	all.Wait()
}
