package restbus_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/signal"
	"otabench/can/signal/e2e"
	"otabench/can/signal/restbus"
	"otabench/can/virtual"
)

const ms = time.Millisecond

const dbc = `VERSION ""
BU_: ECM TCM BCM
BO_ 256 Engine: 8 ECM
 SG_ Check : 0|8@1+ (1,0) [0|255] "" BCM
 SG_ Alive : 8|4@1+ (1,0) [0|14] "" BCM
 SG_ Speed : 16|16@1+ (0.25,0) [0|16000] "rpm" BCM
 SG_ Torque : 32|16@1- (0.5,0) [-1000|1000] "Nm" BCM
BO_ 257 Gearbox: 2 TCM
 SG_ Gear : 0|8@1+ (1,0) [0|8] "" BCM
BO_ 258 Wipers: 1 BCM
 SG_ On : 0|1@1+ (1,0) [0|1] "" ECM
BO_ 259 Event: 8 ECM
BO_ 260 Long: 100 ECM
BA_DEF_ BO_ "GenMsgCycleTime" INT 0 65535;
BA_ "GenMsgCycleTime" BO_ 256 10;
BA_ "GenMsgCycleTime" BO_ 257 20;
BA_ "GenMsgCycleTime" BO_ 258 100;
`

func database(t testing.TB) *signal.Database {
	t.Helper()
	db, err := signal.ReadDBC("rest.dbc", strings.NewReader(dbc))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func message(t testing.TB, name string) *signal.Message {
	t.Helper()
	m, err := database(t).Message(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// bench is a wire with a simulation's node and an ECU that hears it, in virtual time.
type bench struct {
	*testing.T
	wire  *virtual.Bus
	node  *virtual.Node
	begin time.Time

	mu    sync.Mutex
	heard []can.Received
	miss  []restbus.Miss
}

func inBench(t *testing.T, opts virtual.Options, f func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{T: t, wire: virtual.NewBus("rest", opts), begin: time.Now()}
		defer b.wire.Close()
		b.node = b.wire.Attach("rest bus")
		b.wire.Attach("ECU").Tap(func(r can.Received) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.heard = append(b.heard, r)
		})
		f(b)
	})
}

func (b *bench) start(entries ...restbus.Entry) *restbus.Simulation {
	b.Helper()
	sim, err := restbus.Start(b.Context(), b.node, restbus.Schedule{Entries: entries, OnMiss: func(m restbus.Miss) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.miss = append(b.miss, m)
	}})
	if err != nil {
		b.Fatal(err)
	}
	return sim
}

// until waits for an instant, counted from the beginning, and for all that happens then.
func (b *bench) until(t time.Duration) {
	time.Sleep(time.Until(b.begin.Add(t)))
	synctest.Wait()
}

// frames returns what the ECU heard since the last call, with the milliseconds that had passed.
func (b *bench) frames() (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.heard {
		all = append(all, fmt.Sprintf("%v %v", r.Time.Sub(b.begin).Truncate(ms), r.Frame))
	}
	b.heard = nil
	return all
}

func (b *bench) misses() []restbus.Miss {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.miss
}

func (b *bench) expect(got []string, want ...string) {
	b.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		b.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestCycles(t *testing.T) {
	inBench(t, virtual.Options{}, func(b *bench) {
		sim := b.start(
			restbus.Entry{Message: message(t, "Engine"), Values: map[string]signal.Input{"Speed": signal.Physical(750)}},
			restbus.Entry{Message: message(t, "Gearbox"), Cycle: 14 * ms},
		)
		b.until(36 * ms)
		b.expect(b.frames(), "0s 100#0000B80B00000000", "5ms 101#0000", "10ms 100#0000B80B00000000", "19ms 101#0000",
			"20ms 100#0000B80B00000000", "30ms 100#0000B80B00000000", "33ms 101#0000")
		sim.Stop()
		if err := sim.Err(); !errors.Is(err, restbus.ErrStopped) {
			t.Error(err)
		}
		b.until(100 * ms)
		b.expect(b.frames())
		for i, want := range []restbus.Stats{
			{Message: "Engine", Cycle: 10 * ms, Sent: 4}, {Message: "Gearbox", Cycle: 14 * ms, Phase: 5 * ms, Sent: 3},
		} {
			if got := sim.Stats()[i]; got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
	})
}

func TestValuesTakeEffectTogetherWithTheNextFrame(t *testing.T) {
	inBench(t, virtual.Options{}, func(b *bench) {
		sim := b.start(restbus.Entry{Message: message(t, "Engine")})
		defer sim.Stop()
		b.until(5 * ms)
		values := map[string]signal.Input{"Speed": signal.Physical(750), "Torque": signal.Physical(-0.5)}
		if err := sim.SetAll("Engine", values); err != nil {
			t.Fatal(err)
		}
		values["Torque"] = signal.Physical(2000)
		values["Speed"] = signal.Physical(0)
		if err := sim.SetAll("Engine", values); !errors.Is(err, signal.ErrRange) {
			t.Error(err)
		}
		b.until(15 * ms)
		if err := sim.Set("Engine", "Speed", signal.Raw(1)); err != nil {
			t.Fatal(err)
		}
		b.until(25 * ms)
		b.expect(b.frames(), "0s 100#0000000000000000", "10ms 100#0000B80BFFFF0000", "20ms 100#00000100FFFF0000")
	})
}

func TestSetRefuses(t *testing.T) {
	inBench(t, virtual.Options{}, func(b *bench) {
		sim := b.start(restbus.Entry{
			Message: message(t, "Engine"), Counter: &restbus.Counter{Signal: "Alive"},
			Checksum: &restbus.Checksum{Signal: "Check", Sum: restbus.XOR},
		})
		defer sim.Stop()
		for name, err := range map[string]error{
			"message":  errors.Join(sim.Set("Motor", "Speed", signal.Raw(0)), sim.Pause("Motor"), sim.Resume("Motor")),
			"signal":   sim.Set("Engine", "Sped", signal.Raw(0)),
			"counter":  sim.Set("Engine", "Alive", signal.Raw(0)),
			"checksum": sim.Set("Engine", "Check", signal.Raw(0)),
		} {
			if !errors.Is(err, signal.ErrUnknown) && !errors.Is(err, restbus.ErrSchedule) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestCounterAndChecksum(t *testing.T) {
	inBench(t, virtual.Options{}, func(b *bench) {
		sim := b.start(restbus.Entry{
			Message: message(t, "Engine"), Values: map[string]signal.Input{"Speed": signal.Raw(0x1234)},
			Counter:  &restbus.Counter{Signal: "Alive", First: 13},
			Checksum: &restbus.Checksum{Signal: "Check", Sum: restbus.XOR},
		}, restbus.Entry{
			Message: message(t, "Gearbox"), Cycle: 10 * ms, Counter: &restbus.Counter{Signal: "Gear", First: 1, Last: 2},
		})
		defer sim.Stop()
		b.until(39 * ms)
		b.expect(b.frames(),
			"0s 100#2B0D341200000000", "5ms 101#0100", "10ms 100#280E341200000000", "15ms 101#0200",
			"20ms 100#290F341200000000", "25ms 101#0100", "30ms 100#2B0D341200000000", "35ms 101#0200")
	})
}

func TestProtection(t *testing.T) {
	inBench(t, virtual.Options{Bitrate: 500_000}, func(b *bench) {
		profile := e2e.Profile1A(0x123, 8)
		sender, err := e2e.NewProtector(profile)
		if err != nil {
			t.Fatal(err)
		}
		receiver, err := e2e.NewChecker(profile)
		if err != nil {
			t.Fatal(err)
		}
		var statuses []string
		b.wire.Attach("checker").Tap(func(r can.Received) {
			statuses = append(statuses, receiver.Check(r.Payload()).String())
		})
		b.wire.Inject(virtual.Fault{After: 2, Count: 1, Action: virtual.Drop})
		sim := b.start(restbus.Entry{Message: message(t, "Engine"), Protection: sender})
		defer sim.Stop()
		b.until(45 * ms)
		b.expect(statuses, "initial", "OK", "OK, some lost", "OK")
	})
}

// A wire that is busy for longer than a cycle costs frames; they are counted and not made up for.
func TestBusyBus(t *testing.T) {
	inBench(t, virtual.Options{Bitrate: 500_000}, func(b *bench) {
		isGearbox := func(f can.Frame) bool { return f.ID == 0x101 }
		b.wire.Inject(virtual.Fault{Match: isGearbox, After: 1, Count: 1, Action: virtual.Delay(35 * ms)})
		sim := b.start(
			restbus.Entry{Message: message(t, "Engine"), Counter: &restbus.Counter{Signal: "Alive"}},
			restbus.Entry{Message: message(t, "Gearbox"), Cycle: 50 * ms},
		)
		defer sim.Stop()
		b.until(99 * ms)
		var engine []string
		for _, text := range b.frames() {
			if strings.Contains(text, "100#") {
				engine = append(engine, text)
			}
		}
		// The gearbox's second frame occupies the wire from 55 ms to 90.2 ms. The engine's frames of 60, 70 and 80 ms, whose
		// counters are 6, 7 and 8, find no place within their cycles; that of 90 ms does.
		b.expect(engine,
			"0s 100#0000000000000000", "10ms 100#0001000000000000", "20ms 100#0002000000000000", "30ms 100#0003000000000000",
			"40ms 100#0004000000000000", "50ms 100#0005000000000000", "90ms 100#0009000000000000")
		stats := sim.Stats()[0]
		if stats.Sent != 7 || stats.Missed != 3 || !errors.Is(stats.LastErr, restbus.ErrLate) ||
			stats.Latency.Max < 200*time.Microsecond {
			t.Errorf("%+v", stats)
		}
		misses := b.misses()
		if len(misses) != 3 || misses[0].Due.Sub(b.begin) != 60*ms ||
			!strings.Contains(misses[0].String(), "message Engine missed 1 cycles from ") {
			t.Errorf("%v", misses)
		}
	})
}

func TestBusOff(t *testing.T) {
	inBench(t, virtual.Options{Bitrate: 500_000}, func(b *bench) {
		sim := b.start(restbus.Entry{Message: message(t, "Engine")})
		defer sim.Stop()
		b.until(15 * ms)
		b.wire.Short(true)
		b.until(55 * ms)
		stats := sim.Stats()[0]
		if stats.Sent != 2 || stats.Missed < 3 || int(stats.Missed) != len(b.misses()) ||
			!errors.Is(stats.LastErr, can.ErrBusOff) {
			t.Errorf("%+v, %v", stats, b.misses())
		}
	})
}

func TestNobodyHears(t *testing.T) {
	inBench(t, virtual.Options{Bitrate: 500_000}, func(b *bench) {
		b.node.Detach()
		sim := b.start(restbus.Entry{Message: message(t, "Engine")})
		defer sim.Stop()
		b.until(35 * ms)
		b.node.Reattach()
		b.until(41 * ms)
		if stats := sim.Stats()[0]; stats.Missed != 3 || stats.Sent != 2 || stats.Latency.Max < 5*ms {
			t.Errorf("%+v", stats)
		}
	})
}

// sluggish is a bus whose Send takes its time, whatever the context says, as a process does that is not scheduled.
type sluggish struct {
	can.Bus
	delay func() time.Duration
}

func (s sluggish) Send(ctx context.Context, f can.Frame) error {
	time.Sleep(s.delay())
	return s.Bus.Send(context.WithoutCancel(ctx), f)
}

func TestCyclesThatPassedAreCounted(t *testing.T) {
	inBench(t, virtual.Options{}, func(b *bench) {
		n := 0
		bus := sluggish{b.node, func() time.Duration {
			if n++; n == 2 {
				return 35 * ms
			}
			return 0
		}}
		entries := []restbus.Entry{{Message: message(t, "Engine")}}
		sim, err := restbus.Start(b.Context(), bus, restbus.Schedule{Entries: entries})
		if err != nil {
			t.Fatal(err)
		}
		defer sim.Stop()
		b.until(65 * ms)
		// The frame of 10 ms goes out at 45 ms, those of 20 and 30 ms never do, that of 40 ms does at once.
		b.expect(b.frames(), "0s 100#0000000000000000", "45ms 100#0000000000000000", "45ms 100#0000000000000000",
			"50ms 100#0000000000000000", "60ms 100#0000000000000000")
		stats := sim.Stats()[0]
		want := restbus.Stats{
			Message: "Engine", Cycle: 10 * ms, Sent: 5, Missed: 2, LastErr: stats.LastErr,
			Jitter: restbus.Delay{Max: 5 * ms, Mean: 1 * ms}, Latency: restbus.Delay{Max: 35 * ms, Mean: 8 * ms},
		}
		if stats != want || !errors.Is(stats.LastErr, restbus.ErrLate) {
			t.Errorf("got %+v, want %+v", stats, want)
		}
	})
}

func TestPause(t *testing.T) {
	inBench(t, virtual.Options{}, func(b *bench) {
		sim := b.start(restbus.Entry{Message: message(t, "Engine"), Counter: &restbus.Counter{Signal: "Alive"}})
		defer sim.Stop()
		b.until(5 * ms)
		if err := sim.Pause("Engine"); err != nil {
			t.Fatal(err)
		}
		b.until(25 * ms)
		if !sim.Stats()[0].Paused {
			t.Error("not paused")
		}
		if err := sim.Resume("Engine"); err != nil {
			t.Fatal(err)
		}
		b.until(35 * ms)
		b.expect(b.frames(), "0s 100#0000000000000000", "30ms 100#0001000000000000")
		if stats := sim.Stats()[0]; stats.Missed != 0 {
			t.Errorf("%+v", stats)
		}
	})
}

func TestEndsWithTheBus(t *testing.T) {
	inBench(t, virtual.Options{}, func(b *bench) {
		sim := b.start(restbus.Entry{Message: message(t, "Engine")}, restbus.Entry{Message: message(t, "Wipers")})
		b.until(1 * ms)
		if sim.Err() != nil {
			t.Error(sim.Err())
		}
		b.node.Close()
		<-sim.Done()
		if err := sim.Err(); !errors.Is(err, can.ErrClosed) || time.Since(b.begin) != 5*ms {
			t.Errorf("after %v: %v", time.Since(b.begin), err)
		}
		sim.Stop()
	})
}

func TestEndsWithTheContext(t *testing.T) {
	inBench(t, virtual.Options{}, func(b *bench) {
		ctx, cancel := context.WithCancel(b.Context())
		sim, err := restbus.Start(ctx, b.node, restbus.Schedule{Entries: []restbus.Entry{{Message: message(t, "Engine")}}})
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		<-sim.Done()
		if !errors.Is(sim.Err(), context.Canceled) {
			t.Error(sim.Err())
		}
	})
}

// A checksum that its signal cannot hold, and a protection that fails, are missed frames with a reason.
func TestBrokenChecksumAndProtection(t *testing.T) {
	inBench(t, virtual.Options{}, func(b *bench) {
		profile, err := e2e.NewProtector(e2e.Profile1A(1, 8))
		if err != nil {
			t.Fatal(err)
		}
		calls := 0
		sim := b.start(
			restbus.Entry{Message: message(t, "Gearbox"), Cycle: 10 * ms, Protection: profile},
			restbus.Entry{Message: message(t, "Engine"), Checksum: &restbus.Checksum{Signal: "Check", Sum: func([]byte) uint64 {
				calls++
				return uint64(calls) << 7
			}}},
		)
		defer sim.Stop()
		b.until(9 * ms)
		stats := sim.Stats()
		if stats[0].Missed != 1 || !errors.Is(stats[0].LastErr, e2e.ErrLength) {
			t.Errorf("%+v", stats[0])
		}
		if stats[1].Missed != 1 || !errors.Is(stats[1].LastErr, signal.ErrRange) {
			t.Errorf("%+v", stats[1])
		}
	})
}

func TestStartRefuses(t *testing.T) {
	engine := restbus.Entry{Message: message(t, "Engine")}
	with := func(change func(*restbus.Entry)) []restbus.Entry {
		e := engine
		change(&e)
		return []restbus.Entry{e}
	}
	for want, entries := range map[string][]restbus.Entry{
		"message Engine is there twice":                  {engine, engine},
		"message Event has the cycle 0s; accepted: more": {{Message: message(t, "Event")}},
		"100 bytes do not fit a frame":                   {{Message: message(t, "Long"), Cycle: ms}},
		"-1ms":                                           with(func(e *restbus.Entry) { e.Cycle = -ms }),
		`signal "X": not in the database`: with(func(e *restbus.Entry) {
			e.Values = map[string]signal.Input{"X": signal.Raw(0)}
		}),
		`counter: signal "X": not in the database`: with(func(e *restbus.Entry) {
			e.Counter = &restbus.Counter{Signal: "X"}
		}),
		"counter Alive from 15 to 15": with(func(e *restbus.Entry) {
			e.Counter = &restbus.Counter{Signal: "Alive", First: 15}
		}),
		"raw 16, only raw 0 to 15": with(func(e *restbus.Entry) {
			e.Counter = &restbus.Counter{Signal: "Alive", Last: 16}
		}),
		`"Y": not in the database`: with(func(e *restbus.Entry) {
			e.Checksum = &restbus.Checksum{Signal: "Y", Sum: restbus.Sum8}
		}),
	} {
		inBench(t, virtual.Options{}, func(b *bench) {
			_, err := restbus.Start(b.Context(), b.node, restbus.Schedule{Entries: entries})
			if !errors.Is(err, restbus.ErrSchedule) || !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

// An hour of messages whose cycles are multiples of one another never has two due at once, and no millisecond has more
// than two.
func TestPhases(t *testing.T) {
	var cycles []time.Duration
	for i := range 60 {
		cycles = append(cycles, []time.Duration{10 * ms, 20 * ms, 100 * ms, 100 * ms, 100 * ms, 1000 * ms}[i%6])
	}
	due := map[time.Duration]int{}
	load := map[time.Duration]int{}
	for i, phase := range restbus.Phases(cycles) {
		if phase < 0 || phase >= cycles[i] {
			t.Errorf("%d: phase %v of %v", i, phase, cycles[i])
		}
		for at := phase; at < 2*time.Second; at += cycles[i] {
			due[at]++
			load[at/ms]++
		}
	}
	for at, n := range due {
		if n > 1 {
			t.Errorf("%d due at %v", n, at)
		}
	}
	for at, n := range load {
		if n > 6 {
			t.Errorf("%d due in millisecond %d", n, at)
		}
	}
	if restbus.Phases(nil) != nil {
		t.Error("phases of nothing")
	}
}

func TestRest(t *testing.T) {
	db := database(t)
	for present, want := range map[string]string{"BCM": "Engine Gearbox", "ECM": "Gearbox Wipers", "ECM,TCM,BCM": ""} {
		entries, err := restbus.Rest(db, strings.Split(present, ",")...)
		var names []string
		for _, e := range entries {
			names = append(names, e.Message.Name)
		}
		if got := strings.Join(names, " "); err != nil || got != want {
			t.Errorf("with %s: got %s, %v, want %s", present, got, err, want)
		}
	}
	if _, err := restbus.Rest(db, "XYZ"); !errors.Is(err, signal.ErrUnknown) {
		t.Error(err)
	}
}

func TestSums(t *testing.T) {
	data := []byte{0xF0, 0x21, 0x03}
	if xor, sum := restbus.XOR(data), restbus.Sum8(data); xor != 0xD2 || sum != 0x14 {
		t.Errorf("%x %x", xor, sum)
	}
}
