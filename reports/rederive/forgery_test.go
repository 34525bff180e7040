package rederive_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/can/trace"
)

// Each forgery alters one file of a genuine run, as somebody would who signs it again afterwards.
func TestForgeries(t *testing.T) {
	for name, tt := range map[string]struct {
		forge func(*testing.T, string)
		file  string // that the first finding names
		what  string // and what it is about
	}{
		"a limit":             {inRecord(widenLimit), "ginkgo.json", "measurement "},
		"a measured value":    {inRecord(betterValue), "ginkgo.json", "measurement "},
		"an outcome":          {inRecord(outcome(record.Failed)), "ginkgo.json", "outcome"},
		"a label":             {inRecord(claim("UN-R156/7.1.1.2")), "ginkgo.json", "labels"},
		"a step":              {inRecord(reword), "ginkgo.json", "step "},
		"a spec that failed":  {inRecord(omitSpec), "ginkgo.json", "spec "},
		"an outcome, Ginkgo":  {afterSpecs("ginkgo.json", `"State": "passed"`, `"State": "failed"`), "ginkgo.json", "outcome"},
		"a suite that failed": {inText("ginkgo.json", `"State": "passed"`, `"State": "failed"`), "ginkgo.json", "outcome of BeforeSuite"},
		"an omitted exchange": {inRecord(omitExchange), "trace.pcapng", "request of the tester to bcm"},
		"an added exchange":   {inRecord(addExchange), "trace.pcapng", "request to bcm"},
		"a response":          {inRecord(exchange(answered, func(x *record.Exchange) { x.Response = x.Response[:len(x.Response)-2] + "99" })), "trace.pcapng", "response of bcm"},
		"a refusal":           {inRecord(exchange(refused, func(x *record.Exchange) { x.NRC = ""; x.Response = "7101ff00"; x.RespLen = 4 })), "trace.pcapng", "response of bcm"},
		"a silence": {inRecord(exchange(silent, func(x *record.Exchange) {
			x.Error, x.Response, x.RespLen = "", "62f189312e302e30", 8
		})), "trace.pcapng", "response of bcm"},
		"a made-up silence": {inRecord(exchange(answered, func(x *record.Exchange) {
			x.Error, x.Response, x.RespLen = "no response", "", 0
		})), "trace.pcapng", "response of bcm"},
		"a quicker response":          {inRecord(exchange(pending, func(x *record.Exchange) { x.PendingAt[1] -= 10 * time.Millisecond })), "trace.pcapng", "response 0x78 of bcm"},
		"fewer pending responses":     {inRecord(exchange(pending, func(x *record.Exchange) { x.Pending--; x.PendingAt = x.PendingAt[1:] })), "trace.pcapng", "responses 0x78 of bcm"},
		"the time of a trigger":       {inRecord(retime), "trace.pcapng", "event of trigger "},
		"the event of a trigger":      {inRecord(otherEvent), "trace.pcapng", "event of trigger "},
		"a sample":                    {inRecord(sample(func(s *record.Sample) bool { s.Volts += 0.5; return true })), "supply-kl30.csv", "sample of kl30"},
		"an omitted sample":           {inRecord(sample(func(*record.Sample) bool { return false })), "supply-kl30.csv", "curve of kl30"},
		"a line":                      {inRecord(line), "console-bcm.log", "line of bcm"},
		"lost frames":                 {inRecord(lose), "trace.pcapng", "frames that body lost"},
		"a line, log":                 {inText("console-bcm.log", "slot A", "slot B"), "console-bcm.log", "line of bcm"},
		"an added line, log":          {appended("console-bcm.log", "[ 9.000] boot: all is well\n"), "console-bcm.log", "line of bcm"},
		"a gate of the bench file":    {inText("bench.yaml", "min_voltage: 11V", "min_voltage: 9V"), "bench.yaml", "digest of the bench file"},
		"an excursion, CSV":           {inReadings(excursion()), "supply-kl30.csv", "curve of kl30"},
		"all voltages, CSV":           {inReadings(func(_ int, v *string) bool { return change(true, v, "13.5") }), "supply-kl30.csv", "sample of kl30"},
		"an omitted reading, CSV":     {inReadings(func(i int, _ *string) bool { return i != 700 }), "supply-kl30.csv", "number of readings of kl30"},
		"the lowest of a dip, CSV":    {lowered(record.LowestVoltage, 0.015), "supply-kl30.csv", "measurement lowest voltage"},
		"one measured reading, CSV":   {lowered(record.LowestVoltage, -0.01), "supply-kl30.csv", "measurement "},
		"the basis of a measurement":  {inRecord(otherBasis), "supply-kl30.csv", "measurement "},
		"a byte of a response":        {inTrace(oneFrame(fromECU, func(r *trace.Record) { r.Data[3] ^= 1 })), "trace.pcapng", " of bcm"},
		"a byte deep in a block":      {inTrace(consecutive(300, func(r *trace.Record) { r.Data[4] ^= 1 })), "trace.pcapng", "request to bcm"},
		"a time stamp":                {inTrace(oneFrame(fromECU, func(r *trace.Record) { r.Time = r.Time.Add(-10 * time.Millisecond) })), "trace.pcapng", ""},
		"a frame of another sender":   {inTrace(oneFrame(toECU, func(r *trace.Record) { r.Own = false })), "trace.pcapng", "request to bcm"},
		"an omitted frame":            {inTrace(omitFrame), "trace.pcapng", " of bcm"},
		"an added request, trace":     {inTrace(doubled), "trace.pcapng", "request of the tester to bcm"},
		"a swapped pair of frames":    {inTrace(swapped), "trace.pcapng", "request to bcm"},
		"frames that were not lost":   {inTrace(oneFrame(fromECU, func(r *trace.Record) { r.Lost = 3 })), "trace.pcapng", "frames that were lost"},
		"a byte of a battery message": {inTrace(oneFrame(battery, func(r *trace.Record) { r.Data[0] ^= 1 })), "trace.pcapng", "digest of the file"},
		"a time in Ginkgo's report":   {afterSpecs("ginkgo.json", `"SpecPriority": 0`, `"SpecPriority": 1`), "ginkgo.json", "digest of the file"},
		"a frame after the run":       {inTrace(late), "trace.pcapng", "end of the run"},
		"a trace with a broken tail":  {cutOff("trace.pcapng"), "trace.pcapng", "trace"},
		"readings with a broken tail": {
			cutOff("supply-kl30.csv"), "supply-kl30.csv", "readings of kl30",
		},
		"no number among the readings": {inReadings(func(i int, v *string) bool { return change(i == 900, v, "NaN") }), "supply-kl30.csv", "readings of kl30"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := folder(t)
			tt.forge(t, dir)
			r := check(t, dir)
			if r.Agrees() {
				t.Fatal("the run agrees")
			}
			if len(r.Findings) == 0 {
				t.Fatalf("no finding; %v", r.Uncompared)
			}
			for _, f := range r.Findings {
				if f.File == tt.file && strings.Contains(f.What, tt.what) {
					return
				}
			}
			for _, f := range r.Findings[:min(len(r.Findings), 10)] {
				t.Errorf("%s (not %s: %q)", f, tt.file, tt.what)
			}
		})
	}
}

// A file that is not there is no agreement.
func TestMissingFiles(t *testing.T) {
	for file, want := range map[string]string{
		"trace.pcapng":    "exchanges: trace.pcapng is not there",
		"supply-kl30.csv": "there is no supply-kl30.csv",
		"console-bcm.log": "there is no console-bcm.log",
		"ginkgo.json":     "ginkgo.json: it is not there",
	} {
		dir := folder(t)
		if err := os.Remove(filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
		r := check(t, dir)
		if r.Agrees() || !strings.Contains(strings.Join(r.Uncompared, "\n"), want) {
			t.Errorf("without %s: agrees %v, uncompared %q", file, r.Agrees(), r.Uncompared)
		}
	}
}

// inRecord alters the record. The forger numbers its events again.
func inRecord(f func([]record.Event) []record.Event) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		name := filepath.Join(dir, "record.jsonl")
		h, events, err := record.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(h)
		for i, e := range f(events) {
			e.Seq = uint64(i + 1)
			if err := enc.Encode(e); err != nil {
				t.Fatal(err)
			}
		}
		write(t, name, out.Bytes())
	}
}

// first alters the first body for which f returns true; without one there is nothing to forge.
func first[B record.Body](events []record.Event, f func(*B) bool) []record.Event {
	for i, e := range events {
		if b, ok := e.Body.(B); ok && f(&b) {
			events[i].Body = b
			return events
		}
	}
	panic(fmt.Sprintf("the run has no %T to forge", *new(B)))
}

func widenLimit(all []record.Event) []record.Event {
	return first(all, func(m *record.Measurement) bool {
		if m.Max != nil {
			m.Max = new(*m.Max * 10)
		}
		return m.Max != nil
	})
}

func betterValue(all []record.Event) []record.Event {
	return first(all, func(m *record.Measurement) bool { m.Value *= 0.9; return m.Value != 0 && m.Max != nil })
}

// otherBasis lets a measurement begin when it suits better.
func otherBasis(all []record.Event) []record.Event {
	return first(all, func(m *record.Measurement) bool {
		if m.Basis == nil || m.Basis.Function != record.HighestVoltage || m.Name != "highest voltage of the dip" {
			return false
		}
		m.Basis.To += time.Second
		return true
	})
}

// lowered changes the readings of a measurement by less than a sample of the record would show.
func lowered(function string, volts float64) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		_, events, err := record.ReadFile(filepath.Join(dir, "record.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		var basis record.Basis
		first(events, func(m *record.Measurement) bool {
			found := m.Basis != nil && m.Basis.Function == function && (m.Basis.From == m.Basis.To) == (volts < 0)
			if found {
				basis = *m.Basis
			}
			return found
		})
		inLines(func(seconds string, v *string) bool {
			s, _ := strconv.ParseFloat(seconds, 64)
			if at := time.Duration(s * 1e9); at >= basis.From-time.Microsecond && at <= basis.To+time.Microsecond {
				was, _ := strconv.ParseFloat(*v, 64)
				*v = strconv.FormatFloat(was-volts, 'f', 6, 64)
			}
			return true
		})(t, dir)
	}
}

func outcome(o record.Outcome) func([]record.Event) []record.Event {
	return func(all []record.Event) []record.Event {
		return first(all, func(e *record.SpecEnd) bool { e.Outcome = o; return true })
	}
}

func claim(label string) func([]record.Event) []record.Event {
	return func(all []record.Event) []record.Event {
		return first(all, func(s *record.SpecStart) bool { s.Labels = append(slices.Clone(s.Labels), label); return true })
	}
}

func reword(all []record.Event) []record.Event {
	return first(all, func(s *record.Step) bool { s.Text = "nothing special"; return true })
}

// omitSpec takes a spec out of the record, as if it had never been planned.
func omitSpec(all []record.Event) []record.Event {
	var id string
	all = first(all, func(p *record.Planned) bool {
		id = p.Specs[0].ID
		p.Specs = p.Specs[1:]
		return true
	})
	return slices.DeleteFunc(all, func(e record.Event) bool {
		_, isSample := e.Body.(record.Sample)
		return e.Spec == id && !isSample
	})
}

func answered(x *record.Exchange) bool {
	return x.Response != "" && !x.Functional && strings.HasPrefix(x.Request, "22")
}
func refused(x *record.Exchange) bool { return x.NRC != "" && !x.Functional && x.Repeats == 0 }
func silent(x *record.Exchange) bool  { return strings.Contains(x.Error, "no response") }
func pending(x *record.Exchange) bool { return x.Pending > 1 }

func exchange(which func(*record.Exchange) bool, f func(*record.Exchange)) func([]record.Event) []record.Event {
	return func(all []record.Event) []record.Event {
		return first(all, func(x *record.Exchange) bool {
			if !which(x) {
				return false
			}
			f(x)
			return true
		})
	}
}

func isAnswered(e record.Event) bool {
	x, ok := e.Body.(record.Exchange)
	return ok && e.Spec != "" && answered(&x)
}

func omitExchange(all []record.Event) []record.Event {
	i := slices.IndexFunc(all, isAnswered)
	return slices.Delete(all, i, i+1)
}

func addExchange(all []record.Event) []record.Event {
	i := slices.IndexFunc(all, isAnswered)
	made := all[i]
	x := made.Body.(record.Exchange)
	x.Request, x.Response, x.RespLen = "22f1ff", "62f1ff00", 4
	made.Body = x
	return slices.Insert(all, i+1, made)
}

func retime(all []record.Event) []record.Event {
	return first(all, func(f *record.TriggerFired) bool { f.At -= time.Millisecond; return true })
}

func otherEvent(all []record.Event) []record.Event {
	return first(all, func(f *record.TriggerFired) bool {
		was := f.Event
		f.Event = strings.Replace(was, "request 3", "request 2", 1)
		return f.Event != was
	})
}

func sample(f func(*record.Sample) bool) func([]record.Event) []record.Event {
	return func(all []record.Event) []record.Event {
		i := slices.IndexFunc(all, func(e record.Event) bool {
			s, ok := e.Body.(record.Sample)
			return ok && e.Spec != "" && s.Rail == "kl30" && s.Volts < 9
		})
		s := all[i].Body.(record.Sample)
		if !f(&s) {
			return slices.Delete(all, i, i+1)
		}
		all[i].Body = s
		return all
	}
}

func line(all []record.Event) []record.Event {
	return first(all, func(l *record.ConsoleLine) bool { l.Text += ", all is well"; return true })
}

func lose(all []record.Event) []record.Event {
	lost := all[len(all)/2]
	lost.Body = record.Lost{Device: "body", Frames: 2}
	return slices.Insert(all, len(all)/2, lost)
}

// inText replaces the first occurrence of a text.
func inText(file, was, is string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		name := filepath.Join(dir, file)
		text := read(t, name)
		if !bytes.Contains(text, []byte(was)) {
			t.Fatalf("%s has no %q", file, was)
		}
		write(t, name, bytes.Replace(text, []byte(was), []byte(is), 1))
	}
}

// afterSpecs replaces the occurrence behind the first spec's texts.
func afterSpecs(file, was, is string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		name := filepath.Join(dir, file)
		before, behind, _ := bytes.Cut(read(t, name), []byte(`"LeafNodeType": "It"`))
		if !bytes.Contains(behind, []byte(was)) {
			t.Fatalf("%s has no %q", file, was)
		}
		write(t, name, slices.Concat(before, []byte(`"LeafNodeType": "It"`), bytes.Replace(behind, []byte(was), []byte(is), 1)))
	}
}

func appended(file, text string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		name := filepath.Join(dir, file)
		write(t, name, append(read(t, name), text...))
	}
}

func cutOff(file string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		name := filepath.Join(dir, file)
		text := read(t, name)
		write(t, name, text[:len(text)-5])
	}
}

// inReadings alters the voltages of a rail, or leaves lines out.
func inReadings(f func(i int, volts *string) bool) func(*testing.T, string) {
	n := 0
	return inLines(func(_ string, volts *string) bool { n++; return f(n, volts) })
}

func inLines(f func(seconds string, volts *string) bool) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		name := filepath.Join(dir, "supply-kl30.csv")
		lines := strings.SplitAfter(string(read(t, name)), "\n")
		var out strings.Builder
		for i, l := range lines {
			fields := strings.Split(l, ",")
			if i == 0 || len(fields) != 3 {
				out.WriteString(l)
				continue
			}
			if f(fields[0], &fields[1]) {
				out.WriteString(strings.Join(fields, ","))
			}
		}
		write(t, name, []byte(out.String()))
	}
}

// excursion lets the voltage dip once where it has stood still.
func excursion() func(int, *string) bool {
	last, still, done := "", 0, false
	return func(_ int, v *string) bool {
		if *v != last {
			last, still = *v, 0
		}
		still++
		now := still == 200 && !done
		done = done || now
		return change(now, v, "3.1")
	}
}

func change(when bool, v *string, to string) bool {
	if when {
		*v = to
	}
	return true
}

// inTrace alters the frames of the trace.
func inTrace(f func(*testing.T, []trace.Record) []trace.Record) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		name := filepath.Join(dir, "trace.pcapng")
		var all []trace.Record
		for src := trace.NewReader(bytes.NewReader(read(t, name))); ; {
			r, err := src.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, r)
		}
		var out bytes.Buffer
		w := trace.NewWriter(&out, "body")
		for _, r := range f(t, all) {
			if err := w.Write(r.Bus, r.Received); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		write(t, name, out.Bytes())
	}
}

// fromECU is a single frame with a positive response, in the midst of a run; toECU a single frame of the tester.
func fromECU(r *trace.Record) bool { return r.ID == 0x7E8 && r.Data[0] == 6 && r.Data[1] == 0x62 }
func toECU(r *trace.Record) bool   { return r.ID == 0x7E0 && r.Own && r.Data[0]>>4 == 0 }

func battery(r *trace.Record) bool { return r.ID == 0x3E0 }

func oneFrame(which func(*trace.Record) bool, f func(*trace.Record)) func(*testing.T, []trace.Record) []trace.Record {
	return func(t *testing.T, all []trace.Record) []trace.Record {
		f(&all[find(t, all, which)])
		return all
	}
}

func find(t *testing.T, all []trace.Record, which func(*trace.Record) bool) int {
	t.Helper()
	for i := len(all) / 2; i < len(all); i++ {
		if which(&all[i]) {
			return i
		}
	}
	t.Fatal("the trace has no such frame")
	return 0
}

// consecutive is the n-th consecutive frame of the tester's first block.
func consecutive(n int, f func(*trace.Record)) func(*testing.T, []trace.Record) []trace.Record {
	return func(t *testing.T, all []trace.Record) []trace.Record {
		i := find(t, all, func(r *trace.Record) bool { return r.ID == 0x7E0 && r.Data[0]>>4 == 1 && r.Data[2] == 0x36 })
		for ; i < len(all); i++ {
			if r := &all[i]; r.ID == 0x7E0 && r.Data[0]>>4 == 2 {
				if n--; n == 0 {
					f(r)
					return all
				}
			}
		}
		t.Fatal("the trace has no such frame")
		return nil
	}
}

func omitFrame(t *testing.T, all []trace.Record) []trace.Record {
	i := find(t, all, fromECU)
	return slices.Delete(all, i, i+1)
}

func doubled(t *testing.T, all []trace.Record) []trace.Record {
	i := find(t, all, toECU)
	return slices.Insert(all, i, all[i])
}

// swapped lets two frames of a block change their places, and not their times.
func swapped(t *testing.T, all []trace.Record) []trace.Record {
	isBlock := func(r *trace.Record) bool { return r.ID == 0x7E0 && r.Data[0]>>4 == 2 }
	i := find(t, all, isBlock)
	for !isBlock(&all[i+1]) {
		i++
	}
	all[i].Frame, all[i+1].Frame = all[i+1].Frame, all[i].Frame
	return all
}

func late(_ *testing.T, all []trace.Record) []trace.Record {
	last := all[len(all)-1]
	last.Time = last.Time.Add(time.Hour)
	return append(all, last)
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
}
