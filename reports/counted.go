package reports

// Counted is what the verdict of a spec or requirement counts for where it is told without that of the run, as in a tool
// that imports it: nothing if the run as a whole is void.
func (r *Run) Counted(v Verdict) Verdict {
	switch v {
	case Passed, InPart, Marginal:
		if r.Status == Void && r.Reason != "" {
			return Void
		}
	}
	return v
}
