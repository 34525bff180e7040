package claims

import (
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/visible"
)

// Claims are what a statement says of a run.
type Claims struct {
	Run          Run           `json:"run"`
	Devices      []Device      `json:"devices,omitempty"`
	Catalogues   []Catalogue   `json:"catalogues,omitempty"`
	Proofs       []Proof       `json:"proofs,omitempty"`
	Requirements []Requirement `json:"requirements,omitempty"`
	Specs        []Spec        `json:"specs,omitempty"`
	Points       []Point       `json:"points,omitempty"`
}

// Run is the header of the record and what the run came to.
type Run struct {
	ID          string    `json:"id"`
	Started     time.Time `json:"started"`
	LengthNS    int64     `json:"lengthNs"`
	Tool        string    `json:"tool"`
	Host        string    `json:"host"`
	Bench       string    `json:"bench"`
	BenchFile   string    `json:"benchFile"`
	BenchSHA256 string    `json:"benchSha256"`
	SuiteSHA256 string    `json:"suiteSha256,omitempty"`
	VirtualTime bool      `json:"virtualTime,omitempty"`
	Status      string    `json:"status"`
	Reason      string    `json:"reason,omitempty"`
	Ended       string    `json:"ended,omitempty"` // status that the bench closed the record with
	Filter      string    `json:"filter,omitempty"`
	Rationale   string    `json:"rationale,omitempty"`
	Unselected  int       `json:"unselected,omitempty"`
	Proven      bool      `json:"proven,omitempty"`
	Faults      int       `json:"faults,omitempty"`     // of the bench
	LostFrames  uint64    `json:"lostFrames,omitempty"` // in all
	Deviations  []string  `json:"deviations,omitempty"`
}

// Device is a piece of equipment or a unit under test; an instrument's calibration is among its details.
type Device struct {
	Class     string            `json:"class"`
	Role      string            `json:"role"`
	Address   string            `json:"address,omitempty"`
	Model     string            `json:"model,omitempty"`
	Serial    string            `json:"serial,omitempty"`
	Firmware  string            `json:"firmware,omitempty"`
	Simulated bool              `json:"simulated,omitempty"`
	Details   map[string]string `json:"details,omitempty"`
}

// Catalogue is a version of requirements that the run is judged by.
type Catalogue struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	SHA256  string `json:"sha256,omitempty"`
	File    string `json:"file,omitempty"`
}

// Proof is whether the suite's own verdicts can be trusted.
type Proof struct {
	Kind     string `json:"kind"`
	Subject  string `json:"subject"`
	Spec     string `json:"spec,omitempty"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
}

// Requirement is a clause with its verdict and the ids of the specs that observe it.
type Requirement struct {
	Catalogue string   `json:"catalogue"`
	ID        string   `json:"id"`
	Verdict   string   `json:"verdict"`
	Specs     []string `json:"specs,omitempty"`
	LeftOut   []string `json:"leftOut,omitempty"` // specs that were not selected
}

// Spec is a test with its verdict.
type Spec struct {
	ID           string        `json:"id"`
	Name         string        `json:"name"`
	Verdict      string        `json:"verdict"`
	Outcome      string        `json:"outcome,omitempty"` // how the suite says that it ended
	Measurements []Measurement `json:"measurements,omitempty"`
}

// Measurement is a value with its limits.
type Measurement struct {
	Name        string   `json:"name"`
	Value       float64  `json:"value"`
	Unit        string   `json:"unit"`
	Min         *float64 `json:"min,omitempty"`
	Max         *float64 `json:"max,omitempty"`
	Uncertainty *float64 `json:"uncertainty,omitempty"` // expanded, k = 2
	Source      string   `json:"source"`
	Verdict     string   `json:"verdict"`
	Basis       *Basis   `json:"basis,omitempty"` // nil if only the suite can vouch for the value
}

// Basis is the raw evidence that a value follows from.
type Basis struct {
	Function string `json:"function"`
	Subject  string `json:"subject"`
	FromNS   int64  `json:"fromNs"`
	ToNS     int64  `json:"toNs"`
}

// Point is a point of a sweep and how the unit was left there.
type Point struct {
	ID        string `json:"id"`
	Outcome   string `json:"outcome"`
	Recovered bool   `json:"recovered"`
	Wrong     string `json:"wrong,omitempty"`
}

// maxText bounds what a statement repeats of a text of the record, in bytes. The whole text stands in the record.
const maxText = 400

// Of says what a run's record comes to.
func Of(r *reports.Run) Claims {
	c := Claims{Run: runOf(r)}
	for _, d := range r.Devices {
		c.Devices = append(c.Devices, deviceOf(d))
	}
	for _, g := range r.Groups {
		c.requirements(g)
	}
	c.Catalogues = cataloguesOf(r)
	for _, p := range r.Proofs {
		c.Proofs = append(c.Proofs, Proof{text(p.Proof), text(p.Subject), text(p.Spec), text(string(p.Expected)), text(string(p.Got))})
	}
	for _, s := range r.Specs {
		c.Specs = append(c.Specs, specOf(s))
	}
	if r.Sweep != nil {
		for _, p := range r.Sweep.Results {
			c.Points = append(c.Points, Point{text(p.Point), text(p.Outcome), p.Recovered, text(p.Wrong)})
		}
	}
	return c
}

func runOf(r *reports.Run) Run {
	h := r.Header
	c := Run{
		ID: text(h.Run), Started: h.Started.UTC(), LengthNS: exact(r.Length), Tool: text(h.Tool), Host: text(h.Host), Bench: text(h.Bench),
		BenchFile: text(h.File), BenchSHA256: text(h.Digest), SuiteSHA256: text(h.Suite), VirtualTime: h.Virtual,
		Status: string(r.Status), Reason: text(r.Reason), Ended: text(r.Ended), Filter: text(r.Filter), Rationale: text(r.Rationale),
		Unselected: r.Unselected, Proven: r.Proven, Faults: len(r.Faults),
	}
	for _, l := range r.Lost {
		c.LostFrames = min(c.LostFrames+min(l.Frames, maxExact), maxExact)
	}
	for _, d := range r.Deviations {
		c.Deviations = append(c.Deviations, text(d.Device+": "+d.Text))
	}
	return c
}

func deviceOf(d record.Device) Device {
	details := make(map[string]string, len(d.Details))
	for k, v := range d.Details {
		details[text(k)] = text(v)
	}
	return Device{text(d.Class), text(d.Role), text(d.Address), text(d.Model), text(d.Serial), text(d.Firmware), d.Simulated, details}
}

// cataloguesOf are those that the record names, and otherwise those that were part of otabench.
func cataloguesOf(r *reports.Run) (all []Catalogue) {
	for _, c := range r.Catalogues {
		all = append(all, Catalogue{text(c.ID), text(c.Version), text(c.Digest), text(c.File)})
	}
	if all == nil {
		for _, g := range r.Groups {
			all = append(all, Catalogue{ID: text(g.Ref()), Version: text(g.Version), SHA256: text(g.Digest)})
		}
	}
	return all
}

func (c *Claims) requirements(g reports.Group) {
	for _, q := range g.Requirements {
		r := Requirement{Catalogue: text(g.Ref()), ID: text(q.ID), Verdict: string(q.Verdict)}
		for _, s := range q.Specs {
			r.Specs = append(r.Specs, text(s.ID))
		}
		for _, s := range q.LeftOut {
			r.LeftOut = append(r.LeftOut, text(s.ID))
		}
		c.Requirements = append(c.Requirements, r)
	}
}

func specOf(s *reports.Spec) Spec {
	c := Spec{ID: text(s.ID), Name: text(s.Name()), Verdict: string(s.Verdict), Outcome: text(string(s.Outcome))}
	for _, m := range s.Measurements {
		c.Measurements = append(c.Measurements, measurementOf(m))
	}
	return c
}

func measurementOf(m record.Measurement) Measurement {
	c := Measurement{
		Name: text(m.Name), Value: m.Value, Unit: text(m.Unit), Min: m.Min, Max: m.Max, Uncertainty: m.Uncertainty,
		Source: text(m.Source), Verdict: string(reports.Measured(m)),
	}
	if b := m.Basis; b != nil {
		c.Basis = &Basis{text(b.Function), text(b.Subject), exact(b.From), exact(b.To)}
	}
	return c
}

// maxExact is the largest whole number that JSON keeps everywhere; in nanoseconds, 104 days.
const maxExact = 1 << 53

func exact(d time.Duration) int64 { return min(max(int64(d), -maxExact), maxExact) }

func text(s string) string { return visible.Text(s, maxText) }
