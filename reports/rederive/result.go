package rederive

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"otabench/reports/visible"
)

// Result says what was compared and what came of it.
type Result struct {
	Frames       uint64       `json:"frames"`    // of the traces
	Exchanges    int          `json:"exchanges"` // compared with the trace
	Withheld     int          `json:"withheld"`  // that the bench kept from the bus by a fault of the spec, without a response
	Messages     int          `json:"messages"`  // of the tester in the trace
	Triggers     int          `json:"triggers"`  // whose event was found
	Samples      int          `json:"samples"`   // found among the readings
	Readings     int          `json:"readings"`  // in the CSV files
	Lines        int          `json:"lines"`     // of consoles
	Specs        int          `json:"specs"`     // compared with Ginkgo's report
	Steps        int          `json:"steps"`     // likewise
	Files        int          `json:"files"`     // whose digests are those of the record
	Folders      int          `json:"folders"`   // of points of a sweep and of proofs, which are in these numbers
	Measurements Measurements `json:"measurements"`

	// Findings are where the record and the raw files disagree, in the order of time. More counts those beyond the first
	// 1000 that were met.
	Findings []Finding `json:"findings"`
	More     int       `json:"more,omitempty"`
	// Uncompared says what could not be compared, and why.
	Uncompared []string `json:"uncompared"`
}

// Measurements counts them by what vouches for their value.
type Measurements struct {
	Derived   int `json:"derived"`   // again, from raw files
	Underived int `json:"underived"` // with a basis, whose evidence is not there or not whole
	Reported  int `json:"reported"`  // without a basis: the suite vouches for them, in the record and in Ginkgo's report
}

// Agrees reports whether all could be compared and nothing disagrees.
func (r *Result) Agrees() bool { return len(r.Findings) == 0 && len(r.Uncompared) == 0 }

// Finding is a place where the record and a raw file disagree.
type Finding struct {
	File   string        `json:"file"`           // the raw file
	Spec   string        `json:"spec,omitempty"` // id of the spec; empty outside of one
	T      time.Duration `json:"t_ns"`           // on the run's clock
	What   string        `json:"what"`           // that disagrees
	Record string        `json:"record"`         // what the record says
	Raw    string        `json:"raw"`            // what the raw file says
}

func (f Finding) String() string {
	where := ""
	if f.Spec != "" {
		where = ", spec " + visible.Line(f.Spec, 40)
	}
	return fmt.Sprintf("%s at %.6f s%s: %s: the record says %s, the file %s", f.File, f.T.Seconds(), where, f.What, f.Record, f.Raw)
}

const (
	maxFindings   = 1000
	maxUncompared = 100
	shown         = 200 // bytes of a text that a finding shows
)

// add keeps a finding. What it says comes from anybody.
func (r *Result) add(f Finding) {
	if len(r.Findings) == maxFindings {
		r.More++
		return
	}
	f.What, f.Record, f.Raw = visible.Line(f.What, shown), visible.Line(f.Record, shown), visible.Line(f.Raw, shown)
	r.Findings = append(r.Findings, f)
}

func (r *Result) uncompared(format string, args ...any) {
	text := visible.Line(fmt.Sprintf(format, args...), 2*shown)
	if len(r.Uncompared) < maxUncompared && !slices.Contains(r.Uncompared, text) {
		r.Uncompared = append(r.Uncompared, text)
	}
}

// sort brings findings into the order of time, and those of one time into that of their files.
func (r *Result) sort() {
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.T, b.T), strings.Compare(a.File, b.File))
	})
}
