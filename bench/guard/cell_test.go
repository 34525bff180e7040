package guard_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/guard"
	"otabench/bench/record"
	"otabench/power/sim"
)

// cell is one cell of the failure matrix: a bench whose supply, switch and sensor outlive the suite and the guard, as
// real ones do, and what is seen of them.
type cell struct {
	way   way
	state state
	dir   string

	supply  *sim.Supply
	channel *sim.Channel
	contact *sim.Contact
	rail    *sim.Rail
	meter   *sim.Sensor
	address string // of the supply
	devices string // address of switch and sensor

	reached chan struct{} // closed when the suite is in the state
	goOn    chan struct{} // closed by letGo when the fault is there
	letGo   func()
	busy    sync.Mutex // held by the instrument while it works on a command
	slowed  bool       // it had its slow one

	guard *exec.Cmd // nil if the guard is the test's own process
	stop  context.CancelFunc
	ended chan error // receives the guard's end
}

// newCell builds the bench around a cell. The ECU of a bench without power takes its voltage from a stand-in.
func newCell(t *testing.T, w way, s state) *cell {
	t.Helper()
	c := &cell{
		way: w, state: s, dir: t.TempDir(),
		contact: sim.NewContact("main"), rail: sim.NewRail("kl30", sim.RailOptions{Bleeder: 47 * physic.Ohm}),
		reached: make(chan struct{}), goOn: make(chan struct{}), ended: make(chan error, 1),
	}
	c.letGo = sync.OnceFunc(func() { close(c.goOn) })
	var err error
	c.supply, err = sim.NewSupply(c.model(), sim.SupplyOptions{Serial: "DP8A1"})
	must(t, err)
	c.channel, err = c.supply.Channel(1)
	must(t, err)
	must(t, c.rail.Feed(c.channel, c.contact))
	c.meter = sim.NewINA226(c.rail, 0x40, 10*physic.MilliOhm)
	c.address = listen(t, func(ctx context.Context, conn net.Conn) {
		_ = c.supply.Serve(ctx, &serialLink{conn, bufio.NewReader(conn), c})
	})
	c.devices = listen(t, func(_ context.Context, conn net.Conn) { c.serveDevices(conn) })
	t.Cleanup(c.letGo) // also if the cell fails before
	must(t, registerDevices(c.name(), c.devices))
	must(t, os.WriteFile(c.benchFile(), c.yaml(), 0o600))
	return c
}

func (c *cell) model() string {
	if c.way.watchdog > 0 {
		return "keysight-n6700"
	}
	return "rigol-dp832"
}

// slow is the command that the instrument is working on in the cell's state, empty if there is none.
func (c *cell) slow() string {
	if c.way.watchdog > 0 {
		return c.state.slowWatched
	}
	return c.state.slow
}

// name is what periph knows the cell's switch and bus by.
func (c *cell) name() string {
	return strings.NewReplacer(" ", "-", ":", "").Replace(c.way.name + "-" + c.state.name)
}

func (c *cell) benchFile() string { return filepath.Join(c.dir, "bench.yaml") }
func (c *cell) record() string    { return filepath.Join(c.dir, "record.jsonl") }

// yaml is the embedded bench with this cell's supply, switch and sensor.
func (c *cell) yaml() []byte {
	text := string(embedded.UnitYAML)
	for old, new := range map[string]string{
		`"virtual:psu"`:       fmt.Sprintf("%q", "tcp:"+c.address),
		`"virtual:main"`:      fmt.Sprintf("%q", "gpio:"+c.name()),
		`"virtual:kl30@0x40"`: fmt.Sprintf("%q", "i2c:"+c.name()+"@0x40"),
	} {
		text = strings.Replace(text, old, new, 1)
	}
	if c.way.watchdog > 0 {
		text = strings.Replace(text, "model: rigol-dp832,", fmt.Sprintf("model: keysight-n6700, watchdog: %v,", c.way.watchdog), 1)
		text = strings.Replace(text, "ocp: 3.2A", "ocp: 3A", 1) // it trips at its current limit
	}
	return unused.ReplaceAll([]byte(text), nil)
}

// unused are packages that no cell installs. Making them costs each suite time.
var unused = regexp.MustCompile(
	`(?m)^ {6}[a-z-]+: example:(next|advance|downgrade|wrong.*|crashing|hanging|silent|unhealthy)\n`)

// listen serves TCP connections until the test ends and returns the address.
func listen(t *testing.T, serve func(context.Context, net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
			all.Go(func() { defer stop(); serve(ctx, conn) })
		}
	})
	t.Cleanup(func() { cancel(); _ = l.Close(); all.Wait() })
	return l.Addr().String()
}

// serialLink is a link to an instrument that carries out one command at a time, whoever sent it, and takes its time for
// one of them.
type serialLink struct {
	net.Conn
	in   *bufio.Reader
	cell *cell
}

// slowness is how long the instrument works on a slow command once the fault is there.
const slowness = 100 * time.Millisecond

func (l *serialLink) Read(b []byte) (int, error) {
	line, err := l.in.ReadSlice('\n')
	n := copy(b, line)
	l.cell.busy.Lock()
	defer l.cell.busy.Unlock()
	if slow := l.cell.slow(); slow != "" && strings.HasPrefix(string(line), slow) && !l.cell.slowed {
		l.cell.slowed = true
		close(l.cell.reached)
		<-l.cell.goOn
		time.Sleep(slowness)
	}
	return n, err
}

// start starts the suite under its guard.
func (c *cell) start(t *testing.T) {
	t.Helper()
	if c.way.guardDies {
		c.guard = c.command("matrix guard")
		must(t, c.guard.Start())
		go func() { c.ended <- c.guard.Wait() }()
		return
	}
	f, _, err := config.Load(c.benchFile())
	must(t, err)
	var out bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	c.stop = cancel
	go func() {
		_, err := guard.Run(ctx, c.command("matrix suite"), guard.Options{File: f, Record: c.record(), Output: &out})
		if testing.Verbose() && out.Len() > 0 {
			t.Logf("the suite printed %s", out.Bytes())
		}
		c.ended <- err
	}()
}

func (c *cell) command(role string) *exec.Cmd {
	cmd := suite(role, c.dir)
	cmd.Env = append(cmd.Env, devicesEnv+"="+c.devices, wayEnv+"="+c.way.name, stateEnv+"="+c.state.name)
	return cmd
}

// signal sends a signal to the suite's process.
func (c *cell) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, "suite.pid"))
	must(t, err)
	var pid int
	_, err = fmt.Sscan(string(text), &pid)
	must(t, err)
	must(t, syscall.Kill(pid, s))
}

// seen is for how long after the fault something was still so; for ever if it stayed so.
type seen struct {
	last    time.Duration
	forever bool
}

// observation is what was seen of a cell's bench, by looking at its wires and not by asking its instruments.
type observation struct {
	output, contact, line seen
}

// watch looks at the bench until the returned function is called.
func (c *cell) watch() (stop func() observation) {
	begin, quit, result := time.Now(), make(chan struct{}), make(chan observation)
	// A line that comes back for less than the time between two looks counts as well.
	crossed := make(chan bool, 1000)
	unwatch := c.rail.Terminal("watch").Notify(physic.Volt, func(rising bool) { crossed <- rising })
	go func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		var o observation
		o.look(begin, c)
		for {
			select {
			case <-quit:
				result <- o
				return
			case <-crossed:
				o.line.last = time.Since(begin)
			case <-tick.C:
				o.look(begin, c)
			}
		}
	}()
	return func() observation {
		unwatch()
		close(quit)
		return <-result
	}
}

func (o *observation) look(begin time.Time, c *cell) {
	o.output.look(begin, c.supply.Output(1).On)
	o.contact.look(begin, c.contact.Conducts())
	o.line.look(begin, c.rail.Voltage() >= physic.Volt)
}

func (s *seen) look(begin time.Time, now bool) {
	s.forever = now
	if now {
		s.last = time.Since(begin)
	}
}

// aftermath is how long a bench is watched after its suite and guard have ended: nothing may come back on.
const aftermath = 500 * time.Millisecond

// run carries out the cell and returns what was seen. It holds one of the slots while it does more than wait.
func (c *cell) run(t *testing.T, slots chan struct{}) (observation, story) {
	t.Helper()
	slots <- struct{}{}
	release := sync.OnceFunc(func() { <-slots })
	defer release()
	c.start(t)
	select {
	case <-c.reached:
	case err := <-c.ended:
		t.Fatalf("the suite ended before it reached the state: %v; %s", err, c.tail())
	case <-time.After(patience):
		t.Fatal("the suite did not reach the state")
	}
	if c.state.before != nil {
		must(t, c.state.before(c))
	}
	if c.way.strike != nil {
		c.way.strike(c)
	}
	stop := c.watch()
	c.letGo()
	if c.way.kill != nil {
		c.way.kill(t, c)
	}
	if c.way.waits {
		release()
	}
	select {
	case err := <-c.ended:
		if err != nil && !c.way.guardDies {
			t.Error(err)
		}
	case <-time.After(2 * patience):
		t.Error("the guard did not return")
	}
	c.awaitSuite(t)
	release()
	time.Sleep(aftermath + c.state.aftermath + c.way.watchdog)
	return stop(), c.story(t)
}

// awaitSuite waits until the suite's process has ended, which is nobody's child when its guard is gone.
func (c *cell) awaitSuite(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(c.dir, "suite.pid"))
	must(t, err)
	for begin := time.Now(); time.Since(begin) < patience; time.Sleep(10 * time.Millisecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%s/stat", text))
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
	}
	t.Error("the suite's process did not end")
}

func (c *cell) tail() string {
	text, _ := os.ReadFile(c.record())
	return string(text[max(0, len(text)-2000):])
}

// story is what the record says afterwards.
type story struct {
	safe *record.Safe
	kl30 record.SafeOutput
	main record.SafeOutput
	end  string
}

func (c *cell) story(t *testing.T) (s story) {
	t.Helper()
	s.end = "cut short"
	_, events, err := record.ReadFile(c.record())
	if err != nil {
		t.Error(err)
	}
	for _, e := range events {
		switch b := e.Body.(type) {
		case record.Safe:
			s.safe = &b
		case record.End:
			s.end = b.Status
		}
	}
	if s.safe != nil {
		by := byDevice(*s.safe)
		s.kl30, s.main = by["kl30"], by["main"]
	}
	return s
}
