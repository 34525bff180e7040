package reports

import "strconv"

// Verdict is what a spec, a requirement or a run comes to. Only Passed is a pass.
type Verdict string

// Verdicts.
const (
	Passed Verdict = "passed"
	Failed Verdict = "failed"
	// Marginal: passed, but for a measurement that is nearer to its limit than its uncertainty. It is not a pass.
	Marginal Verdict = "marginal"
	Void     Verdict = "void"    // the bench was at fault, so nothing can be concluded
	Aborted  Verdict = "aborted" // begun and interrupted; of specs only
	NotRun   Verdict = "not run" // planned and not concluded
	// InPart: what was selected passed, and none of it observes the whole requirement; of requirements only.
	InPart     Verdict = "passed in part"
	NotCovered Verdict = "not covered" // no spec of the run; of requirements only
	// OutOfScope: its catalogue leaves it to documents, so that it is not in the denominator; of requirements only.
	OutOfScope Verdict = "by document"
)

// Verdicts are all verdicts, in the order in which a report counts them.
func Verdicts() []Verdict {
	return []Verdict{Passed, InPart, Marginal, Failed, Void, Aborted, NotRun, NotCovered, OutOfScope}
}

// Symbol stands beside the word of a verdict, so that colour is not needed to tell them apart.
func (v Verdict) Symbol() string {
	switch v {
	case Passed:
		return "✓"
	case Failed:
		return "✗"
	case Marginal:
		return "≈"
	case Void:
		return "⊘"
	case InPart:
		return "◐"
	case NotCovered:
		return "·"
	case OutOfScope:
		return "§"
	}
	return "–"
}

// DecisionRule is the rule by which verdicts are derived, in the words of the report.
const DecisionRule = "A spec is passed only if it ended with the outcome \"passed\", no fault of the bench was recorded during it, " +
	"each of its measurements lies within its limits, and no frame was lost. " +
	"Measurements are judged by guarded acceptance (JCGM 106, ILAC-G8), with a guard band as wide as the expanded uncertainty (k = 2): " +
	"a value outside of its limits fails the spec; one within them that is nearer to a limit than its uncertainty makes the spec marginal, which is not a pass; " +
	"where no uncertainty is stated, the value is compared with its limits as it is, and the report says so. " +
	"A fault of the bench makes a spec void, " +
	"whatever its outcome, and so does a voltage profile that was not met or not measured; lost frames make a pass void. " +
	"A spec that began and did not end is aborted, one that was planned and not begun is not run. " +
	"A requirement is passed only if all specs that observe it were selected and passed; otherwise failed if any failed, void if any is void, " +
	"not run if any was not concluded or none was selected, marginal if any is marginal, and else passed in part. " +
	"A spec that is declared to observe only a part of a requirement counts for it, and a requirement that has only such specs, or of whose specs some were left out of the selection, " +
	"is at best passed in part, which is not a pass. " +
	"A requirement that its catalogue says other specs observe is passed only if each of the labels that it names has a spec that observes all of it, and all of their specs passed. " +
	"A requirement without a spec is not covered. " +
	"A requirement that its catalogue leaves to documents is no subject of the test: it is counted apart, not in the denominator and never as passed, unless a spec of it failed. " +
	"A run is judged by the catalogues that its record names; if one of them is missing or is another one, the run is void. The run is passed only if its record is whole, at least one spec was planned, every planned spec passed, " +
	"and no fault or lost frame was recorded outside of specs. " +
	"A skipped, aborted, marginal or void spec never counts as a pass. " +
	"A run that has to prove itself is void unless the suite failed a unit with a known fault and passed a loopback. " +
	"A sweep is passed only if every planned point was tried, left the unit as it may be, and a complete reflash mended it; " +
	"a point whose moment never came, or at which the bench failed, shows nothing and makes the sweep void, " +
	"and so does one that ended otherwise when it was played again."

// Totals counts specs by verdict.
type Totals struct {
	Specs    int `json:"specs"`
	Passed   int `json:"passed"`
	Failed   int `json:"failed"`
	Marginal int `json:"marginal"`
	Void     int `json:"void"`
	Aborted  int `json:"aborted"`
	NotRun   int `json:"not_run"`
}

func (t *Totals) add(v Verdict) {
	t.Specs++
	switch v {
	case Passed:
		t.Passed++
	case Failed:
		t.Failed++
	case Marginal:
		t.Marginal++
	case Void:
		t.Void++
	case Aborted:
		t.Aborted++
	default:
		t.NotRun++
	}
}

// verdict applies the decision rule to what was counted.
func (t Totals) verdict() Verdict {
	switch {
	case t.Failed > 0:
		return Failed
	case t.Void > 0:
		return Void
	case t.Specs > 0 && t.Passed == t.Specs:
		return Passed
	case t.Marginal > 0 && t.Passed+t.Marginal == t.Specs:
		return Marginal
	}
	return NotRun
}

// String says the counts with their denominator, as in "2 of 3 passed, 1 not run".
func (t Totals) String() string {
	if t.Specs == 0 {
		return "no spec"
	}
	s := strconv.Itoa(t.Passed) + " of " + strconv.Itoa(t.Specs) + " passed"
	for _, c := range []struct {
		n    int
		name string
	}{{t.Failed, "failed"}, {t.Marginal, "marginal"}, {t.Void, "void"}, {t.Aborted, "aborted"}, {t.NotRun, "not run"}} {
		if c.n > 0 {
			s += ", " + strconv.Itoa(c.n) + " " + c.name
		}
	}
	return s
}
