package record_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/bench/record"
)

func ptr(v float64) *float64 { return &v }

// every has one event of each kind.
func every() []record.Body {
	return []record.Body{
		record.Device{Role: "bcm", Class: "ecu", Model: "SIM-1", Serial: "7", Simulated: true, Details: map[string]string{"vin": "X"}},
		record.Planned{Specs: []record.SpecStart{{ID: "a1", Text: "boots", Path: []string{"ECU"}, Labels: []string{"OTA-MAIN-1"}, File: "x.go", Line: 3}}, Unselected: 2},
		record.SpecStart{ID: "a1", Text: "boots", Path: []string{"ECU"}, Labels: []string{"OTA-MAIN-1"}},
		record.Step{Text: "cut"},
		record.Exchange{ECU: "bcm", Service: "TransferData", Request: "3601", RequestLen: 2, NRC: "x", Sent: 5, Took: 6},
		record.ConsoleLine{ECU: "bcm", Text: "boot\x00<b>"},
		record.Sample{Rail: "kl30", Volts: 13.5, Amps: 0.25, Source: "psu"},
		record.Setting{Device: "kl30", Action: "on", Value: "13.5V"},
		record.Stimulus{
			Rail: "kl30", Profile: "crank", Begun: 1, Length: 2, Expected: "impossible", Verdict: "not met", Void: true,
			Source: "adc", Late: 3, Error: "e", Parts: []record.Part{{Name: "fall", Count: 10, Volts: 0.5, Time: 4, Reason: "r"}},
		},
		record.Progress{ECU: "bcm", Phase: "transfer", Done: 1, Total: 2},
		record.TriggerArmed{ID: 1, Condition: "c", Action: "a"},
		record.TriggerFired{ID: 1, Event: "e", At: time.Second, Latency: time.Microsecond},
		record.TriggerIdle{ID: 2},
		record.Measurement{
			Name: "latency", Value: 1, Unit: "ms", Max: ptr(2), Source: "clock", Uncertainty: ptr(0.1),
			Basis: &record.Basis{Function: "f", Subject: "kl30", From: 1, To: 2},
		},
		record.Proof{Proof: record.KnownBad, Subject: "mutant", Spec: "a1", Expected: record.Failed, Got: record.Failed, Detail: "d"},
		record.Catalogue{ID: "UN-R156", Version: "00.2", Digest: "ab"},
		record.Assignment{Customer: "c", Received: "2026-03-01", AuthorisedBy: record.Person{Name: "n", Role: "r"}},
		record.Note{Text: "n"},
		record.Fault{Device: "psu", Text: "gone"},
		record.Lost{Device: "body", Frames: 3},
		record.SweepEvidence{Point: "update/flash3/cut", Folder: "points/update-flash3-cut", Digest: "ab", Outcome: "mixed", Wrong: "w"},
		record.SpecEnd{ID: "a1", Outcome: record.Void, Message: "m", Duration: time.Second},
		record.Safe{By: "guard", Reason: "killed", Outputs: []record.SafeOutput{{Device: "kl30", Off: true, Volts: ptr(0)}}},
		record.End{Status: "passed"},
	}
}

func TestEveryKindSurvivesARoundTrip(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var file bytes.Buffer
		w, err := record.NewWriter(&file, record.Header{Run: "r1", Bench: "b"})
		if err != nil {
			t.Fatal(err)
		}
		var watched []record.Event
		w.Watch(func(e record.Event) { watched = append(watched, e) })
		for i, b := range every() {
			if i == 2 {
				w.Spec("a1")
			}
			time.Sleep(time.Millisecond)
			w.Add(b)
		}
		h, got, err := record.Read(&file)
		if err != nil {
			t.Fatal(err)
		}
		if h.Run != "r1" || !h.Started.Equal(w.Started()) {
			t.Errorf("header %+v", h)
		}
		if diff := cmp.Diff(watched, got); diff != "" {
			t.Errorf("written and read differ:\n%s", diff)
		}
		if got[2].T != 3*time.Millisecond || got[2].Spec != "a1" || got[1].Spec != "" {
			t.Errorf("third event is %+v", got[2])
		}
	})
}

func TestRecordCutAnywhereKeepsWholeLines(t *testing.T) {
	var file bytes.Buffer
	w, err := record.NewWriter(&file, record.Header{Run: "r1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range every() {
		w.Add(b)
	}
	whole := file.Bytes()
	for n := range whole {
		_, got, err := record.Read(bytes.NewReader(whole[:n]))
		lines := bytes.Count(whole[:n], []byte("\n"))
		if want := max(lines-1, 0); len(got) != want {
			t.Fatalf("cut after %d bytes: %d events, want %d", n, len(got), want)
		}
		atLineEnd := n > 0 && whole[n-1] == '\n'
		if atLineEnd && err != nil || !atLineEnd && !errors.Is(err, record.ErrTruncated) {
			t.Fatalf("cut after %d bytes: error %v", n, err)
		}
	}
}

func TestAppendGoesOnAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.jsonl")
	w, err := record.Create(path, record.Header{Run: "r1"})
	if err != nil {
		t.Fatal(err)
	}
	w.Add(record.Step{Text: "one"})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"seq":2,"t_ns":5,"ki`); err != nil {
		t.Fatal(err)
	}
	f.Close()

	g, err := record.Append(path)
	if err != nil {
		t.Fatal(err)
	}
	g.Add(record.Safe{By: "guard"})
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	_, got, err := record.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range got {
		kinds = append(kinds, e.Body.Kind())
	}
	if diff := cmp.Diff([]string{"step", "torn", "safe"}, kinds); diff != "" {
		t.Error(diff)
	}
	if _, err := record.Create(path, record.Header{}); !errors.Is(err, os.ErrExist) {
		t.Errorf("a record was overwritten: %v", err)
	}
}

func TestReadRefusesDamage(t *testing.T) {
	const head = `{"format":"otabench-record/1","run":"r"}` + "\n"
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "line 1: the record is cut short"},
		{"another format", `{"format":"x"}` + "\n", `format "x"`},
		{"not JSON", "hello\n", "no header"},
		{"gap", head + `{"seq":2,"kind":"step","body":{}}` + "\n", "event 2 follows event 0"},
		{"garbage amid", head + "x\ny\n", "line 2: the record is damaged"},
		{"no kind", head + `{"seq":1}` + "\n", "no kind"},
		{"wrong type", head + `{"seq":1,"kind":"step","body":{"text":5}}` + "\n", `event 1 ("step")`},
		{"endless line", head + strings.Repeat("x", 17<<20), "a line of more than"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := record.Read(strings.NewReader(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestUnknownKindIsKept(t *testing.T) {
	text := `{"format":"otabench-record/1"}` + "\n" + `{"seq":1,"kind":"tomorrow","body":{"a":1}}` + "\n"
	_, got, err := record.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	u, ok := got[0].Body.(record.Unknown)
	if !ok || u.Kind() != "tomorrow" || string(u.Raw) != `{"a":1}` {
		t.Errorf("got %#v", got[0].Body)
	}
}

type fullDisk struct{ left int }

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.left -= len(b); d.left < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(b), nil
}

func TestFullDiskIsReported(t *testing.T) {
	w, err := record.NewWriter(&fullDisk{left: 300}, record.Header{})
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		w.Add(record.Step{Text: strings.Repeat("x", 60)})
	}
	if err := w.Err(); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("error %v", err)
	}
	if w.Close() == nil {
		t.Error("Close forgot the error")
	}
}

func FuzzRead(f *testing.F) {
	var file bytes.Buffer
	w, err := record.NewWriter(&file, record.Header{})
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range every() {
		w.Add(b)
	}
	f.Add(file.Bytes())
	f.Fuzz(func(t *testing.T, text []byte) {
		_, events, err := record.Read(bytes.NewReader(text))
		if err == nil && len(events) > bytes.Count(text, []byte("\n")) {
			t.Errorf("%d events in %d lines", len(events), bytes.Count(text, []byte("\n")))
		}
	})
}

// A line in the layout of the Writer is read by another way; both have to agree about any line.
func FuzzParseEvent(f *testing.F) {
	for i, b := range every() {
		text, err := json.Marshal(record.Event{Seq: uint64(i), T: time.Duration(i) * time.Second, Spec: "a1", Body: b})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, text := range []string{
		`{"seq":1,"t_ns":2,"kind":"step","body":{"text":"a"},"body":{"text":"b"}}`,
		`{"seq":01,"t_ns":2,"kind":"step","body":{"text":"a"}}`,
		`{"seq":1,"t_ns":2,"spec":"\u0061","kind":"step","body":{}}`,
		`{"seq":1,"t_ns":2,"spec":"a","kind":"step","body":{}} `,
		`{"seq":1,"t_ns":-2,"kind":"step","body":{}}`,
		`{"seq":1,"t_ns":2,"kind":"step","body":{}`,
		`{"seq":1,"t_ns":2,"kind":"step","body":{}}}`,
		`{"seq":99999999999999999999,"t_ns":2,"kind":"step","body":{}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		fast, fastErr := record.ParseEvent(text)
		slow, slowErr := record.ParseEvent(append([]byte(" "), text...)) // a space takes it from the Writer's layout
		if (fastErr == nil) != (slowErr == nil) {
			t.Fatalf("%v, and with a space before it %v", fastErr, slowErr)
		}
		if diff := cmp.Diff(slow, fast); fastErr == nil && diff != "" {
			t.Error(diff)
		}
	})
}
