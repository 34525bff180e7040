package bench_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/packages"
	"otabench/bench/record"
	"otabench/can/trace"
	"otabench/can/virtual"
)

// journal keeps the events of a record.
type journal struct {
	mu     sync.Mutex
	bodies []record.Body
}

func (j *journal) add(e record.Event) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.bodies = append(j.bodies, e.Body)
}

// said returns the events of one kind.
func said[B record.Body](j *journal) []B {
	j.mu.Lock()
	defer j.mu.Unlock()
	var all []B
	for _, b := range j.bodies {
		if b, ok := b.(B); ok {
			all = append(all, b)
		}
	}
	return all
}

// settings returns what was done to a device, in order.
func (j *journal) settings(device string) []string {
	var all []string
	for _, s := range said[record.Setting](j) {
		if s.Device == device {
			all = append(all, s.Action)
		}
	}
	return all
}

// open opens the embedded bench of one unit with a changed file. It has to be called in a bubble.
func open(t *testing.T, change func(*config.File, *bench.Options)) (*bench.Bench, *journal, error) {
	t.Helper()
	return openText(t, embedded.UnitYAML, change)
}

func openText(t *testing.T, text []byte, change func(*config.File, *bench.Options)) (*bench.Bench, *journal, error) {
	t.Helper()
	f, err := config.Parse(embedded.Name, text)
	if err != nil {
		t.Fatal(err)
	}
	w, err := record.NewWriter(io.Discard, record.Header{})
	if err != nil {
		t.Fatal(err)
	}
	j := &journal{}
	w.Watch(j.add)
	opts := bench.Options{Record: w, Dir: t.TempDir()}
	if change != nil {
		change(f, &opts)
	}
	b, err := bench.Open(t.Context(), f, opts)
	return b, j, err
}

// onBench runs f on the embedded bench of one unit in virtual time. Everything that the bench started has to end with Close.
func onBench(t *testing.T, change func(*config.File, *bench.Options), f func(t *testing.T, b *bench.Bench, j *journal)) {
	t.Helper()
	onText(t, embedded.UnitYAML, change, f)
}

// onText is onBench with another file.
func onText(t *testing.T, text []byte, change func(*config.File, *bench.Options), f func(t *testing.T, b *bench.Bench, j *journal)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b, j, err := openText(t, text, change)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := b.Close(t.Context(), "the test is over"); err != nil {
				t.Error(err)
			}
		}()
		f(t, b, j)
	})
}

// outputs is the number of outputs and switches of the embedded bench: bcm-open, body-short, kl30, main, plug.
const outputs = 5

// must ends the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOpenIdentifiesAndEnergisesNothing(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		r, source, err := b.Rail("kl30").Measure(t.Context())
		if err != nil || r.Voltage >= physic.Volt || source != "terminals" {
			t.Errorf("%v by %s, %v", r, source, err)
		}
		if s := said[record.Setting](j); len(s) != 0 {
			t.Errorf("was commanded: %v", s)
		}
		roles := map[string]string{}
		for _, d := range said[record.Device](j) {
			roles[d.Role] = d.Class
			if !d.Simulated {
				t.Errorf("%s does not count as simulated", d.Role)
			}
		}
		for role, class := range map[string]string{"psu": "supply", "main": "switch", "terminals": "sensor", "body": "bus"} {
			if roles[role] != class {
				t.Errorf("%s is recorded as %q, want %q", role, roles[role], class)
			}
		}
		if b.File().Name != "embedded-unit" || b.Record() == nil || b.Bus("body") == nil || b.Battery() == nil || b.Unit() != b.ECU("bcm") {
			t.Error("the bench does not hand out what it opened")
		}
	})
}

func TestOpenFails(t *testing.T) {
	ecu := func(change func(*config.ECU)) func(*config.File, *bench.Options) {
		return func(f *config.File, _ *bench.Options) {
			e := f.ECUs["bcm"]
			change(&e)
			f.ECUs["bcm"] = e
		}
	}
	for _, c := range []struct {
		name   string
		change func(*config.File, *bench.Options)
		says   string
	}{
		{"package that is not there", ecu(func(e *config.ECU) { e.Packages["next"] = "none.ota" }), "none.ota"},
		{"package that is wrong", ecu(func(e *config.ECU) { e.Packages["next"] = "example:wrong-key" }), `package "next"`},
		{"console that is not there", ecu(func(e *config.ECU) { e.Console = "telnet:1" }), "open ECU bcm"},
		{"secret that is not there", ecu(func(e *config.ECU) { e.Description.Security.Secret = "env:OTABENCH_TEST_NO_SUCH_SECRET" }), "OTABENCH_TEST_NO_SUCH_SECRET"},
		{"bus that is not there", func(f *config.File, _ *bench.Options) {
			f.Buses["other"] = config.Bus{Address: "tcp:1"}
		}, "open bus other"},
		{"supply that cannot be simulated", func(f *config.File, _ *bench.Options) {
			f.Supplies["psu"] = config.Supply{Model: "acme-1", Address: "virtual:psu"}
		}, "simulate supply psu"},
		{"supply with another serial number", func(f *config.File, _ *bench.Options) {
			s := f.Supplies["psu"]
			s.Serial = "OTHER"
			f.Supplies["psu"] = s
		}, "OTHER"},
		{"console log that cannot be written", func(_ *config.File, o *bench.Options) {
			o.ConsoleLog = func(string) (io.WriteCloser, error) { return nil, errors.New("disk full") }
		}, "disk full"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, j, err := open(t, c.change)
				if b != nil || err == nil || !strings.Contains(err.Error(), c.says) {
					t.Fatalf("%v, %v; want an error with %q", b, err, c.says)
				}
				for _, s := range said[record.Safe](j) {
					if len(s.Outputs) != outputs || slices.ContainsFunc(s.Outputs, func(o record.SafeOutput) bool { return !o.Off }) {
						t.Errorf("left behind: %+v", s)
					}
				}
			})
		})
	}
}

func TestAPackageErrorIsTheFilesFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, j, err := open(t, func(f *config.File, _ *bench.Options) { f.ECUs["bcm"].Packages["next"] = "none.otapkg" })
		var pe *packages.Error
		if !errors.As(err, &pe) || pe.Role != "next" {
			t.Errorf("%v", err)
		}
		if len(said[record.Safe](j)) != 1 {
			t.Error("the record does not say how the bench was left")
		}
	})
}

func TestUnknownRolesPanicWithTheKnownOnes(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		for name, f := range map[string]func(){
			`no ECU "ecm"; it has [bcm]`:    func() { b.ECU("ecm") },
			`no rail "kl15"; it has [kl30]`: func() { b.Rail("kl15") },
			`no bus "adas"; it has [body]`:  func() { b.Bus("adas") },
			`no package "none"; it has [`:   func() { b.ECU("bcm").Package("none") },
		} {
			func() {
				defer func() {
					if got := fmt.Sprint(recover()); !strings.Contains(got, name) {
						t.Errorf("panics with %q, want %q", got, name)
					}
				}()
				f()
			}()
		}
	})
}

func TestFaultsAreTakenOnce(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		b.Fault("psu", errors.New("no answer"))
		b.Fault("body", errors.New("bus off"))
		want := []record.Fault{{Device: "psu", Text: "no answer"}, {Device: "body", Text: "bus off"}}
		if got := b.TakeFaults(); !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
		if got := b.TakeFaults(); len(got) != 0 {
			t.Errorf("a second time: %v", got)
		}
		if got := said[record.Fault](j); !slices.Equal(got, want) {
			t.Errorf("recorded: %v", got)
		}
	})
}

func TestEvidence(t *testing.T) {
	dir := t.TempDir()
	var frames bytes.Buffer
	var tracer *trace.Recorder
	with := func(_ *config.File, o *bench.Options) {
		tracer = trace.NewRecorder(&frames, "body")
		o.Trace = tracer
		o.ConsoleLog = func(ecu string) (io.WriteCloser, error) { return os.Create(filepath.Join(dir, ecu+".log")) }
	}
	onBench(t, with, func(t *testing.T, b *bench.Bench, j *journal) {
		defer func() { must(t, tracer.Close()) }()
		b.Step("switch on")
		must(t, b.Rail("kl30").On(t.Context()))
		_, err := b.ECU("bcm").WhoAmI(t.Context())
		must(t, err)
		if s := said[record.Step](j); len(s) != 1 || s[0].Text != "switch on" {
			t.Errorf("steps %v", s)
		}
		if len(said[record.ConsoleLine](j)) == 0 {
			t.Error("the ECU's boot messages are not in the record")
		}
		if len(said[record.Exchange](j)) == 0 {
			t.Error("the requests are not in the record")
		}
		if len(said[record.Sample](j)) < 2 {
			t.Error("the rise of the rail is not in the record")
		}
		if b.ECU("bcm").Console() == nil || b.ECU("bcm").Rail() != b.Rail("kl30") {
			t.Error("the ECU lacks its console or rail")
		}
	})
	if !bytes.Contains(frames.Bytes(), []byte("switch on")) {
		t.Error("the trace lacks the step")
	}
	log, err := os.ReadFile(filepath.Join(dir, "bcm.log"))
	if err != nil || len(log) == 0 {
		t.Errorf("console log: %d bytes, %v", len(log), err)
	}
}

func TestCloseLeavesEverythingOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, j, err := open(t, nil)
		must(t, err)
		must(t, b.Rail("kl30").On(t.Context()))
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // an interrupted suite has to be able to close its bench
		must(t, b.Close(ctx, "done"))
		safe := said[record.Safe](j)
		if len(safe) != 1 || safe[0].By != "suite" || safe[0].Reason != "done" || len(safe[0].Outputs) != outputs {
			t.Fatalf("%+v", safe)
		}
		if kl30 := safe[0].Outputs[2]; !kl30.Off || !kl30.Confirmed || *kl30.Volts >= 1 {
			t.Errorf("%+v", kl30)
		}
		if !safe[0].Outputs[3].Off {
			t.Errorf("%+v", safe[0].Outputs[1])
		}
	})
}

// What a controller reports stands in the record, in words.
func TestControllerTrouble(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		b.Bus("body").(*virtual.Node).ForceBusOff()
		synctest.Wait()
		for _, n := range said[record.Note](j) {
			if strings.HasPrefix(n.Text, "bus body: bus-off") {
				return
			}
		}
		t.Errorf("notes: %v", said[record.Note](j))
	})
}

// A bus that ends is a fault at once, whether anybody uses it or not.
func TestEndOfABus(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		synctest.Wait()
		if faults := b.TakeFaults(); len(faults) > 0 {
			t.Fatalf("faults: %v", faults)
		}
		must(t, b.Bus("body").Close())
		synctest.Wait()
		if faults := b.TakeFaults(); len(faults) != 1 || faults[0].Device != "body" {
			t.Errorf("faults: %v", faults)
		}
	})
}

// An instrument whose calibration is overdue makes no verdict void, but whoever reads the report learns of it.
func TestOverdueCalibrationIsADeviation(t *testing.T) {
	dated := func(f *config.File, _ *bench.Options) { // the virtual clock begins in the year 2000
		psu, terminals := f.Supplies["psu"], f.Sensors["terminals"]
		psu.Calibrated, psu.Due = "1999-03-01", "2001-03-01"
		terminals.Calibrated, terminals.Due = "1997-03-01", "1999-03-01"
		f.Supplies["psu"], f.Sensors["terminals"] = psu, terminals
	}
	onBench(t, dated, func(t *testing.T, b *bench.Bench, j *journal) {
		if d := said[record.Deviation](j); len(d) != 1 || d[0].Device != "terminals" || !strings.Contains(d[0].Text, "1999-03-01") {
			t.Errorf("%+v", d)
		}
		if faults := b.TakeFaults(); len(faults) != 0 {
			t.Errorf("%+v", faults)
		}
		for _, d := range said[record.Device](j) {
			if d.Role == "psu" && d.Details["calibration"] != "calibrated 1999-03-01, due 2001-03-01" {
				t.Errorf("%+v", d)
			}
		}
	})
}
