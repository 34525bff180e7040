package mutation_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/bench/record"
	"otabench/reports/mutation"
)

func good(specs ...mutation.Spec) mutation.Trial { return mutation.Trial{Specs: specs} }

func onMutant(name string, specs ...mutation.Spec) mutation.Trial {
	return mutation.Trial{Mutant: mutation.Mutant{Name: name, Story: "story of " + name, Group: "group"}, Specs: specs}
}

func TestOnlyAFailureOfASpecThatPassesOnTheGoodECUKills(t *testing.T) {
	for _, outcome := range []record.Outcome{record.Passed, record.Failed, record.Void, record.NotRun, record.Aborted} {
		for _, before := range []record.Outcome{record.Passed, record.Failed, record.Void, record.NotRun, record.Aborted, ""} {
			t.Run(fmt.Sprintf("%s after %s", outcome, before), func(t *testing.T) {
				first := good(spec("other", record.Passed))
				if before != "" {
					first.Specs = append(first.Specs, spec("a", before))
				}
				m := mutation.Judge(first, []mutation.Trial{onMutant("m", spec("a", outcome))})
				want := []string{}
				if outcome == record.Failed && before == record.Passed {
					want = []string{"a"}
				}
				if diff := cmp.Diff(want, m.Rows[0].KilledBy); diff != "" {
					t.Error(diff)
				}
				if survives := len(m.Survivors()) == 1; survives != (len(want) == 0) {
					t.Errorf("survives: %v", survives)
				}
			})
		}
	}
}

func TestFalseAlarms(t *testing.T) {
	first := good(
		spec("passes", record.Passed), spec("fails", record.Failed), spec("is void", record.Void),
		spec("is skipped", record.NotRun), spec("is aborted", record.Aborted))
	first.Unfinished = &mutation.Spec{ID: "hangs"}
	m := mutation.Judge(first, []mutation.Trial{onMutant("m", spec("fails", record.Failed))})
	if diff := cmp.Diff([]string{"fails", "is void", "is aborted", "hangs"}, m.FalseAlarms); diff != "" {
		t.Error(diff)
	}
	if len(m.Survivors()) != 1 {
		t.Error("a false alarm has killed")
	}
	if diff := cmp.Diff([]string{"passes"}, m.Idle); diff != "" {
		t.Errorf("specs that kill nothing: %s", diff)
	}
}

// A suite that had to be ended shows where, and that alone kills nothing.
func TestUnfinishedSuites(t *testing.T) {
	hung := onMutant("hangs")
	hung.Unfinished = &mutation.Spec{ID: "a", Text: "spec a"}
	died := onMutant("dies", spec("a", record.Failed))
	died.Unfinished = &mutation.Spec{}
	m := mutation.Judge(good(spec("a", record.Passed)), []mutation.Trial{hung, died})
	if r := m.Rows[0]; r.Name != "hangs" || r.Killed() || r.Unfinished != "spec a" {
		t.Errorf("%+v", r)
	}
	if r := m.Rows[1]; r.Name != "dies" || !r.Killed() || r.Unfinished != "between two specs" {
		t.Errorf("%+v", r)
	}
}

func TestSurvivorsStandFirstAndThenThoseThatNeedTheSweep(t *testing.T) {
	swept := onMutant("swept")
	swept.Mutant.Sweep, swept.Swept = true, []string{"update frame 7"}
	missed := onMutant("missed by the sweep")
	missed.Mutant.Sweep = true
	m := mutation.Judge(good(spec("a", record.Passed)), []mutation.Trial{
		onMutant("killed", spec("a", record.Failed)), swept, onMutant("survives", spec("a", record.Passed)), missed,
	})
	var names []string
	for _, r := range m.Rows {
		names = append(names, r.Name)
	}
	if diff := cmp.Diff([]string{"survives", "missed by the sweep", "swept", "killed"}, names); diff != "" {
		t.Error(diff)
	}
	if got := m.Rows[2].KilledBy[0]; got != "sweep update frame 7" {
		t.Errorf("killed by %q", got)
	}
}

func TestPageStandsAloneAndEscapes(t *testing.T) {
	first := good(spec("a", record.Passed), spec("b", record.Passed))
	survivor := onMutant("<script>")
	m := mutation.Judge(first, []mutation.Trial{survivor, onMutant("killed", spec("a", record.Failed))})
	var page strings.Builder
	if err := m.HTML(&page, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	text := page.String()
	if regexp.MustCompile(`(?i)<script|src=|href=|url\(`).MatchString(text) {
		t.Error("the page has a script or wants something from elsewhere")
	}
	for _, want := range []string{"1 of 2 mutants killed", "&lt;script&gt;", "story of killed", `title="spec a"`, "1 specs kill no mutant"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(text, `title="spec b"`) {
		t.Error("a spec that kills nothing is in the matrix")
	}
}
