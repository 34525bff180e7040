package history

import (
	"otabench/reports"
	"otabench/reports/conditions"
)

// Regression is a spec that fails, passed before, and never passed under the conditions under which it fails.
type Regression struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	PassedIn int    `json:"passed_in"` // the last run in which it passed, a place in View.Runs
	FailedIn int    `json:"failed_in"` // the first run after it in which it failed
	Failed   int    `json:"failed"`    // runs since then
	// Changes between these two runs; what is unknown of either is among them.
	Changes []conditions.Change `json:"changes"`
	Reason  string              `json:"reason"` // in the newest run
}

// Regressions finds the specs whose newest verdict of worth is a failure. Void runs do not count.
func (v View) Regressions() []Regression {
	all := []Regression{}
	for _, s := range v.Specs {
		if r, ok := v.regression(s); ok {
			all = append(all, r)
		}
	}
	return all
}

func (v View) regression(s Spec) (Regression, bool) {
	worth := v.concluded(s)
	n := len(worth)
	if n == 0 || worth[n-1].Verdict != reports.Failed {
		return Regression{}, false
	}
	r := Regression{ID: s.ID, Name: s.Name, PassedIn: -1, Reason: worth[n-1].Reason}
	now := v.Runs[worth[n-1].Run].Conditions
	for _, x := range worth {
		switch {
		case x.Verdict != reports.Passed && r.PassedIn < 0:
		case x.Verdict == reports.Passed:
			if v.Runs[x.Run].Conditions.Same(now) {
				return Regression{}, false // it is flaky
			}
			r.PassedIn, r.Failed = x.Run, 0
		case x.Verdict == reports.Failed:
			if r.Failed == 0 {
				r.FailedIn = x.Run
			}
			r.Failed++
		}
	}
	if r.PassedIn < 0 {
		return Regression{}, false // it always failed
	}
	r.Changes = conditions.Changes(v.Runs[r.PassedIn].Conditions, v.Runs[r.FailedIn].Conditions)
	return r, true
}

// concluded are the results of a spec from which something follows.
func (v View) concluded(s Spec) (worth []Result) {
	for _, x := range s.Results {
		if !v.Runs[x.Run].Counts() {
			continue
		}
		switch x.Verdict {
		case reports.Passed, reports.Failed, reports.Marginal:
			worth = append(worth, x)
		}
	}
	return worth
}
