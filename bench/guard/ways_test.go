package guard_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/guard"
	"otabench/bench/record"
)

// way is a way in which a suite, its guard or its equipment dies.
type way struct {
	name string
	// strike is what happens to the equipment, in the test's process, just before the suite goes on.
	strike func(c *cell)
	// kill is what happens to the processes, just after.
	kill func(t *testing.T, c *cell)
	// goOn is how the suite goes on, in its process; by waiting for an interrupt if it is nil.
	goOn func(s *running)
	// guardDies is set if kill ends the guard, which then has a process of its own.
	guardDies bool
	// watchdog is set if the supply has one, which bites after this silence.
	watchdog time.Duration
	// waits is set if it takes many seconds in which next to nothing happens.
	waits bool
}

// running is a suite in its process.
type running struct {
	ctx    context.Context // done when it is interrupted
	bench  *bench.Bench
	record *record.Writer
}

// end closes the bench and the record and ends the process, as the product's suite does.
func (s *running) end(status string) {
	_ = s.bench.Close(context.Background(), "the suite is over") // the record says how it went
	s.record.Add(record.End{Status: status})
	_ = s.record.Close()
	os.Exit(0)
}

// fails goes on with the procedure and ends the suite once that failed, or did not.
func (s *running) fails() {
	_ = s.bench.Rail("kl30").Set(s.ctx, 12*physic.Volt)
	s.end("failed")
}

func (s *running) losesItsBus() {
	ctx, cancel := context.WithTimeout(s.ctx, time.Second)
	defer cancel()
	_ = s.bench.Bus("body").Close()
	_, _ = s.bench.ECU("bcm").WhoAmI(ctx)
	s.end("failed")
}

func (s *running) hangs() {
	signal.Ignore(os.Interrupt, syscall.SIGTERM)
	select {}
}

func (s *running) panics() {
	go panic("injected")
	select {}
}

func ways() []way {
	interrupt := func(_ *testing.T, c *cell) { c.stop() }
	signalled := func(s syscall.Signal) func(*testing.T, *cell) {
		return func(t *testing.T, c *cell) { c.signal(t, s) }
	}
	killGuard := func(t *testing.T, c *cell) { must(t, c.guard.Process.Kill()) }
	killBoth := func(t *testing.T, c *cell) {
		killGuard(t, c)
		c.signal(t, syscall.SIGKILL)
	}
	lie := func(c *cell) { c.channel.Stick(true) }
	weld := func(c *cell) { c.contact.Weld(true) }
	both := func(c *cell) { lie(c); weld(c) }
	return []way{
		{name: "suite hangs, deaf to the interrupt", goOn: (*running).hangs, kill: interrupt, waits: true},
		{name: "supply: stalled", strike: func(c *cell) { c.supply.Stall() }, goOn: (*running).fails, waits: true},
		{name: "suite passes", goOn: func(s *running) { s.end("passed") }},
		{name: "suite fails", goOn: (*running).fails},
		{name: "suite panics", goOn: (*running).panics},
		{name: "suite calls os.Exit", goOn: func(*running) { os.Exit(5) }},
		{name: "SIGINT to the guard", kill: interrupt},
		{name: "SIGTERM to the suite", kill: signalled(syscall.SIGTERM)},
		{name: "SIGKILL to the suite", kill: signalled(syscall.SIGKILL)},
		{name: "SIGKILL to the guard", kill: killGuard, guardDies: true},
		{name: "SIGKILL to both", kill: killBoth, guardDies: true},
		{name: "SIGKILL to both, supply with a watchdog", kill: killBoth, guardDies: true, watchdog: 2 * time.Second},
		{name: "supply: link reset", strike: func(c *cell) { c.supply.Vanish(); c.supply.Return() }, goOn: (*running).fails},
		{name: "supply: unreachable", strike: func(c *cell) { c.supply.Vanish() }, goOn: (*running).fails},
		{name: "supply: stays on and says off", strike: lie, goOn: (*running).fails},
		{name: "switch: welded", strike: weld, goOn: (*running).fails},
		{name: "switch welded, and supply stays on and says off", strike: both, goOn: (*running).fails},
		{name: "sensor: silent", strike: func(c *cell) { c.meter.Silence(true) }, goOn: (*running).fails},
		{name: "bus: lost", goOn: (*running).losesItsBus},
	}
}

const (
	devicesEnv = "OTABENCH_GUARD_DEVICES"
	wayEnv     = "OTABENCH_GUARD_WAY"
	stateEnv   = "OTABENCH_GUARD_STATE"
)

// find returns what has the name in the environment.
func find[T any](all []T, name func(T) string, env string) T {
	for _, one := range all {
		if name(one) == os.Getenv(env) {
			return one
		}
	}
	panic(env + "=" + os.Getenv(env))
}

func findWay() way     { return find(ways(), func(w way) string { return w.name }, wayEnv) }
func findState() state { return find(states(), func(s state) string { return s.name }, stateEnv) }

// matrixSuite is the suite's process of a cell. Like the product's suite it makes the bench safe when it is
// interrupted, and when its guard is gone.
func matrixSuite(dir string) error {
	w, s := findWay(), findState()
	devices := os.Getenv(devicesEnv)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-guard.Alive()
		_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
	}()
	f, _, err := config.Load(filepath.Join(dir, "bench.yaml"))
	if err != nil {
		return err
	}
	if err := errors.Join(registerDevices((&cell{way: w, state: s}).name(), devices), writePID(dir)); err != nil {
		return err
	}
	rec, err := record.Create(filepath.Join(dir, "record.jsonl"), record.Header{Run: "matrix"})
	if err != nil {
		return err
	}
	b, err := bench.Open(ctx, f, bench.Options{Record: rec, Dir: dir})
	if err != nil {
		return err
	}
	// Whatever the procedure is at, it is not told: the bench has to become safe around it.
	go func() {
		there := false
		err := s.reach(context.Background(), b, func() error {
			there = true
			_, err := ask(devices, "reached")
			return err
		})
		if err != nil && !there && s.slow == "" {
			fmt.Fprintln(os.Stderr, "the suite does not get there:", err)
			os.Exit(3)
		}
	}()
	if _, err := ask(devices, "await"); err != nil {
		return err
	}
	if w.goOn != nil {
		w.goOn(&running{ctx, b, rec})
	}
	<-ctx.Done()
	(&running{ctx, b, rec}).end("failed")
	return nil
}

// matrixGuard is the guard's process of a cell whose guard dies.
func matrixGuard(dir string) error {
	f, _, err := config.Load(filepath.Join(dir, "bench.yaml"))
	if err != nil {
		return err
	}
	c := cell{way: findWay(), state: findState()}
	if err := registerDevices(c.name(), os.Getenv(devicesEnv)); err != nil {
		return err
	}
	cmd := suite("matrix suite", dir)
	record := filepath.Join(dir, "record.jsonl")
	_, err = guard.Run(context.Background(), cmd, guard.Options{File: f, Record: record, Output: os.Stderr})
	return err
}
