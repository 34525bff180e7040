package bench_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/can"
	"otabench/can/isotp"
	"otabench/ecu/uds"
)

// faultless ends what goes on and fails the test on a fault of the bench.
func faultless(t *testing.T, b *bench.Bench) {
	t.Helper()
	b.DisarmAll()
	if faults := b.TakeFaults(); len(faults) != 0 {
		t.Errorf("faults %+v", faults)
	}
}

// void ends what goes on and wants a fault that says something.
func void(t *testing.T, b *bench.Bench, says string) {
	t.Helper()
	b.DisarmAll()
	faults := b.TakeFaults()
	if len(faults) == 0 || !slices.ContainsFunc(faults, func(f record.Fault) bool { return strings.Contains(f.Text, says) }) {
		t.Errorf("faults %+v, want one that says %q", faults, says)
	}
}

func noted(j *journal, says string) bool {
	return slices.ContainsFunc(said[record.Note](j), func(n record.Note) bool { return strings.Contains(n.Text, says) })
}

func TestDipAtARequest(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		armed := b.Arm(b.ECU("bcm").Request(0x22).Sent(), kl30.Dip(9*physic.Volt, 200*time.Millisecond))
		low, up := armed.Then(kl30.Falling(10*physic.Volt), nothing()), armed.Then(kl30.Rising(11*physic.Volt), nothing())
		if !answers(t, b) {
			t.Error("the ECU does not run at 9 V")
		}
		<-up.Done()
		down, back := fired(t, low).At, fired(t, up).At
		if d := back.Sub(down); d < 190*time.Millisecond || d > 300*time.Millisecond || fired(t, armed).Latency > time.Millisecond {
			t.Errorf("the voltage was down for %v", d)
		}
		time.Sleep(100 * time.Millisecond)
		if !noted(j, "kl30 dipped to ") {
			t.Errorf("notes %v", said[record.Note](j))
		}
		faultless(t, b)
	})
}

func TestWhatADipNeeds(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		kl30 := b.Rail("kl30")
		if err := kl30.Dip(99*physic.Volt, time.Second).Do(); err == nil || !strings.Contains(err.Error(), "limits the rail") {
			t.Error(err)
		}
		must(t, kl30.Dip(9*physic.Volt, time.Second).Do())
		if err := kl30.Dip(9*physic.Volt, time.Second).Do(); err == nil || !strings.Contains(err.Error(), "dips already") {
			t.Error(err)
		}
		time.Sleep(300 * time.Millisecond)
		must(t, kl30.Off(t.Context()))
		if err := kl30.Dip(9*physic.Volt, time.Second).Do(); err == nil || !strings.Contains(err.Error(), "not on") {
			t.Error(err)
		}
		faultless(t, b)
		time.Sleep(2 * time.Second)
		if got := j.settings("kl30"); got[len(got)-1] != "off" {
			t.Errorf("settings after off: %q", got)
		}
	})
}

// A dip that is over before the supply has done it did not happen.
func TestADipThatIsTooShortIsVoid(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		must(t, b.Rail("kl30").Dip(6*physic.Volt, 2*time.Millisecond).Do())
		time.Sleep(500 * time.Millisecond)
		void(t, b, "make it longer than the supply takes")
	})
}

func TestNothingDipsAClosedBench(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, err := open(t, nil)
		must(t, err)
		kl30 := b.Rail("kl30")
		must(t, kl30.On(t.Context()))
		must(t, kl30.Dip(9*physic.Volt, time.Minute).Do())
		time.Sleep(300 * time.Millisecond)
		must(t, b.Close(context.Background(), "done"))
		if err := kl30.Dip(9*physic.Volt, time.Minute).Do(); err == nil {
			t.Error("a dip began on a closed bench")
		}
		if faults := b.TakeFaults(); len(faults) != 0 {
			t.Errorf("%+v", faults)
		}
	})
}

// A tester that falls silent in a transfer sends nothing any more, and the ECU leaves the session by itself.
func TestSilenceInATransfer(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		bcm := b.ECU("bcm")
		armed := b.Arm(bcm.FrameTo(isotp.ConsecutiveFrame).Of(uds.SIDTransferData, 2).Index(3).Seen(), bcm.Silence(0))
		after := 0
		defer b.Bus("body").Tap(func(r can.Received) {
			if f, silent := armed.Firing(); silent && r.Time.After(f.At) && r.ID == bcm.Description().Address.Request {
				after++
			}
		})()
		if err := bcm.Update(t.Context(), bcm.Package("next")); err == nil {
			t.Error("the update went on without its tester")
		}
		time.Sleep(10 * time.Second)
		fired(t, armed)
		if after != 0 {
			t.Errorf("%d frames of a silent tester", after)
		}
		bcm.Speak()
		if s, err := bcm.Session(t.Context()); err != nil || s != 1 {
			t.Errorf("session %d, %v", s, err)
		}
		if !noted(j, "the tester of bcm was silent for ") {
			t.Errorf("notes %v", said[record.Note](j))
		}
		must(t, bcm.Update(t.Context(), bcm.Package("next")))
		faultless(t, b)
	})
}

// A pause that is longer than S3 ends a session in spite of tester present.
func TestSilenceForATime(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		bcm := b.ECU("bcm")
		must(t, bcm.Silence(time.Second).Do())
		if err := bcm.Silence(time.Second).Do(); err == nil || !strings.Contains(err.Error(), "silent already") {
			t.Error(err)
		}
		if answers(t, b) {
			t.Error("the ECU answered what was not sent")
		}
		time.Sleep(time.Second)
		if !answers(t, b) {
			t.Error("the tester is silent for longer than wished")
		}
		if !noted(j, "was silent for 1s and withheld ") {
			t.Errorf("notes %v", said[record.Note](j))
		}
		faultless(t, b)
	})
}

func TestLoseExactlyOneFrame(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		bcm := b.ECU("bcm")
		requests := can.Exactly(bcm.Description().Address.Request, false)
		armed := b.Arm(bcm.Request(0x22).Begun(), b.Lose("body", requests, 2))
		for i, want := range []bool{true, true, false, true} {
			// Each request is one frame: the first fires, the second after it is lost.
			_, err := bcm.Client().ReadDataByIdentifier(t.Context(), 0xF186)
			if got := err == nil; got != want {
				t.Errorf("request %d: %v", i+1, err)
			}
		}
		fired(t, armed)
		if !noted(j, "bus body lost frame ") {
			t.Errorf("notes %v", said[record.Note](j))
		}
		faultless(t, b)
	})
}

func TestAFrameThatDidNotComeIsVoid(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		must(t, b.Lose("body", can.Exactly(0x123, false), 1).Do())
		void(t, b, "it did not come")
		must(t, b.Bus("body").Send(t.Context(), can.New(0x123, 1)))
		if noted(j, "lost frame") {
			t.Error("a frame was lost after the end")
		}
	})
}

// What a real bus does not do fails, so that the spec is void.
func TestWhatOnlyASimulatedBusDoes(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		b.File().Buses["rack"] = config.Bus{Address: "socketcan:can0"}
		b.Arm(b.ECU("bcm").Request(0x22).Sent(), b.Lose("rack", can.Filter{}, 1))
		answers(t, b)
		void(t, b, "socketcan:can0 is no simulated bus")
		b.Arm(b.ECU("bcm").Request(0x22).Sent(), b.BusOff("rack"))
		answers(t, b)
		void(t, b, "is no simulated bus of this bench")
	})
}

func TestBusOffOfOurOwnController(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		armed := b.Arm(b.ECU("bcm").Request(0x22).Sent(), b.BusOff("body"))
		if answers(t, b) {
			t.Error("a response came through a controller that is bus-off")
		}
		fired(t, armed)
		time.Sleep(time.Second)
		if b.Bus("body").State() != can.ErrorActive || !answers(t, b) {
			t.Error("the controller did not restart")
		}
		faultless(t, b)
	})
}

// A second fault hits the recovery from the first: the ECU is cut again while it boots.
func TestSecondFaultDuringRecovery(t *testing.T) {
	onLiveBench(t, func(t *testing.T, b *bench.Bench, j *journal) {
		bcm := b.ECU("bcm")
		first := b.Arm(bcm.TransferData(2).Sent(), trigger.Both(bcm.Rail().Cut(2*time.Second), bcm.Silence(3*time.Second)))
		second := first.Then(bcm.Rail().Rising(9*physic.Volt).After(20*time.Millisecond), bcm.Rail().Cut(time.Second))
		if err := bcm.Update(t.Context(), bcm.Package("next")); err == nil {
			t.Error("the update went on without power")
		}
		<-second.Done()
		f, g := fired(t, first), fired(t, second)
		if d := g.At.Sub(f.At); d < 2*time.Second || d > 2100*time.Millisecond || g.Wished != 20*time.Millisecond || g.Latency > time.Millisecond {
			t.Errorf("the second came %v after the first: %+v", d, g)
		}
		time.Sleep(4 * time.Second)
		if _, err := bcm.WhoAmI(t.Context()); err != nil {
			t.Error(err)
		}
		must(t, bcm.Update(t.Context(), bcm.Package("next")))
		faultless(t, b)
	})
}

// Everything that a trigger began ends with the bench.
func TestCloseEndsWhatGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, err := open(t, nil)
		must(t, err)
		must(t, b.ECU("bcm").Silence(0).Do())
		must(t, b.Close(context.Background(), "done"))
		if err := b.ECU("bcm").Silence(0).Do(); err == nil || errors.Is(err, context.Canceled) {
			t.Errorf("a silence began on a closed bench: %v", err)
		}
	})
}

// What nobody measured is no stimulus.
func TestADipWithoutASensorIsVoid(t *testing.T) {
	onBench(t, func(f *config.File, _ *bench.Options) {
		r := f.Rails["kl30"]
		r.Sensor = ""
		f.Rails["kl30"], f.Sensors = r, nil
	}, func(t *testing.T, b *bench.Bench, j *journal) {
		must(t, b.Rail("kl30").On(t.Context()))
		must(t, b.Rail("kl30").Dip(9*physic.Volt, 5*time.Second).Do())
		time.Sleep(6 * time.Second)
		void(t, b, "no sensor gave a reading")
	})
}
