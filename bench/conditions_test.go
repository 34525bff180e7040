package bench_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/can/isotp"
	"otabench/ecu/uds"
)

func nothing() trigger.Action { return trigger.Func("note", func() error { return nil }) }

func fired(t *testing.T, a *trigger.Armed) trigger.Firing {
	t.Helper()
	f, ok := a.Firing()
	if !ok || f.Err != nil {
		t.Errorf("%s: fired %v, %v", a.Condition, ok, f.Err)
	}
	return f
}

func TestConditionsOfAnUpdate(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		bcm, _ := running(t, b)
		erase := bcm.Description().Routines["erase"].ID
		cf := bcm.FrameTo(isotp.ConsecutiveFrame)
		armed := []*trigger.Armed{
			b.Arm(bcm.FrameTo(isotp.FirstFrame).Seen(), nothing()),
			b.Arm(cf.Of(uds.SIDTransferData, 2).Index(20).Sequence(4).Seen(), nothing()),
			b.Arm(bcm.FrameFrom(isotp.FlowControl).Status(isotp.ContinueToSend).Seen().Nth(3), nothing()),
			b.Arm(bcm.FrameTo(isotp.SingleFrame).Of(uds.SIDRequestTransferExit).Seen(), nothing()),
			b.Arm(bcm.Block(3), nothing()),
			b.Arm(bcm.Pending(uds.SIDRoutineControl).Sent(), nothing()),
			b.Arm(bcm.Routine(erase).Sent().After(5*time.Millisecond).Then(bcm.TransferData(1).Begun()), nothing()),
			b.Arm(trigger.RecordOf("progress", regexp.MustCompile(`"phase":"transfer"`)), nothing()),
			b.Arm(bcm.Prints(regexp.MustCompile("boot: ")), nothing()),
		}
		never := []*trigger.Armed{
			b.Arm(cf.Of(uds.SIDTransferData, 2).Index(20).Sequence(5).Seen(), nothing()),
			b.Arm(bcm.Block(257), nothing()),
			b.Arm(bcm.Refusal(uds.SIDTransferData, uds.WrongBlockSequenceCounter).Sent(), nothing()),
		}
		must(t, bcm.Update(t.Context(), bcm.Package("next")))
		for _, a := range armed {
			fired(t, a)
		}
		for _, a := range never {
			if f, ok := a.Firing(); ok {
				t.Errorf("%s fired by %s", a.Condition, f.Event)
			}
		}
		if events := said[record.TriggerFired](j); len(events) != len(armed) {
			t.Errorf("%d events, want %d", len(events), len(armed))
		}
	})
}

func TestRefusedRequestFiresATrigger(t *testing.T) {
	onBench(t, nil, func(t *testing.T, b *bench.Bench, j *journal) {
		bcm, _ := running(t, b)
		armed := b.Arm(bcm.Refusal(uds.SIDRoutineControl, uds.ServiceNotSupportedInActiveSession).Sent(), nothing())
		sent := b.Arm(bcm.SubFunction(uds.SIDRoutineControl, 1).Sent(), nothing())
		if _, err := bcm.Client().Do(t.Context(), []byte{uds.SIDRoutineControl, 1, 0x12, 0x34}); err == nil {
			t.Fatal("an unknown routine was accepted")
		}
		if event := fired(t, armed).Event; event != "bcm: response 7F 31 7F, 3 bytes" {
			t.Error(event)
		}
		fired(t, sent)
	})
}

// The voltage at the terminals falls after a cut, and rises when the switch closes again.
func TestVoltageCrossesALevel(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		falls, low := b.Arm(kl30.Falling(9*physic.Volt), nothing()), b.Arm(kl30.Falling(-physic.Volt), nothing())
		rises := falls.Then(kl30.Rising(9*physic.Volt), nothing())
		start := time.Now()
		must(t, kl30.CutNow(500*time.Millisecond))
		<-falls.Done()
		<-rises.Done()
		down, up := fired(t, falls), fired(t, rises)
		if d := down.At.Sub(start); d <= 0 || d > 400*time.Millisecond || !strings.HasSuffix(down.Event, " in 1ms") {
			t.Errorf("fell after %v: %s", d, down.Event)
		}
		if d := up.At.Sub(start); d < 500*time.Millisecond || d > 510*time.Millisecond {
			t.Errorf("rose after %v: %s", d, up.Event)
		}
		if _, ok := low.Firing(); ok {
			t.Error("fell below zero")
		}
	})
}

// The record is written with locks held that the action needs: the switch that a cut moves is the one that is recorded.
func TestARecordEventMayMoveTheSwitchThatItIsAbout(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		armed := b.Arm(trigger.RecordOf("setting", regexp.MustCompile(`"device":"main","action":"make"`)), kl30.Cut(0))
		must(t, kl30.CutNow(50*time.Millisecond))
		<-armed.Done()
		fired(t, armed)
		if got := j.settings("main"); !slices.Equal(got[len(got)-3:], []string{"break", "make", "break"}) {
			t.Error(got)
		}
	})
}

// What a trigger wished and how far from it it was stands in the record, for each step.
func TestTheRecordSaysHowFarFromTheWish(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		open := b.Switch("bcm-open")
		armed := b.Arm(b.ECU("bcm").Request(0x22).Sent().After(20*time.Millisecond),
			trigger.Sequence(trigger.After(5*time.Millisecond, open.Open()), trigger.After(10*time.Millisecond, open.Close())))
		answers(t, b)
		<-armed.Done()
		all := said[record.TriggerFired](j)
		if len(all) != 1 || all[0].Wished != 25*time.Millisecond || all[0].Latency > time.Millisecond || len(all[0].Steps) != 2 {
			t.Fatalf("%+v", all)
		}
		if s := all[0].Steps[1]; s.Action != "close bcm-open" || s.Wished != 35*time.Millisecond || s.Latency > time.Millisecond {
			t.Errorf("%+v", s)
		}
	})
}
