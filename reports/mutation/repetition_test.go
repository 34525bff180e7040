package mutation_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/bench/record"
	"otabench/reports/mutation"
)

func spec(id string, o record.Outcome) mutation.Spec {
	return mutation.Spec{ID: id, Text: "spec " + id, Outcome: o, Message: "message of " + id}
}

func repetition(seed uint64, unfinished *mutation.Spec, specs ...mutation.Spec) mutation.Repetition {
	return mutation.Repetition{Seed: seed, Trial: mutation.Trial{Specs: specs, Unfinished: unfinished}}
}

func TestOnlyAPassEveryTimeIsNoFalseAlarm(t *testing.T) {
	hung := spec("c", "")
	for _, tt := range []struct {
		name string
		all  []mutation.Repetition
		want []string
	}{
		{"all pass", []mutation.Repetition{
			repetition(1, nil, spec("a", record.Passed), spec("b", record.Passed)),
			repetition(2, nil, spec("b", record.Passed), spec("a", record.Passed)),
		}, nil},
		{"one fails once", []mutation.Repetition{
			repetition(1, nil, spec("a", record.Passed)), repetition(2, nil, spec("a", record.Failed)),
		}, []string{"2 a failed"}},
		{"void, skipped and aborted are no pass", []mutation.Repetition{
			repetition(7, nil, spec("a", record.Void), spec("b", record.NotRun), spec("c", record.Aborted)),
		}, []string{"7 a void", "7 b not run", "7 c aborted"}},
		{"one hangs, and what would have come after it", []mutation.Repetition{
			repetition(1, nil, spec("a", record.Passed), spec("b", record.Passed), spec("c", record.Passed)),
			repetition(2, &hung, spec("a", record.Passed)),
		}, []string{"2 b not run", "2 c unended"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := mutation.CountRepetitions(tt.all)
			var got []string
			for _, a := range f.FalseAlarms {
				got = append(got, fmt.Sprint(a.Seed, " ", a.ID, " ", a.Outcome))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRepetitionsAreCountedBySpec(t *testing.T) {
	f := mutation.CountRepetitions([]mutation.Repetition{
		repetition(1, nil, spec("a", record.Passed), spec("b", record.Failed)),
		repetition(2, nil, spec("b", record.Void), spec("a", record.Passed)),
	})
	want := []mutation.Count{
		{ID: "b", Text: "spec b", Runs: 2, Others: map[record.Outcome]int{record.Failed: 1, record.Void: 1}},
		{ID: "a", Text: "spec a", Runs: 2, Passed: 2, Others: map[record.Outcome]int{}},
	}
	if diff := cmp.Diff(want, f.Specs); diff != "" || f.Repetitions != 2 {
		t.Errorf("%d repetitions\n%s", f.Repetitions, diff)
	}
}
