package sim

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// life is the time from one reset to the next: everything that is lost then.
type life struct {
	*ECU
	why    resetReason
	began  time.Time
	bus    transceiver
	tasks  sync.WaitGroup
	end    context.CancelCauseFunc
	choice choice                      // set before any task begins
	app    atomic.Pointer[Application] // set when the application runs

	quiet       atomic.Bool // normal messages are switched off
	programming atomic.Bool // a programming session is open
}

func newLife(e *ECU, why resetReason) *life {
	return &life{ECU: e, why: why, began: time.Now()}
}

// run boots and runs until power is lost or a reset, and returns which.
func (l *life) run(ctx context.Context) error {
	ctx, l.end = context.WithCancelCause(ctx)
	defer l.end(nil)
	l.bus = transceiver{Bus: l.ECU.bus, off: ctx.Done()}
	l.supply.draw(l.cfg.Power.BootCurrent)
	l.log("boot: reset by %s", string(l.why))
	if err := l.boot(ctx); err != nil {
		return context.Cause(ctx)
	}
	l.supply.draw(l.cfg.Power.RunCurrent)
	l.start(ctx)
	<-ctx.Done()
	l.tasks.Wait()
	return context.Cause(ctx)
}

func (l *life) boot(ctx context.Context) (err error) {
	if err := wait(ctx, l.cfg.takes(l.cfg.Timing.Boot)); err != nil {
		return err
	}
	if !l.booted() {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	b := bootloader{software: l.software, metadata: l.metadata, nvm: l.nvm, tries: l.cfg.TrialBoots, log: l.log}
	if l.supply.terminal.Voltage() < l.cfg.Gates.MinVoltage {
		if err := b.format(ctx, NVMFormattedAtLowVoltage); err != nil {
			l.log("boot: %v", err)
		}
	}
	l.choice, err = b.choose(ctx, l.why)
	return err
}

// start begins the tasks of the software that runs.
func (l *life) start(ctx context.Context) {
	if !l.choice.runs {
		l.tasks.Go(func() { l.serve(ctx) })
		return
	}
	a, err := l.software.application(l.choice.slot)
	if err != nil {
		// Authentic bytes that are no program: the processor takes an exception at once.
		l.log("app: %v", err)
		a = Application{Behaviour: Crash}
	}
	if l.choice.trial && !l.unwatched(a) {
		l.tasks.Go(func() { l.superviseTrial(ctx) })
	}
	l.app.Store(&a)
	l.log("app: version %s started", a.Version)
	l.tasks.Go(func() { l.execute(ctx, a) })
}

// execute does what the application does.
func (l *life) execute(ctx context.Context, a Application) {
	switch a.Behaviour {
	case Silent:
	case Troubled:
		if err := l.nvm.store(ctx, dtcVoltageLow); err != nil {
			l.log("app: %v", err)
		}
		l.operate(ctx)
	case Crash:
		l.operateFor(ctx, a.After)
		l.log("app: exception")
		l.end(exception)
	case Hang:
		l.operateFor(ctx, a.After)
		if !l.unwatched(a) && wait(ctx, l.cfg.Timing.Watchdog) == nil {
			l.log("watchdog: reset")
			l.end(watchdog)
		}
	default:
		l.operate(ctx)
	}
}

// unwatched says that nothing resets an application that hangs: its own tasks are all that would.
func (l *life) unwatched(a Application) bool { return a.Behaviour == Hang && l.cfg.has(NoWatchdog) }

// operate is what an application does that works.
func (l *life) operate(ctx context.Context) {
	if l.cfg.Status.ID != 0 {
		l.tasks.Go(func() { l.sendStatus(ctx) })
	}
	l.serve(ctx)
}

// operateFor works for a while, and then no more.
func (l *life) operateFor(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	l.operate(ctx)
}

// superviseTrial resets a trial that is not confirmed in time, whatever else has become of it: a rollback may have been
// written down and its answer or its reset lost.
func (l *life) superviseTrial(ctx context.Context) {
	if wait(ctx, l.cfg.Timing.Confirm) != nil || l.cfg.has(NoConfirmationTimeout) {
		return
	}
	if m, err := l.metadata.read(); err != nil || m.Confirmed != l.choice.slot {
		if l.cfg.has(RollbackNotSupervised) && m.State != statePending {
			return
		}
		l.log("app: trial not confirmed in %v", l.cfg.Timing.Confirm)
		l.end(unconfirmed)
	}
}

func (l *life) log(format string, args ...any) { l.console.print(stamped(l.began, format, args...)) }

// command answers a line from the console. Only an application has a command line.
func (l *life) command(text string) {
	a := l.app.Load()
	switch {
	case a == nil || text == "":
	case text == "version":
		l.console.print(a.Version)
	default:
		l.console.print("unknown command; there is: version")
	}
}
