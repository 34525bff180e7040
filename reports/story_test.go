package reports_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
)

// story derives the story of a spec in which something happened at times given in milliseconds.
func story(t *testing.T, happened ...any) []reports.Chapter {
	t.Helper()
	events := []record.Event{{Spec: "a", Body: reportstest.Start("a", "tells")}}
	at := time.Duration(0)
	for _, h := range happened {
		switch h := h.(type) {
		case int:
			at = time.Duration(h) * time.Millisecond
		case record.Body:
			events = append(events, record.Event{Seq: uint64(len(events) + 1), T: at, Spec: "a", Body: h})
		}
	}
	run, err := reports.Derive(reportstest.Header, events, nil)
	if err != nil {
		t.Fatal(err)
	}
	return run.Specs[0].Story()
}

// outline is a story in brief: a line a chapter, with what stands beside it.
func outline(chapters []reports.Chapter) string {
	var b strings.Builder
	for _, c := range chapters {
		fmt.Fprintf(&b, "%d", c.T.Milliseconds())
		for _, n := range c.Shown {
			fmt.Fprintf(&b, " %s:%s", n.Body.Display, n.Body.State)
		}
		if c.Step != "" {
			fmt.Fprintf(&b, " step %q", c.Step)
		}
		for _, p := range c.Progress {
			fmt.Fprintf(&b, " [%s %s]", p.Display, p)
		}
		for _, o := range c.Beside {
			fmt.Fprintf(&b, " (%d %s %s)", o.T.Milliseconds(), o.By, o.Text)
			if o.Wrong {
				b.WriteString("!")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func shown(display, state string) record.Notice {
	return record.Notice{Display: display, State: state, Title: "title"}
}

func percent(display string, n int) record.Notice {
	return record.Notice{Display: display, State: "downloading", Percent: n, Progress: true}
}

func TestStories(t *testing.T) {
	other := shown("app", "ready")
	other.Title = "another"
	for name, c := range map[string]struct {
		happened []any
		want     string
	}{
		"nothing": {nil, ""},
		"in the order of time": {
			[]any{10, record.Link{Profile: "LTE"}, 20, record.Step{Text: "offers"}, 30, shown("dashboard", "offered"), 40, record.UserAction{Display: "app", User: "guest", Action: "download", Error: "403"}},
			"0 (10 link LTE)\n20 step \"offers\"\n30 dashboard:offered (40 user guest on app: download; not taken: 403)!\n",
		},
		"in the order of the record at one time": {
			[]any{10, shown("dashboard", "ready"), record.UserAction{Display: "dashboard", User: "owner", Action: "install"}, shown("dashboard", "installing")},
			"10 dashboard:ready (10 user owner on dashboard: install)\n10 dashboard:installing\n",
		},
		"the same on both displays": {
			[]any{10, shown("dashboard", "ready"), 15, record.Backend{Event: "report", Text: "ready"}, 20, shown("app", "ready"), 30, shown("app", "idle")},
			"10 dashboard:ready app:ready (15 backend report: ready)\n30 app:idle\n",
		},
		"another text in the app": {[]any{10, shown("dashboard", "ready"), 20, other}, "10 dashboard:ready\n20 app:ready\n"},
		"the same twice":          {[]any{10, shown("app", "ready"), 20, shown("app", "ready")}, "10 app:ready\n20 app:ready\n"},
		"a step in between":       {[]any{10, shown("dashboard", "ready"), 15, record.Step{Text: "waits"}, 20, shown("app", "ready")}, "10 dashboard:ready\n15 step \"waits\"\n20 app:ready\n"},
		"progress": {
			[]any{0, shown("dashboard", "downloading"), 1000, percent("dashboard", 10), 1500, percent("dashboard", 20), 2000, percent("dashboard", 15), 3000, percent("dashboard", 30)},
			"0 dashboard:downloading [dashboard 10 % to 30 % in 4 notices over 2 s: 1.5 notices and 10 % a second; fell once]\n",
		},
		"progress that goes on after a step": {
			[]any{0, shown("app", "downloading"), 1000, percent("app", 10), record.Step{Text: "waits"}, percent("app", 5)},
			"0 app:downloading [app 10 %, one notice]\n1000 step \"waits\" [app 5 %, one notice; fell once]\n",
		},
		"progress of what was never shown": {[]any{10, percent("app", 50), 20, percent("app", 51)}, "10 app:downloading [app 51 %, one notice]\n"},
		"traffic in one line": {
			[]any{0, record.Step{Text: "loads"}, 10, record.Traffic{Down: 1500, Dials: 1}, 20, record.Traffic{Down: 2_000_000, Up: 12, Dials: 2, Accepted: 2}},
			"0 step \"loads\" (10 link 2 MB to the vehicle, 12 bytes to the backend; 2 of 3 connections made)!\n",
		},
		"values in one line": {
			[]any{
				0,
				record.Step{Text: "drains"},
				10,
				record.Vehicle{Signal: "charge", Value: "31 %"},
				20,
				record.Vehicle{Signal: "charge", Value: "30 %"},
				30,
				record.Vehicle{Signal: "charge", Value: "29 %"},
				40,
				record.Setting{Device: "kl30", Action: "set", Value: "6 V"},
				50,
				record.Setting{Device: "kl30", Action: "off", Error: "no answer"},
			},
			"0 step \"drains\" (10 vehicle charge: 31 %, then 2 more, the last 29 %) (40 supply kl30 set 6 V) (50 supply kl30 off : no answer)!\n",
		},
		"requests in one line": {
			[]any{
				0,
				record.Step{Text: "programs"},
				10,
				record.Exchange{ECU: "bcm", Service: "TransferData", Sent: 5 * time.Millisecond},
				record.Exchange{ECU: "bcm", Service: "TransferData"},
				record.Exchange{ECU: "bcm", Service: "RoutineControl", NRC: "0x72"},
				record.Exchange{ECU: "bcm", Service: "ECUReset", Error: "timeout"},
			},
			"0 step \"programs\" (5 bus bcm: TransferData × 2, RoutineControl, ECUReset; 1 refused, first with 0x72; 1 without an answer, first: timeout)!\n",
		},
		"a trigger at its moment": {
			[]any{0, record.TriggerArmed{ID: 1, Condition: "block 2", Action: "cut"}, 10, record.Step{Text: "cuts"}, 30, record.TriggerFired{ID: 1, At: 20 * time.Millisecond}},
			"10 step \"cuts\" (20 trigger block 2 → cut)\n",
		},
		"voltages of each chapter": {
			[]any{
				0,
				record.Sample{Rail: "kl30", Volts: 1},
				10,
				record.Step{Text: "one"},
				15,
				record.Sample{Rail: "kl30", Volts: 12},
				record.Sample{Rail: "kl30", Volts: 9.5},
				record.Sample{Rail: "kl30", Volts: math.NaN()},
				20,
				record.Step{Text: "two"},
				record.Sample{Rail: "kl30", Volts: 12},
				25,
				record.Link{Profile: "lost"},
			},
			"10 step \"one\" (15 supply kl30 between 9.50 V and 12.00 V)\n20 step \"two\" (20 supply kl30 at 12.00 V) (25 link lost)\n",
		},
	} {
		if got := outline(story(t, c.happened...)); got != c.want {
			t.Errorf("%s:\n%swant\n%s", name, got, c.want)
		}
	}
}

func TestALineOfManyServicesIsShort(t *testing.T) {
	happened := []any{0, record.Step{Text: "asks"}}
	for i := range 1000 {
		happened = append(happened, record.Exchange{ECU: "bcm", Service: fmt.Sprint("service ", i)})
	}
	got := story(t, happened...)[0].Beside[0].Text
	if !strings.HasSuffix(got, "service 11, and 988 more") {
		t.Errorf("%q", got)
	}
}

// Each kind that a story is made of is in the spec too, in its order.
func TestSpecsKeepWhatAUserLived(t *testing.T) {
	run := load(t, reportstest.Told().Text(t))
	for _, s := range run.Specs {
		if len(s.Notices) == 0 || len(s.Actions) == 0 || len(s.Traffic) == 0 || len(s.Backend) == 0 || len(s.Links) == 0 || len(s.Vehicle) == 0 {
			t.Errorf("%s has %d notices, %d actions, %d counts of traffic, %d entries of the backend, %d links, %d signals", s.ID, len(s.Notices), len(s.Actions), len(s.Traffic), len(s.Backend), len(s.Links), len(s.Vehicle))
		}
		for i := range s.Notices[1:] {
			if s.Notices[i+1].T < s.Notices[i].T {
				t.Fatalf("%s: notice %d is before the one before it", s.ID, i+1)
			}
		}
	}
}
