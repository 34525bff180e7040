// Package reportstest makes run folders for tests of reports.
package reportstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"otabench/bench/record"
)

// Header is the header of all runs made here.
var Header = record.Header{
	Format: record.Format, Run: "run-1", Started: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Tool: "otabench 1.0",
	Host: "rack-3", Bench: "body bench", File: "bench.yaml", Digest: "ab12", Virtual: true,
}

// Log collects events; its clock goes on by 10 ms with each.
type Log struct {
	Events []record.Event
	spec   string
}

// Add appends events of the spec that is running.
func (l *Log) Add(bodies ...record.Body) {
	for _, b := range bodies {
		n := len(l.Events) + 1
		l.Events = append(l.Events, record.Event{Seq: uint64(n), T: time.Duration(n) * 10 * time.Millisecond, Spec: l.spec, Body: b})
	}
}

// Now is the time of the next event.
func (l *Log) Now() time.Duration { return time.Duration(len(l.Events)+1) * 10 * time.Millisecond }

// Spec runs a spec with what happens during it.
func (l *Log) Spec(s record.SpecStart, o record.Outcome, message string, bodies ...record.Body) {
	l.Begin(s)
	l.Add(bodies...)
	l.Add(record.SpecEnd{ID: s.ID, Outcome: o, Message: message, Where: "power.go:31", Duration: time.Second})
	l.spec = ""
}

// Begin starts a spec and does not end it.
func (l *Log) Begin(s record.SpecStart) {
	l.spec = s.ID
	l.Add(s)
}

// Text is the record as it stands on disk.
func (l *Log) Text(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	if err := e.Encode(Header); err != nil {
		t.Fatal(err)
	}
	for _, event := range l.Events {
		if err := e.Encode(event); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// Folder writes a record into a run folder of its own.
func Folder(t testing.TB, text []byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "record.jsonl"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "trace.pcapng"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Start describes a spec.
func Start(id, text string, labels ...string) record.SpecStart {
	return record.SpecStart{ID: id, Text: text, Path: []string{"Interrupted update"}, Labels: labels, File: "scenarios/power.go", Line: 12}
}

// Mixed is a run with a spec of each verdict, and Hostile in what the unit said.
func Mixed(hostile string) *Log {
	l := &Log{}
	limit, zero := 0.001, 0.0
	specs := []record.SpecStart{
		Start("aa01", "boots the previous software when power is cut while a block is written", "UN-R156/7.2.2.1.1", "OTA-POST-4"),
		Start("aa02", "refuses an update signed with another key", "UN-R156/7.1.3.1", "OTA-MAIN-3"),
		Start("aa03", "updates at low voltage", "OTA-POST-4", "OTA-TYPO-9"),
		Start("aa04", "reports progress", "OTA-MAIN-2"),
	}
	l.Add(
		record.Device{Role: "bcm", Class: "ecu", Model: "BCM-4", Serial: "77", Firmware: "1.4.0", Simulated: true, Details: map[string]string{"boot": hostile}},
		record.Device{Role: "psu", Class: "supply", Model: "DP832", Serial: "DP8A1", Firmware: "00.01", Address: "tcp://10.0.0.2:5555"},
		record.Planned{Specs: specs, Unselected: 3, Filter: "power"},
	)
	l.Spec(specs[0], record.Passed, "", disturbed(l, limit, hostile)...)
	l.Spec(specs[1], record.Failed, "expected refusal, got success\n"+hostile, record.ConsoleLine{ECU: "bcm", Text: hostile})
	l.Spec(specs[2], record.Passed, "", record.Fault{Device: "psu", Text: "link lost: " + hostile})
	l.Add(
		record.Safe{By: "suite", Reason: "end of run", Outputs: []record.SafeOutput{{Device: "kl30", Off: true, Confirmed: true, Volts: &zero, Sensor: "adc"}}},
		record.End{Status: "failed"},
	)
	return l
}

// disturbed is an update during which a trigger cuts power.
func disturbed(l *Log, limit float64, text string) []record.Body {
	bodies := []record.Body{
		record.Step{Text: "arm the cut of kl30 at block 130"},
		record.TriggerArmed{ID: 1, Condition: "TransferData 130 sent", Action: "cut kl30 for 2 s"},
	}
	for i := range 130 {
		bodies = append(bodies, record.Exchange{
			ECU: "bcm", Service: "TransferData", Request: fmt.Sprintf("36%02x", byte(i)), RequestLen: 258,
			Response: fmt.Sprintf("76%02x", byte(i)), RespLen: 2, Sent: l.Now() + time.Duration(i)*10*time.Millisecond, Took: 8 * time.Millisecond,
		}, record.Sample{Rail: "kl30", Volts: 13.5, Source: "adc"})
	}
	at := l.Now() + time.Duration(len(bodies)+1)*10*time.Millisecond
	bodies = append(bodies, record.TriggerFired{ID: 1, Event: "36 82", At: at, Latency: 412 * time.Microsecond},
		record.Setting{Device: "kl30", Action: "off"})
	for i := range 60 {
		bodies = append(bodies, record.Sample{Rail: "kl30", Volts: max(0, 13.5-float64(i)), Source: "adc"})
	}
	return append(bodies,
		record.Exchange{ECU: "bcm", Service: "TransferData", Request: "3682", RequestLen: 258, Error: "no response", Sent: at, Took: time.Second},
		record.Setting{Device: "kl30", Action: "on"},
		record.ConsoleLine{ECU: "bcm", Text: "boot: slot A " + text},
		record.Stimulus{
			Rail: "kl30", Profile: "crank", Expected: "met", Verdict: "approximated", Source: "adc",
			Parts: []record.Part{{
				Name: "fall " + text, Shape: "12V to 6V in 5ms", Count: 10, Met: 9, Expected: "met", Verdict: "approximated",
				Reason: "takes 6ms",
			}},
		},
		record.Measurement{Name: "cut latency", Value: 0.000412, Unit: "s", Max: &limit, Source: "adc"})
}
