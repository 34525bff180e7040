package trigger_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/trigger"
	"otabench/can/isotp"
	"otabench/ecu/uds"
)

const ms = time.Millisecond

func line(text string) trigger.Observation {
	return trigger.Observation{Kind: trigger.Line, Time: time.Now(), Source: "bcm", Text: text}
}

// prints is met by a line that is text.
func prints(text string) trigger.Condition {
	return trigger.LineOf("bcm", regexp.MustCompile("^"+text+"$"))
}

func pdu(p isotp.PDU) trigger.Observation {
	return trigger.Observation{Kind: trigger.Transport, Time: time.Now(), Source: "bcm", PDU: &p}
}

func volts(before, now physic.ElectricPotential) trigger.Observation {
	return trigger.Observation{
		Kind: trigger.Voltage, Time: time.Now(), Source: "kl30",
		Before: before * physic.Volt, Volts: now * physic.Volt, Interval: ms,
	}
}

// observe shows observations to a condition and returns the index of the one that meets it, -1 for none.
func observe(c trigger.Condition, seen ...trigger.Observation) int {
	var e trigger.Engine
	t := e.Arm(c, trigger.Func("note", func() error { return nil }))
	for i, o := range seen {
		e.Observe(o)
		if _, fired := t.Firing(); fired {
			return i
		}
	}
	return -1
}

func TestTransportFrames(t *testing.T) {
	block := []byte{0x36, 17, 1, 2, 3}
	ff := pdu(isotp.PDU{Kind: isotp.FirstFrame, Tx: true, Data: block, Length: 100})
	cf1 := pdu(isotp.PDU{Kind: isotp.ConsecutiveFrame, Tx: true, Index: 1, Sequence: 1, Data: block, Length: 100})
	cf17 := pdu(isotp.PDU{Kind: isotp.ConsecutiveFrame, Tx: true, Index: 17, Sequence: 1, Data: block, Length: 100})
	cts := pdu(isotp.PDU{Kind: isotp.FlowControl})
	wait := pdu(isotp.PDU{Kind: isotp.FlowControl, Status: isotp.Wait})
	rx := pdu(isotp.PDU{Kind: isotp.ConsecutiveFrame, Index: 1, Sequence: 1, Data: block})
	cf := trigger.FrameTo("bcm", isotp.ConsecutiveFrame)
	for _, tt := range []struct {
		f  trigger.TransportFrame
		at int
	}{
		{trigger.FrameTo("bcm", isotp.FirstFrame), 2},
		{cf, 3},
		{cf.Index(17), 4},
		{cf.Of(0x36, 17).Index(17), 4},
		{cf.Of(0x36, 18).Index(17), -1},
		{cf.Sequence(1).Index(17), 4},
		{cf.Sequence(2), -1},
		{trigger.FrameTo("tcu", isotp.ConsecutiveFrame), -1},
		{trigger.FrameFrom("bcm", isotp.ConsecutiveFrame), 5},
		{trigger.FrameFrom("bcm", isotp.FlowControl), 0},
		{trigger.FrameFrom("bcm", isotp.FlowControl).Status(isotp.Wait), 1},
		{trigger.FrameFrom("bcm", isotp.FlowControl).Status(isotp.Overflow), -1},
		{trigger.FrameFrom("bcm", isotp.FlowControl).Of(), -1},
		{trigger.FrameFrom("bcm", isotp.FlowControl).Sequence(0), -1},
	} {
		if got := observe(tt.f.Seen(), cts, wait, ff, cf1, cf17, rx); got != tt.at {
			t.Errorf("%v was met at %d, want %d", tt.f.Seen(), got, tt.at)
		}
	}
}

func TestMessages(t *testing.T) {
	erase := request("bcm", trigger.RequestSent, 0x31, 1, 0xFF, 0)
	quiet := request("bcm", trigger.RequestSent, 0x31, 0x81, 0xFF, 0)
	stop := request("bcm", trigger.RequestSent, 0x31, 2, 0xFF, 0)
	busy := request("bcm", trigger.ResponseSeen, 0x7F, 0x36, 0x78)
	refused := request("bcm", trigger.ResponseSeen, 0x7F, 0x36, 0x73)
	other := request("bcm", trigger.ResponseSeen, 0x7F, 0x34, 0x73)
	for _, tt := range []struct {
		m    trigger.Message
		seen []trigger.Observation
		at   int
	}{
		{trigger.Refusal("bcm", 0x36, uds.WrongBlockSequenceCounter), []trigger.Observation{busy, other, refused}, 2},
		{trigger.AnyRefusal("bcm", 0x36), []trigger.Observation{other, busy}, 1},
		{trigger.Pending("bcm", 0x36), []trigger.Observation{refused, busy}, 1},
		{trigger.RoutineControl("bcm", 1, 0xFF00), []trigger.Observation{stop, erase}, 1},
		{trigger.RoutineControl("bcm", 1, 0xFF00), []trigger.Observation{stop, quiet}, 1},
		{trigger.RoutineControl("bcm", 1, 0xFF01), []trigger.Observation{stop, erase, quiet}, -1},
		{trigger.SubFunction("bcm", 0x31, 0x82), []trigger.Observation{erase, stop}, 1},
		{trigger.SubFunction("bcm", 0x31, 1), []trigger.Observation{request("bcm", trigger.RequestSent, 0x31)}, -1},
		{trigger.Request("bcm", 0x31, 1), []trigger.Observation{quiet}, -1},
	} {
		if got := observe(tt.m.Sent(), tt.seen...); got != tt.at {
			t.Errorf("%v was met at %d, want %d", tt.m.Sent(), got, tt.at)
		}
	}
}

func TestVoltageCrossings(t *testing.T) {
	for _, tt := range []struct {
		c    trigger.Condition
		seen []trigger.Observation
		at   int
	}{
		{trigger.Falling("kl30", 9*physic.Volt), []trigger.Observation{volts(8, 8), volts(8, 12), volts(12, 9), volts(9, 8)}, 2},
		{trigger.Rising("kl30", 9*physic.Volt), []trigger.Observation{volts(12, 12), volts(12, 8), volts(8, 9)}, 2},
		{trigger.Falling("kl30", 9*physic.Volt), []trigger.Observation{volts(9, 8), volts(8, 7)}, -1},
		{trigger.Falling("kl15", 9*physic.Volt), []trigger.Observation{volts(12, 8)}, -1},
	} {
		if got := observe(tt.c, tt.seen...); got != tt.at {
			t.Errorf("%v was met at %d, want %d", tt.c, got, tt.at)
		}
	}
	if got := volts(12, 8).String(); got != "kl30: from 12V to 8V in 1ms" {
		t.Error(got)
	}
}

func TestComposition(t *testing.T) {
	a, b, c := line("a"), line("b"), line("c")
	for _, tt := range []struct {
		c    trigger.Condition
		seen []trigger.Observation
		at   int
	}{
		{trigger.Any(prints("a"), prints("b")), []trigger.Observation{c, b, a}, 1},
		{trigger.Any(prints("a"), prints("b")).Nth(3), []trigger.Observation{a, c, b, b}, 3},
		{trigger.Any(prints("a").Nth(2), prints("b").Nth(2)), []trigger.Observation{a, b, b}, 2},
		{prints("a").Nth(2).Nth(1), []trigger.Observation{a, c, a}, 2},
		{prints("a").Nth(2).Nth(2), []trigger.Observation{a, a, a, a}, -1},
		{prints("a").Then(prints("b")).Nth(2), []trigger.Observation{a, b, b, a, c, b}, 5},
		{prints("a").Nth(2).Then(prints("b").Nth(2)), []trigger.Observation{b, a, b, a, b, b}, 5},
		{prints("a").Then(prints("b")).Then(prints("c")), []trigger.Observation{c, b, a, c, b, c}, 5},
	} {
		if got := observe(tt.c, tt.seen...); got != tt.at {
			t.Errorf("%v was met at %d, want %d", tt.c, got, tt.at)
		}
	}
}

func TestTimeAfterACondition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e trigger.Engine
		note := trigger.Func("note", func() error { return nil })
		start := time.Now()
		plain := e.Arm(prints("a").After(20*ms), note)
		sequence := e.Arm(prints("a").After(20*ms).Then(prints("b")), note)
		chain := e.Arm(prints("a").After(20*ms).After(5*ms), trigger.After(3*ms, note))
		again := e.Arm(prints("a").After(20*ms).Nth(2), note)
		either := e.Arm(trigger.Any(prints("a").After(20*ms), prints("a").After(10*ms)), note)
		e.Observe(line("a"))
		time.Sleep(7 * ms)
		e.Observe(line("a"))
		e.Observe(line("b"))
		time.Sleep(30 * ms)
		if _, fired := sequence.Firing(); fired {
			t.Error("what came before the time was over counted")
		}
		e.Observe(line("b"))
		for _, tt := range []struct {
			armed      *trigger.Armed
			at, wished time.Duration
			event      string
		}{
			{plain, 0, 20 * ms, `20ms after bcm: console "a"`},
			{sequence, 37 * ms, 0, `bcm: console "b"`},
			{chain, 20 * ms, 8 * ms, `5ms after 20ms after bcm: console "a"`},
			{again, 7 * ms, 20 * ms, `20ms after bcm: console "a"`},
			{either, 0, 10 * ms, `10ms after bcm: console "a"`},
		} {
			<-tt.armed.Done()
			f, _ := tt.armed.Firing()
			if f.At.Sub(start) != tt.at || f.Wished != tt.wished || f.Latency != 0 || f.Event != tt.event {
				t.Errorf("%s: %+v, at %v", tt.armed.Condition, f, f.At.Sub(start))
			}
		}
		if text := sequence.Condition; text != "20ms after (bcm prints /^a$/), then bcm prints /^b$/" {
			t.Error(text)
		}
	})
}

// A timer may come late; what bears a time after the awaited one does not overtake it.
func TestWhatComesAfterATimeDoesNotOvertakeIt(t *testing.T) {
	var e trigger.Engine
	armed := e.Arm(prints("a").After(time.Hour).Then(prints("b")), trigger.Func("note", func() error { return nil }))
	a, b := line("a"), line("b")
	b.Time = a.Time.Add(time.Hour)
	e.Observe(a)
	e.Observe(b)
	if _, fired := armed.Firing(); !fired {
		t.Error("b came an hour after a and did not count")
	}
}

// A disarmed trigger does not fire when the time that it waited for is over.
func TestDisarmEndsATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e trigger.Engine
		armed := e.Arm(prints("a").After(20*ms), trigger.Func("cut", func() error { t.Error("acted"); return nil }))
		e.Observe(line("a"))
		armed.Disarm()
		time.Sleep(time.Second)
	})
}

// deed is an action that notes when it was done.
func deed(list *[]string, start time.Time, text string, err error) trigger.Action {
	return trigger.Func(text, func() error {
		*list = append(*list, fmt.Sprintf("%s %v", text, time.Since(start)))
		return err
	})
}

func TestActionsWithSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done []string
		var e trigger.Engine
		start := time.Now()
		do := func(text string) trigger.Action { return deed(&done, start, text, nil) }
		both := trigger.Both(trigger.After(4*ms, do("late")), do("x"), trigger.Both(do("y"), do("z")))
		sequence := trigger.Sequence(do("1"), trigger.After(10*ms, trigger.Both(do("2"), do("3"))), trigger.After(5*ms, do("4")))
		if both.String() != "after 4ms late and x and y and z" || sequence.String() != "1, then after 10ms 2 and 3, then after 5ms 4" {
			t.Errorf("%q, %q", both, sequence)
		}
		first, second := e.Arm(prints("a"), both), e.Arm(prints("a"), sequence)
		e.Observe(line("a"))
		<-first.Done()
		<-second.Done()
		want := "[x 0s y 0s z 0s 1 0s late 4ms 2 10ms 3 10ms 4 15ms]"
		if fmt.Sprint(done) != want {
			t.Errorf("%v, want %v", done, want)
		}
		f, _ := second.Firing()
		if len(f.Steps) != 4 || f.Steps[3] != (trigger.Step{Action: "4", Wished: 15 * ms}) || f.Latency != 0 {
			t.Errorf("%+v", f)
		}
	})
}

func TestTheFirstStepThatFailsIsTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done []string
		var e trigger.Engine
		start, broken := time.Now(), errors.New("relay stuck")
		armed := e.Arm(prints("a"), trigger.Both(deed(&done, start, "x", broken), deed(&done, start, "y", nil)))
		next := armed.Then(prints("a"), deed(&done, start, "z", nil))
		e.Observe(line("a"))
		e.Observe(line("a"))
		f, _ := armed.Firing()
		if _, fired := next.Firing(); fired || !errors.Is(f.Err, broken) || fmt.Sprint(done) != "[x 0s]" {
			t.Errorf("%+v, %v", f, done)
		}
	})
}

// A stimulus of which only a part happened is not what was wished.
func TestDisarmBetweenSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done []string
		var e trigger.Engine
		idle := 0
		e.OnIdle = func(*trigger.Armed) { idle++ }
		do := deed(&done, time.Now(), "x", nil)
		armed := e.Arm(prints("a"), trigger.Sequence(do, trigger.After(time.Second, do)))
		e.Observe(line("a"))
		e.DisarmAll()
		<-armed.Done()
		time.Sleep(time.Minute)
		if f, _ := armed.Firing(); !errors.Is(f.Err, trigger.ErrDisarmed) || len(done) != 1 || idle != 0 {
			t.Errorf("%+v, %v, %d idle", f, done, idle)
		}
	})
}

// A plan that is wrapped in another action would lose its delays, and says so.
func TestAPlanNeedsATrigger(t *testing.T) {
	err := trigger.After(ms, trigger.Func("cut", func() error { return nil })).Do()
	if err == nil || !strings.Contains(err.Error(), "carried out by a trigger") {
		t.Error(err)
	}
}

func TestASecondTriggerFollowsTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done, told []string
		var e trigger.Engine
		e.OnArmed = func(a *trigger.Armed) { told = append(told, fmt.Sprintf("armed %d", a.ID)) }
		e.OnFired = func(a *trigger.Armed, _ trigger.Firing) { told = append(told, fmt.Sprintf("fired %d", a.ID)) }
		e.OnIdle = func(a *trigger.Armed) { told = append(told, fmt.Sprintf("idle %d", a.ID)) }
		do := func(text string) trigger.Action { return deed(&done, time.Now(), text, nil) }
		first := e.Arm(prints("b").After(ms), do("cut"))
		second := first.Then(prints("b"), do("dip"))
		if !strings.HasPrefix(second.Condition, "once trigger 1 has fired, ") {
			t.Error(second.Condition)
		}
		e.Observe(line("b"))
		e.Observe(line("b")) // not yet
		<-first.Done()
		e.Observe(line("b"))
		first.Then(prints("c"), do("late")) // after it has fired
		e.Observe(line("c"))

		never := e.Arm(prints("x"), do("x"))
		never.Then(prints("y"), do("y"))
		e.DisarmAll()
		never.Then(prints("z"), do("z"))
		if got := fmt.Sprint(done); got != "[cut 1ms dip 1ms late 0s]" {
			t.Error(got)
		}
		want := "[armed 1 armed 2 fired 1 fired 2 armed 3 fired 3 armed 4 armed 5 idle 4 idle 5 armed 6 idle 6]"
		if fmt.Sprint(told) != want {
			t.Errorf("%v\nwant %v", told, want)
		}
	})
}

// Those who write the record hold locks that an action may need, so their observation does not wait for the action; and
// an action that writes the record itself changes nothing.
func TestLaterObservationsRunBesideTheirSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e trigger.Engine
		event := func(text string) trigger.Observation {
			return trigger.Observation{Kind: trigger.Recorded, Time: time.Now(), Source: "step", Text: text}
		}
		held := make(chan struct{}, 1)
		held <- struct{}{}
		e.OnArmed = func(*trigger.Armed) { e.ObserveLater(event("armed")) }
		e.OnFired = func(*trigger.Armed, trigger.Firing) { e.ObserveLater(event("fired")) }
		all := trigger.RecordOf("step", regexp.MustCompile(""))
		first := e.Arm(trigger.RecordOf("step", regexp.MustCompile("begin")), trigger.Func("take", func() error {
			<-held
			e.ObserveLater(event("taken"))
			held <- struct{}{}
			return nil
		}))
		<-held // as who writes the record does
		e.ObserveLater(event("begin"))
		second := e.Arm(all, trigger.Func("note", func() error { return nil }))
		held <- struct{}{}
		<-first.Done()
		<-second.Done()
		if f, _ := second.Firing(); f.Event != "record: step taken" {
			t.Errorf("a trigger saw what was before it was armed: %+v", f)
		}
	})
}

// Blocks are counted beyond their counter's byte, each once, from the beginning of a transfer that was seen.
func TestBlocks(t *testing.T) {
	sent := func(data ...byte) trigger.Observation { return request("bcm", trigger.RequestSent, data...) }
	seen := []trigger.Observation{sent(0x36, 1), sent(0x34, 0)}
	for n := 1; n <= 300; n++ {
		seen = append(seen, sent(0x36, byte(n)))
	}
	for _, tt := range []struct{ n, at int }{{1, 2}, {2, 3}, {255, 256}, {256, 257}, {257, 258}, {300, 301}, {301, -1}} {
		if got := observe(trigger.Block("bcm", tt.n), seen...); got != tt.at {
			t.Errorf("block %d was met at %d, want %d", tt.n, got, tt.at)
		}
	}
	again := []trigger.Observation{sent(0x34), sent(0x36, 1), sent(0x36, 1), sent(0x34), sent(0x36, 1), sent(0x36, 2)}
	if got := observe(trigger.Block("bcm", 2), again...); got != 5 {
		t.Errorf("block 2 was met at %d", got)
	}
}
