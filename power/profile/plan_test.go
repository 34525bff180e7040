package profile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"periph.io/x/conn/v3/physic"

	"otabench/power/profile"
)

const ms = time.Millisecond

// dp832 is a supply over a network, without a sink, in front of 690 µF and 47 Ω, with a relay in the line.
func dp832() profile.Capability {
	return profile.Capability{
		Highest: 16 * physic.Volt, Resolution: physic.MilliVolt,
		Latency: 30 * ms, Jitter: 20 * ms, Interval: 50 * ms, Rise: physic.Volt, Decay: 32 * ms,
		Switch: &profile.Contact{Latency: 5 * ms, Shortest: 5 * ms, Jitter: ms, Decay: 22 * ms},
	}
}

// n6705 is a supply with list mode that sinks.
func n6705() profile.Capability {
	return profile.Capability{
		Highest: 30 * physic.Volt, Resolution: physic.MilliVolt, Latency: 10 * ms, Jitter: 5 * ms, Interval: 20 * ms,
		Rise: 30 * physic.Volt, Fall: 30 * physic.Volt,
		List: &profile.ListMode{
			Points: 512, Repeats: 256, MinDwell: 100 * time.Microsecond, MaxDwell: 262 * time.Second, Latency: ms,
		},
	}
}

// twoRails is two plain supplies with a fast changeover.
func twoRails() profile.Capability {
	can := dp832()
	can.Second = &profile.Changeover{Latency: ms, Transition: ms}
	return can
}

// What each kind of rail makes of each profile of the library stands in a golden file.
func TestPlans(t *testing.T) {
	for name, can := range map[string]profile.Capability{"dp832": dp832(), "n6705": n6705(), "two-rails": twoRails()} {
		var b strings.Builder
		for _, each := range profile.Library() {
			p, err := profile.Named(each)
			if err != nil {
				t.Fatal(err)
			}
			c, err := p.Compile(nil)
			if err != nil {
				fmt.Fprintf(&b, "%s: refused\n", each)
				continue
			}
			writePlan(&b, profile.NewPlan(c, can))
		}
		golden := filepath.Join("testdata", "plans", name+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), b.String()); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func writePlan(b *strings.Builder, p *profile.Plan) {
	fmt.Fprintf(b, "%s: %s", p.Curve.Name, p.Verdict().Before())
	if p.Blocked != "" {
		fmt.Fprintf(b, ", blocked by %s", p.Blocked)
	}
	b.WriteString("\n")
	methods := map[int]profile.Method{}
	for i, s := range p.Curve.Segments {
		methods[s.Origin] = max(methods[s.Origin], p.Methods[i])
	}
	for _, l := range p.Rows() {
		fmt.Fprintf(b, "  %-28s %3d/%-3d %-6v %s",
			l.Segment.Name, l.Met, l.Count, methods[l.Segment.Origin], l.Verdict.Before())
		if l.Reason != "" {
			fmt.Fprintf(b, ": %s", l.Reason)
		}
		b.WriteString("\n")
	}
}

func TestPlanActions(t *testing.T) {
	const text = `
name: mixed
tolerance: {below: 200mV, time: 5%}
start: 12V
steps:
  - {name: before, hold: 1s}
  - await: crank
  - {name: low, to: 9V, hold: 1s}
  - {name: cut, cut: 500ms}
  - {name: after, hold: 1s}
`
	c, err := parse(t, text).Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := profile.NewPlan(c, dp832())
	var got []string
	for _, a := range p.Actions {
		got = append(got, fmt.Sprint(a.At, " ", a.Kind, " ", a.Volts, a.Event))
	}
	want := []string{"1s await 0Vcrank", "1s set 8.900V", "2s open 0V", "2.5s close 0V"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if p.Verdict() != profile.Met || p.Delay() != 30*ms {
		t.Errorf("%v, %v after the event\n%s", p.Verdict(), p.Delay(), report(p.Judgement))
	}
}

// A list ends before the next command, and neither holds a voltage beyond the rail's limits.
func TestListsKeepToTheirTime(t *testing.T) {
	for _, resolution := range []time.Duration{0, 300 * time.Microsecond, 7 * ms} {
		can := n6705()
		can.List.Resolution = resolution
		checkLists(t, can)
	}
}

func checkLists(t *testing.T, can profile.Capability) {
	t.Helper()
	lists := 0
	for name, c := range curves(t) {
		p := profile.NewPlan(c, can)
		for i, a := range p.Actions {
			end := c.Duration()
			if i+1 < len(p.Actions) {
				end = p.Actions[i+1].At
			}
			if a.Volts < can.Lowest || a.Volts > can.Highest {
				t.Errorf("%s: %v", name, a)
			}
			if a.Kind != profile.RunList {
				continue
			}
			var sum time.Duration
			for _, s := range a.List {
				sum += s.Dwell
				if s.Volts < can.Lowest || s.Volts > can.Highest || s.Dwell < can.List.MinDwell || s.Dwell > can.List.MaxDwell {
					t.Errorf("%s: step %v", name, s)
				}
				if r := can.List.Resolution; r > 0 && s.Dwell%r != 0 {
					t.Errorf("%s: step %v is no multiple of %v", name, s, r)
				}
			}
			// What comes behind a list at the voltage that it ends with needs no command.
			if total := sum * time.Duration(a.Repeat); total > end-a.At {
				t.Errorf("%s: a list of %v from %v to %v", name, total, a.At, end)
			}
			lists++
		}
	}
	if lists < 5 {
		t.Errorf("only %d lists", lists)
	}
}

// A plan may be carried out if the rail's limits hold the curve, in the middle of its tolerance, and otherwise not.
func TestPlanKeepsToTheLimits(t *testing.T) {
	for name, c := range curves(t) {
		can := n6705()
		can.Switch = &profile.Contact{}
		_, hi := c.Range(0, c.Duration())
		can.Highest = hi + (c.Tolerance.Above-c.Tolerance.Below)/2
		if p := profile.NewPlan(c, can); p.Blocked != "" {
			t.Errorf("%s within: %s", name, p.Blocked)
		}
		can.Highest -= physic.MilliVolt
		if p := profile.NewPlan(c, can); p.Blocked == "" || p.Verdict() != profile.NotMet {
			t.Errorf("%s above: %v", name, p.Verdict().Before())
		}
	}
	dip, err := parse(t, strings.Replace(drop, "50% Usmin - 0.5V", "0V - 1V", 1)).Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	if p := profile.NewPlan(dip, dp832()); !strings.Contains(p.Blocked, "-1V is below the rail's 0V") {
		t.Errorf("%q", p.Blocked)
	}
}
