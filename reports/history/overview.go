package history

// Overview is what a reader of the history looks at.
type Overview struct {
	Path  string `json:"path"`
	Bench string `json:"bench,omitempty"` // name of the bench it is limited to
	Total int    `json:"total_runs"`      // in the history, of that bench
	View
	Flaky       []Flake      `json:"flaky"`       // in the whole history
	Regressions []Regression `json:"regressions"` // within the view
	Drifts      []Drift      `json:"drifts"`
}

// Overview reads a part of the history and says what is flaky, regressed or drifts.
func (h *DB) Overview(s Selection) (Overview, error) {
	o := Overview{Path: h.path, Bench: s.Bench}
	var err error
	if o.Total, err = h.Count(s.Bench); err != nil {
		return o, err
	}
	if o.View, err = h.View(s); err != nil {
		return o, err
	}
	if o.Flaky, err = h.Flaky(s.Bench); err != nil {
		return o, err
	}
	o.Regressions, o.Drifts = o.View.Regressions(), o.View.Drifts()
	return o, nil
}
