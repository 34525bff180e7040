package bench_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/can"
)

// answers says whether the ECU answers.
func answers(t *testing.T, b *bench.Bench) bool {
	t.Helper()
	_, err := b.ECU("bcm").Identify(t.Context())
	return err == nil
}

// onLiveBench is onBench with an ECU that has booted.
func onLiveBench(t *testing.T, f func(t *testing.T, b *bench.Bench, j *journal)) {
	t.Helper()
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		must(t, b.Rail("kl30").On(t.Context()))
		_, err := b.ECU("bcm").WhoAmI(t.Context())
		must(t, err)
		f(t, b, j)
	})
}

func TestCANOpenTakesTheECUOffItsBus(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		open := b.Switch("bcm-open")
		if !open.Closed() || open.Function() != config.CANOpen || open.String() != "bcm-open (can-open both bcm)" {
			t.Errorf("%v, closed %v", open, open.Closed())
		}
		must(t, open.OpenNow())
		if open.Closed() || answers(t, b) {
			t.Error("the ECU answers over an interrupted bus")
		}
		must(t, open.CloseNow())
		if !answers(t, b) {
			t.Error("the ECU does not answer any more")
		}
		if got := j.settings("bcm-open"); !slices.Equal(got, []string{"break", "make"}) {
			t.Errorf("settings %q", got)
		}
	})
}

func TestCANOpenAtAnExactFrame(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		pulse := b.Switch("bcm-open").Pulse(400 * time.Millisecond)
		if pulse.String() != "pulse bcm-open for 400ms" {
			t.Errorf("%q", pulse)
		}
		armed := b.Arm(trigger.Request("bcm", 0x22).Sent(), pulse)
		if answers(t, b) {
			t.Error("the response came through an interrupted bus")
		}
		<-armed.Done()
		time.Sleep(500 * time.Millisecond)
		if !answers(t, b) {
			t.Error("the ECU does not answer after the pulse")
		}
		if fired := said[record.TriggerFired](j); len(fired) != 1 || fired[0].Error != "" || fired[0].Latency > time.Millisecond {
			t.Errorf("%+v", fired)
		}
	})
}

// A short takes the whole bus, and those who try to send go bus-off.
func TestCANShort(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, _ *journal) {
		short := b.Switch("body-short")
		must(t, short.Close().Do())
		err := b.Bus("body").Send(t.Context(), can.New(0x123, 1))
		if !errors.Is(err, can.ErrBusOff) {
			t.Errorf("sent on a shorted bus: %v", err)
		}
		must(t, short.Open().Do())
		if short.Closed() {
			t.Error("still closed")
		}
		time.Sleep(200 * time.Millisecond) // all controllers leave bus-off
		if !answers(t, b) {
			t.Error("the ECU does not answer after the short")
		}
	})
}

// The battery that the bench plays says what the plug does.
func TestChargerPlug(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, _ *journal) {
		plugged := func() bool {
			sub := b.Bus("body").Subscribe(100, can.Filter{ID: 0x3E0, Mask: 0x7FF})
			defer sub.Cancel()
			<-sub.C() // which may have been built before
			return (<-sub.C()).Data[1]&1 == 1
		}
		plug := b.Switch("plug")
		if plugged() {
			t.Error("plugged in before")
		}
		must(t, plug.PulseNow(time.Second))
		if !plugged() {
			t.Error("not plugged in")
		}
		time.Sleep(time.Second)
		if plugged() {
			t.Error("plugged in after the pulse")
		}
		must(t, plug.CloseNow())
		must(t, b.RestSwitches())
		if plug.Closed() || plugged() {
			t.Error("plugged in at rest")
		}
	})
}

// A bench that is closed during a pulse leaves all switches at rest, and nothing moves them any more.
func TestCloseBringsSwitchesToRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, j, err := open(t, nil)
		must(t, err)
		must(t, b.Switch("body-short").PulseNow(time.Minute))
		must(t, b.Switch("bcm-open").PulseNow(time.Minute))
		short, opened := b.Switch("body-short"), b.Switch("bcm-open")
		must(t, b.Close(context.Background(), "done"))
		before := len(j.settings("body-short"))
		time.Sleep(2 * time.Minute)
		if short.Closed() || !opened.Closed() || len(j.settings("body-short")) != before {
			t.Errorf("short closed %v, bus closed %v, settings %q", short.Closed(), opened.Closed(), j.settings("body-short"))
		}
		safe := said[record.Safe](j)
		if len(safe) != 1 || len(safe[0].Outputs) != outputs {
			t.Errorf("%+v", safe)
		}
	})
}

func TestSwitchesByRole(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, _ *journal) {
		for function, want := range map[config.Function]string{
			config.CANOpen: "bcm-open", config.CANShort: "body-short", config.Charger: "plug", config.KL15: "",
		} {
			if got := b.SwitchFor(function, "bcm"); got != want {
				t.Errorf("%s of bcm: %q, want %q", function, got, want)
			}
		}
		if b.HasSwitch("main") || !b.HasSwitch("plug") {
			t.Error("main is in a supply line, plug is not")
		}
		defer func() {
			if p, _ := recover().(string); !strings.Contains(p, `no switch outside of a supply line "main"`) {
				t.Errorf("panic %q", p)
			}
		}()
		b.Switch("main")
	})
}

// Once the bench is closed every switch is at rest, and stays there whatever still runs.
func TestCloseRestsSwitchesForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, err := open(t, nil)
		must(t, err)
		cut := b.Switch("bcm-open")
		must(t, cut.OpenNow())
		must(t, b.Close(t.Context(), "done"))
		if !cut.Closed() {
			t.Error("the bench was closed with a bus interrupted")
		}
		if err := cut.OpenNow(); err == nil || !cut.Closed() {
			t.Errorf("opened behind the bench: %v", err)
		}
		if err := cut.PulseNow(time.Second); err == nil || !cut.Closed() {
			t.Errorf("pulsed behind the bench: %v", err)
		}
		must(t, b.RestSwitches())
		if faults := b.TakeFaults(); len(faults) != 0 {
			t.Errorf("faults %+v", faults)
		}
	})
}

// A reset in a transfer ends it, and the ECU boots when its reset line is released.
func TestResetLineAtAnExactFrame(t *testing.T) {
	withReset := func(f *config.File, _ *bench.Options) {
		f.Switches["bcm-reset"] = config.Switch{
			Pin: "virtual:reset", Function: config.Reset, ECU: "bcm", Contact: config.NormallyOpen,
		}
	}
	onBench(t, withReset, func(t *testing.T, b *bench.Bench, j *journal) {
		bcm, before := running(t, b)
		role := b.SwitchFor(config.Reset, "bcm")
		armed := b.Arm(bcm.TransferData(2).Sent(), b.Switch(role).Pulse(2*time.Second))
		lines := len(said[record.ConsoleLine](j))
		if err := bcm.Update(t.Context(), bcm.Package("next")); err == nil {
			t.Fatal("the update went on through a reset")
		}
		fired, ok := armed.Firing()
		if !ok || fired.Err != nil || fired.Latency > time.Millisecond {
			t.Errorf("%v, %+v", ok, fired)
		}
		must(t, bcm.AwaitIdentity(t.Context(), 10*time.Second, before.Same))
		booted := slices.ContainsFunc(said[record.ConsoleLine](j)[lines:], func(l record.ConsoleLine) bool {
			return strings.Contains(l.Text, "boot: reset by reset line")
		})
		if got := j.settings(role); !booted || !slices.Equal(got, []string{"make", "break"}) {
			t.Errorf("booted %v, settings %q", booted, got)
		}
		must(t, bcm.Update(t.Context(), bcm.Package("next")))
	})
}
