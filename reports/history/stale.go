package history

import (
	"slices"
	"time"

	"otabench/reports"
	"otabench/reports/catalogue"
	"otabench/reports/conditions"
)

// Edition is a version of a catalogue.
type Edition struct {
	Version string `json:"version"`
	Digest  string `json:"digest,omitempty"` // SHA-256 of its file, hexadecimal; empty if unknown
}

// Present is what evidence has to be made with to hold today.
type Present struct {
	Bench     string             `json:"bench"` // SHA-256 of the bench file
	Suite     string             `json:"suite"` // SHA-256 of the program that holds the suite
	Firmware  map[string]string  `json:"firmware"`
	Silent    []string           `json:"silent,omitempty"`
	Catalogue map[string]Edition `json:"catalogues"` // by id
	clauses   [][2]string        // catalogue and id, in their order
}

// Add adds a catalogue by which runs are judged today. What a review of documents shows needs no run, and is left out.
func (p *Present) Add(c catalogue.Catalogue) {
	if p.Catalogue == nil {
		p.Catalogue = map[string]Edition{}
	}
	p.Catalogue[c.Ref()] = Edition{c.Version, c.Digest}
	for _, r := range c.Requirements {
		if r.Scope != catalogue.Document {
			p.clauses = append(p.clauses, [2]string{c.Ref(), r.ID})
		}
	}
}

// Freshness says whether the evidence for a clause holds.
type Freshness string

// Kinds of freshness.
const (
	Fresh   Freshness = "fresh"   // made with what is there today
	Stale   Freshness = "stale"   // something is another one, or unknown
	Missing Freshness = "missing" // there never was any, though it has specs or no run says that it has none
	None    Freshness = "none"    // no spec observes the clause
)

// Standing is how the evidence for a clause stands.
type Standing struct {
	Catalogue string          `json:"catalogue"`
	Clause    string          `json:"clause"`
	Freshness Freshness       `json:"freshness"`
	Verdict   reports.Verdict `json:"verdict,omitempty"` // of the evidence; empty if there is none
	Run       string          `json:"run,omitempty"`     // id of the run that gave it
	Started   time.Time       `json:"started,omitzero"`  // of that run
	Virtual   bool            `json:"virtual,omitempty"` // it went in virtual time
	// Changes are why it is stale: from what the evidence was made with to what is there today.
	Changes []conditions.Change `json:"changes,omitempty"`
}

// Holds says whether the clause needs no further run.
func (s Standing) Holds() bool { return s.Freshness == Fresh || s.Freshness == None }

// evidence is the newest verdict of a clause under some conditions, by one edition of its catalogue.
type evidence struct {
	verdict    reports.Verdict
	run        string
	started    time.Time
	edition    Edition
	conditions conditions.Conditions
}

// Stale says of each clause whether its evidence holds today, in the order of the catalogues. Evidence is what came to
// a verdict in a run that is not void: a clause that is void or was not run has none from there.
//
// Of evidence that holds, the newest counts, but a verdict in part does not take away an earlier whole one.
func (h *DB) Stale(p Present) ([]Standing, error) {
	all, err := h.stale(p)
	return all, h.failed("look for stale evidence in", err)
}

func (h *DB) stale(p Present) ([]Standing, error) {
	known, err := h.evidence()
	if err != nil {
		return nil, err
	}
	uncovered, err := h.uncovered()
	if err != nil {
		return nil, err
	}
	all := []Standing{}
	for _, c := range p.clauses {
		s := p.standing(c[0], known[c])
		s.Catalogue, s.Clause = c[0], c[1]
		if s.Freshness == Missing && uncovered[c] {
			s.Freshness = None
		}
		all = append(all, s)
	}
	return all, nil
}

// standing judges the evidence for a clause, which is sorted from new to old.
func (p Present) standing(catalogue string, list []evidence) Standing {
	if len(list) == 0 {
		return Standing{Freshness: Missing}
	}
	var fresh []evidence
	for _, e := range list {
		if len(p.changes(catalogue, e)) == 0 {
			fresh = append(fresh, e)
		}
	}
	state, from := Fresh, fresh
	if len(fresh) == 0 {
		state, from = Stale, list
	}
	e := notInPart(from)
	return Standing{
		Freshness: state, Verdict: e.verdict, Run: e.run, Started: e.started, Virtual: e.conditions.Virtual, Changes: p.changes(catalogue, e),
	}
}

// notInPart is the newest evidence that is not in part, or the newest at all.
func notInPart(list []evidence) evidence {
	if i := slices.IndexFunc(list, func(e evidence) bool { return e.verdict != reports.InPart }); i >= 0 {
		return list[i]
	}
	return list[0]
}

// changes are what is another one today.
func (p Present) changes(catalogue string, e evidence) []conditions.Change {
	now := conditions.Conditions{Firmware: p.Firmware, Bench: p.Bench, Suite: p.Suite, Virtual: e.conditions.Virtual, Silent: p.Silent}
	all := conditions.Changes(e.conditions, now)
	today, ok := p.Catalogue[catalogue]
	sameDigest := today.Digest == "" || e.edition.Digest == "" || today.Digest == e.edition.Digest
	switch {
	case !ok || today.Version != e.edition.Version:
		all = append(all, conditions.Change{What: conditions.Catalogue, Subject: catalogue, From: e.edition.Version, To: today.Version})
	case !sameDigest:
		all = append(all, conditions.Change{What: conditions.Catalogue, Subject: catalogue, From: e.edition.Version, To: today.Version + " with another content"})
	}
	return all
}

// evidence reads the newest evidence of each clause, for each conditions and edition, from new to old.
func (h *DB) evidence() (map[[2]string][]evidence, error) {
	all := map[[2]string][]evidence{}
	// Columns beside max() are those of the row that has it. What is in part is kept apart, see notInPart.
	err := h.each(`SELECT k.catalogue, k.clause, j.verdict, r.run, max(r.started) AS started, e.version, e.digest, c.text
		FROM judgement j JOIN run r ON r.id = j.run JOIN clause k ON k.id = j.clause JOIN edition e ON e.id = j.edition JOIN condition c ON c.id = r.condition
		WHERE r.status <> 'void' AND j.verdict IN ('passed', 'passed in part', 'marginal', 'failed')
		GROUP BY j.clause, j.edition, r.condition, j.verdict = 'passed in part' ORDER BY started DESC, r.id DESC`, nil, func(scan scanner) error {
		var key [2]string
		var e evidence
		var at int64
		var text string
		if err := scan(&key[0], &key[1], &e.verdict, &e.run, &at, &e.edition.Version, &e.edition.Digest, &text); err != nil {
			return err
		}
		if err := decode(text, &e.conditions); err != nil {
			return err
		}
		e.started = time.Unix(0, at).UTC()
		all[key] = append(all[key], e)
		return nil
	})
	return all, err
}

// uncovered are the clauses that were judged, and never had a spec, selected or not. Of others nobody can say so.
func (h *DB) uncovered() (map[[2]string]bool, error) {
	all := map[[2]string]bool{}
	err := h.each(`SELECT k.catalogue, k.clause FROM judgement j JOIN clause k ON k.id = j.clause
		GROUP BY j.clause HAVING sum(j.verdict NOT IN ('not covered', 'by document')) = 0`, nil, func(scan scanner) error {
		var key [2]string
		err := scan(&key[0], &key[1])
		all[key] = true
		return err
	})
	return all, err
}

// Newest is the newest run of a bench, for a Present of which nobody says more; nil if the bench has none.
func (h *DB) Newest(bench string) (*Run, error) {
	runs, err := h.Runs(Selection{Bench: bench, Last: 1})
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	return &runs[0], nil
}
