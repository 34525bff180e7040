package trigger_test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"otabench/bench/trigger"
	"otabench/can"
)

func request(ecu string, k trigger.Kind, data ...byte) trigger.Observation {
	return trigger.Observation{Kind: k, Time: time.Now(), Source: ecu, Data: data}
}

func TestConditions(t *testing.T) {
	boot := regexp.MustCompile(`^boot: slot [AB]`)
	frame := trigger.Observation{Kind: trigger.Frame, Source: "body", Frame: can.New(0x7E0, 1)}
	line := trigger.Observation{Kind: trigger.Line, Source: "bcm", Text: "boot: slot B"}
	block17 := request("bcm", trigger.RequestSent, 0x36, 17, 0xAA)
	begun17 := request("bcm", trigger.RequestBegun, 0x36, 17, 0xAA)
	answer := request("bcm", trigger.ResponseSeen, 0x76, 17)
	for _, tt := range []struct {
		name string
		c    trigger.Condition
		seen []trigger.Observation
		at   int // index of the observation that fires, -1 for none
	}{
		{"frame", trigger.FrameOn("body", can.Exactly(0x7E0, false)), []trigger.Observation{line, frame}, 1},
		{"frame elsewhere", trigger.FrameOn("power", can.Exactly(0x7E0, false)), []trigger.Observation{frame}, -1},
		{"line", trigger.LineOf("bcm", boot), []trigger.Observation{frame, line}, 1},
		{"line of another", trigger.LineOf("tcu", boot), []trigger.Observation{line}, -1},
		{"request sent", trigger.Request("bcm", 0x36, 17).Sent(), []trigger.Observation{begun17, answer, block17}, 2},
		{"request begun", trigger.Request("bcm", 0x36, 17).Begun(), []trigger.Observation{block17, begun17}, 1},
		{"other block", trigger.Request("bcm", 0x36, 18).Sent(), []trigger.Observation{block17}, -1},
		{"response", trigger.Response("bcm", 0x76).Sent(), []trigger.Observation{block17, answer}, 1},
		{"third frame", trigger.FrameOn("body", can.Filter{}).Nth(3), []trigger.Observation{frame, line, frame, frame, frame}, 3},
		{"sequence", trigger.LineOf("bcm", boot).Then(trigger.FrameOn("body", can.Filter{})), []trigger.Observation{frame, line, line, frame}, 3},
		{"one event does not meet both", trigger.FrameOn("body", can.Filter{}).Then(trigger.FrameOn("body", can.Filter{})), []trigger.Observation{frame}, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var e trigger.Engine
			fired := -1
			for i, o := range tt.seen {
				if i == 0 {
					e.Arm(tt.c, trigger.Func("note", func() error { fired = -2; return nil }))
				}
				e.Observe(o)
				if fired == -2 {
					fired = i
				}
			}
			if fired != tt.at {
				t.Errorf("%v fired at %d, want %d", tt.c, fired, tt.at)
			}
		})
	}
}

func TestActionRunsOnTheReceivePath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e trigger.Engine
		var told []string
		e.OnArmed = func(a *trigger.Armed) { told = append(told, "armed "+a.Action) }
		e.OnFired = func(a *trigger.Armed, f trigger.Firing) { told = append(told, fmt.Sprint("fired ", f.Latency)) }
		broken := errors.New("relay stuck")
		armed := e.Arm(trigger.Request("bcm", 0x36).Sent(), trigger.Func("cut", func() error {
			time.Sleep(40 * time.Microsecond) // the relay's own time
			return broken
		}))
		if _, fired := armed.Firing(); fired {
			t.Fatal("fired before anything was seen")
		}
		e.Observe(request("bcm", trigger.RequestSent, 0x36, 1))
		f, fired := armed.Firing()
		if !fired || f.Latency != 40*time.Microsecond || !errors.Is(f.Err, broken) {
			t.Errorf("firing %+v, %v", f, fired)
		}
		<-armed.Done()
		e.Observe(request("bcm", trigger.RequestSent, 0x36, 2))
		armed.Disarm()
		if fmt.Sprint(told) != "[armed cut fired 40µs]" {
			t.Error(told)
		}
	})
}

func TestAfterDelaysTheAction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e trigger.Engine
		armed := e.Arm(trigger.Request("bcm", 0x36).Sent(), trigger.After(5*time.Millisecond, trigger.Func("cut", func() error { return nil })))
		start := time.Now()
		e.Observe(request("bcm", trigger.RequestSent, 0x36, 1))
		if _, fired := armed.Firing(); fired {
			t.Error("fired at once")
		}
		<-armed.Done()
		f, _ := armed.Firing()
		if time.Since(start) != 5*time.Millisecond || f.Latency != 0 || !f.At.Equal(start) {
			t.Errorf("after %v, firing %+v", time.Since(start), f)
		}
	})
}

func TestDisarmEndsADelayedAction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e trigger.Engine
		idle := 0
		e.OnIdle = func(*trigger.Armed) { idle++ }
		do := trigger.Func("cut", func() error { t.Error("acted after it was disarmed"); return nil })
		delayed := e.Arm(trigger.Request("bcm", 0x36).Sent(), trigger.After(time.Second, do))
		e.Arm(trigger.Request("bcm", 0x36).Sent(), trigger.After(time.Second, do))
		e.Arm(trigger.Request("bcm", 0x37).Sent(), do)
		e.Observe(request("bcm", trigger.RequestSent, 0x36, 1))
		delayed.Disarm()
		e.DisarmAll()
		e.Observe(request("bcm", trigger.RequestSent, 0x37))
		time.Sleep(2 * time.Second)
		if idle != 3 {
			t.Errorf("%d triggers reported idle, want 3", idle)
		}
	})
}

func TestAnActionMayArmAndDisarm(t *testing.T) {
	var e trigger.Engine
	second := 0
	other := e.Arm(trigger.Request("bcm", 0x37).Sent(), trigger.Func("none", func() error { return nil }))
	e.Arm(trigger.Request("bcm", 0x36).Sent(), trigger.Func("chain", func() error {
		other.Disarm()
		e.Arm(trigger.Request("bcm", 0x36).Sent(), trigger.Func("second", func() error { second++; return nil }))
		return nil
	}))
	for i := range 3 {
		e.Observe(request("bcm", trigger.RequestSent, 0x36, byte(i)))
	}
	if second != 1 {
		t.Errorf("the second trigger fired %d times", second)
	}
}

func Example() {
	var e trigger.Engine
	e.Arm(trigger.Request("bcm", 0x36, 17).Sent(), trigger.Func("cut kl30", func() error {
		fmt.Println("kl30 is open")
		return nil
	}))
	e.Observe(trigger.Observation{Kind: trigger.RequestSent, Source: "bcm", Data: []byte{0x36, 16}})
	e.Observe(trigger.Observation{Kind: trigger.RequestSent, Source: "bcm", Data: []byte{0x36, 17}})
	// Output: kl30 is open
}
