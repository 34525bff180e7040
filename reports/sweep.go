package reports

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"otabench/bench/record"
)

// Sweep is a sweep as its record tells it.
type Sweep struct {
	Plan    record.SweepPlan
	Results []record.SweepResult // in the order in which they came
	Edges   []record.SweepEdge   // of a sweep on one bench, in the order in which they were found

	// Evidence is of points that were played again. Its folder is empty if it is none that may be opened.
	Evidence []record.SweepEvidence

	place  map[string]int    // in Results, by point
	shrunk map[string]string // simpler points that go wrong alike, by point
}

// rollout is the procedure of a vehicle that updates itself.
const rollout = "rollout"

// Outcomes of points, from good to bad.
func Outcomes() []string {
	return []string{"old", "new", "recoverable", "mixed", "bricked", "missed", "void"}
}

func (s *Sweep) plan(p record.SweepPlan) { s.Plan, s.place = p, map[string]int{} }

func (s *Sweep) shrink(x record.SweepShrunk) {
	if s.shrunk == nil {
		s.shrunk = map[string]string{}
	}
	s.shrunk[x.From] = x.To
}

// add keeps the last result of a point, unless it is void and an earlier one is not.
func (s *Sweep) add(r record.SweepResult) {
	i, known := s.place[r.Point]
	switch {
	case !known:
		if s.place == nil {
			s.place = map[string]int{}
		}
		s.place[r.Point] = len(s.Results)
		s.Results = append(s.Results, r)
	case r.Outcome != "void":
		s.Results[i] = r
	}
}

// edge keeps the last of several findings of an edge, as a sweep that went on has them.
func (s *Sweep) edge(e record.SweepEdge) {
	same := func(o record.SweepEdge) bool { return o.Before == e.Before && o.After == e.After }
	if i := slices.IndexFunc(s.Edges, same); i >= 0 {
		s.Edges[i] = e
		return
	}
	s.Edges = append(s.Edges, e)
}

// Verdict applies the decision rule to the points.
func (s *Sweep) Verdict() (Verdict, string) {
	wrong, void := len(s.Wrong()), s.Count("void")+s.Count("missed")
	unlike := s.Unlike()
	switch {
	case len(unlike) > 0:
		return Void, fmt.Sprintf("%d of %d points ended otherwise when they were played again, so that no end of any point is certain; the first is %.80s.",
			len(unlike), len(s.Evidence), unlike[0].Point)
	case wrong > 0:
		return Failed, fmt.Sprintf("The unit was left as it may not be at %d of %d points.", wrong, s.Plan.Points)
	case void > 0:
		return Void, fmt.Sprintf("At %d of %d points nothing was shown.", void, s.Plan.Points)
	case len(s.Results) == 0 || len(s.Results) < s.Plan.Points:
		return NotRun, fmt.Sprintf("%d of %d points were tried.", len(s.Results), s.Plan.Points)
	}
	return Passed, ""
}

// Count is how many points ended with an outcome.
func (s *Sweep) Count(outcome string) (n int) {
	for _, r := range s.Results {
		if r.Outcome == outcome {
			n++
		}
	}
	return n
}

// Wrong returns the points at which the unit was left as it may not be. An outcome that nobody knows is one of them.
func (s *Sweep) Wrong() (all []record.SweepResult) {
	for _, r := range s.Results {
		if IsWrong(r) {
			all = append(all, r)
		}
	}
	return all
}

// IsWrong says whether a unit was left as it may not be.
func IsWrong(r record.SweepResult) bool {
	switch r.Outcome {
	case "void", "missed":
		return false
	case "old", "new", "recoverable":
		return r.Wrong != "" || !r.Recovered
	}
	return true
}

// Shared counts the points that were not played to their end, because an earlier one had left the same.
func (s *Sweep) Shared() (n int) {
	for _, r := range s.Results {
		if r.Like != "" {
			n++
		}
	}
	return n
}

// Reproduction is the first point of several that went wrong alike.
type Reproduction struct {
	record.SweepResult
	Points int // that went wrong like this one
}

// Reproductions has one point for each way in which a procedure went wrong in a phase: the first one, or a simpler one that
// goes wrong alike.
func (s *Sweep) Reproductions() (all []Reproduction) {
	type way struct{ procedure, phase, fault, outcome, wrong string }
	seen := map[way]int{}
	for _, r := range s.Wrong() {
		w := way{r.Procedure, r.Phase, r.Fault, r.Outcome, r.Wrong}
		i, known := seen[w]
		if !known {
			i = len(all)
			seen[w] = i
			all = append(all, Reproduction{SweepResult: r})
		}
		all[i].Points++
		if r.At < all[i].At {
			all[i].SweepResult = r
		}
	}
	for i, r := range all {
		if at, ok := s.place[s.shrunk[r.Point]]; ok {
			all[i].SweepResult = s.Results[at]
		}
	}
	return all
}

// Command is the command that plays a point again, alone and with all evidence, as a shell takes it. A procedure that
// failed undisturbed is swept again.
func (r *Run) Command(p record.SweepResult) string {
	text := "otabench sweep"
	if r.Header.File != "" && r.Header.File != embeddedBench {
		text += " -b " + quote(r.Header.File)
	}
	switch {
	case p.Procedure == rollout:
		text += " --vehicle"
	case r.Sweep.Plan.Unit != "":
		text += " --ecu " + quote(r.Sweep.Plan.Unit)
	}
	if r.Sweep.Plan.OtherSlot {
		text += " --other-slot"
	}
	text += " --package " + quote(r.Sweep.Plan.Package)
	if seed := r.Sweep.Plan.Seed; seed != 0 {
		text += fmt.Sprintf(" --seed %d", seed)
	}
	if p.Fault == Undisturbed {
		return text + " --procedure " + quote(p.Procedure)
	}
	return text + " --point " + quote(p.Point)
}

// Undisturbed is the fault of a point at which nothing was done to the unit.
const Undisturbed = "none"

var plainWord = regexp.MustCompile(`^[\pL\pN_./@+:=,][\pL\pN_./@#+:=,-]*$`)

// quote makes one word of a text, for a shell.
func quote(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// embeddedBench is what a record calls the bench file of the embedded bench.
const embeddedBench = "embedded"

// Row is a phase of a procedure with a fault.
type Row struct {
	Procedure, Phase, Fault string
	Counts                  map[string]int // by outcome
}

// Name says what the row is.
func (r Row) Name() string { return r.Procedure + ", " + r.Phase + ", " + r.Fault }

// Rows counts outcomes, in the order of procedures, faults and time.
func (s *Sweep) Rows() []Row {
	type key struct{ procedure, fault, phase string }
	rows := map[key]*Row{}
	first := map[key]time.Duration{}
	for _, r := range s.Results {
		k := key{r.Procedure, r.Fault, r.Phase}
		if rows[k] == nil {
			rows[k] = &Row{r.Procedure, r.Phase, r.Fault, map[string]int{}}
			first[k] = r.At
		}
		rows[k].Counts[r.Outcome]++
		first[k] = min(first[k], r.At)
	}
	keys := slices.Collect(maps.Keys(rows))
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(s.rank(a.procedure)-s.rank(b.procedure), strings.Compare(a.procedure, b.procedure),
			strings.Compare(a.fault, b.fault), cmp.Compare(first[a], first[b]), strings.Compare(a.phase, b.phase))
	})
	all := make([]Row, len(keys))
	for i, k := range keys {
		all[i] = *rows[k]
	}
	return all
}

// rank is the place of a procedure in the plan.
func (s *Sweep) rank(procedure string) int {
	return slices.IndexFunc(s.Plan.Procedures, func(p record.SweepProcedure) bool { return p.Name == procedure })
}
