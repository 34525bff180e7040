package diff

import (
	"fmt"
	"strings"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/conditions"
)

// Diff is what changed from one run to another.
type Diff struct {
	Before Side `json:"before"`
	After  Side `json:"after"`
	// GotWorse says that the run, a spec, a clause or the sweep came to a worse verdict.
	GotWorse bool `json:"worse"`

	Conditions []conditions.Change `json:"conditions"`           // what was tested, and with which catalogues
	BenchFile  []string            `json:"bench_file,omitempty"` // changed lines of the copies in the run folders, "-" or "+" first
	BenchNote  string              `json:"bench_note,omitempty"` // why the lines are not known
	Equipment  []conditions.Change `json:"equipment"`            // instruments, their firmware and calibration

	New     []Ref     `json:"new"`      // specs
	Gone    []Ref     `json:"gone"`     // neither planned nor left out by the filter
	LeftOut []Ref     `json:"left_out"` // by the filter of the second run
	Specs   []Verdict `json:"specs"`    // whose verdict changed, the worse first
	Clauses []Verdict `json:"clauses"`  // likewise

	Measurements []Moved    `json:"measurements"`
	Durations    []Duration `json:"durations"`
	Lost         [2]uint64  `json:"lost_frames"`
	Sweep        string     `json:"sweep,omitempty"` // what its counts were and are
}

// Side is one of the runs.
type Side struct {
	Dir     string          `json:"dir"`
	Run     string          `json:"run"`
	Started time.Time       `json:"started"`
	Status  reports.Verdict `json:"status"`
	Reason  string          `json:"reason,omitempty"`
	Totals  reports.Totals  `json:"totals"`
	Scope   string          `json:"scope"`
}

// Ref is a spec with its verdict.
type Ref struct {
	ID      string          `json:"id"`
	Name    string          `json:"name"`
	Verdict reports.Verdict `json:"verdict"`
}

// Worse says whether anything came to a worse verdict.
func (d Diff) Worse() bool { return d.GotWorse }

// Compare compares two runs. It reads the copies of their bench files from the run folders.
func Compare(before, after *reports.Run) Diff {
	d := Diff{
		Before: side(before), After: side(after),
		Conditions: append(conditions.Changes(conditions.Of(before), conditions.Of(after)), catalogues(before, after)...),
		Equipment:  equipment(before, after),
		Lost:       [2]uint64{lost(before), lost(after)},
	}
	if before.Header.Digest != after.Header.Digest {
		d.BenchFile, d.BenchNote = benchFile(before, after)
	}
	d.specs(before, after)
	d.clauses(before, after)
	d.Measurements = measurements(before, after)
	d.Durations = durations(before, after)
	if before.Sweep != nil || after.Sweep != nil {
		d.Sweep = points(before) + " → " + points(after)
	}
	d.GotWorse = turn(before.Status, after.Status) == Worse
	for _, list := range [][]Verdict{d.Specs, d.Clauses} {
		for _, v := range list {
			d.GotWorse = d.GotWorse || v.Turn == Worse
		}
	}
	return d
}

func side(r *reports.Run) Side {
	return Side{Dir: r.Dir, Run: r.Header.Run, Started: r.Header.Started, Status: r.Status, Reason: r.Reason, Totals: r.Totals, Scope: r.Scope()}
}

func lost(r *reports.Run) (n uint64) {
	for _, l := range r.Lost {
		n += l.Frames
	}
	return n
}

func points(r *reports.Run) string {
	if r.Sweep == nil {
		return "no sweep"
	}
	return fmt.Sprintf("%d of %d points, %d wrong", len(r.Sweep.Results), r.Sweep.Plan.Points, len(r.Sweep.Wrong()))
}

// catalogues lists those that are another edition, came or went.
func catalogues(before, after *reports.Run) (all []conditions.Change) {
	edition := func(r *reports.Run, ref string) (version, digest string) {
		for _, g := range r.Groups {
			if g.Ref() == ref {
				return g.Version, g.Digest
			}
		}
		return "", ""
	}
	seen := map[string]bool{}
	for _, r := range []*reports.Run{before, after} {
		for _, g := range r.Groups {
			ref := g.Ref()
			if seen[ref] {
				continue
			}
			seen[ref] = true
			from, was := edition(before, ref)
			to, is := edition(after, ref)
			switch {
			case from != to:
				all = append(all, conditions.Change{What: conditions.Catalogue, Subject: ref, From: from, To: to})
			case was != is:
				all = append(all, conditions.Change{What: conditions.Catalogue, Subject: ref, From: from, To: to + " with another content"})
			}
		}
	}
	return all
}

// equipment lists the devices other than units under test that differ. What went is last.
func equipment(before, after *reports.Run) []conditions.Change {
	all := []conditions.Change{}
	said := map[string]string{}
	for _, d := range before.Devices {
		said[key(d)] = describe(d)
	}
	for _, d := range after.Devices {
		from, known := said[key(d)]
		if !known {
			from = absent
		}
		to := describe(d)
		delete(said, key(d))
		if from != to {
			all = append(all, conditions.Change{What: d.Class, Subject: d.Role, From: from, To: to})
		}
	}
	for _, d := range before.Devices {
		if from, gone := said[key(d)]; gone {
			all = append(all, conditions.Change{What: d.Class, Subject: d.Role, From: from, To: absent})
		}
	}
	return append(all, deviations(before, after)...)
}

// absent stands for a device that a run did not have.
const absent = "not there"

func key(d record.Device) string { return d.Class + "\x00" + d.Role }

// describe says what identifies a device. The firmware of a unit is a condition, and not repeated.
func describe(d record.Device) string {
	text := strings.TrimSpace(d.Model + " " + d.Serial)
	if d.Class != "ecu" && d.Firmware != "" {
		text += " firmware " + d.Firmware
	}
	if c := d.Details["calibration"]; c != "" {
		text += " calibration " + c
	}
	if d.Simulated {
		text += " simulated"
	}
	return text
}

// deviations lists what is out of order now and was not, or the reverse.
func deviations(before, after *reports.Run) (all []conditions.Change) {
	had := map[record.Deviation]bool{}
	for _, d := range before.Deviations {
		had[d] = true
	}
	has := map[record.Deviation]bool{}
	for _, d := range after.Deviations {
		if has[d] = true; !had[d] {
			all = append(all, conditions.Change{What: "deviation", Subject: d.Device, From: "none", To: d.Text})
		}
	}
	for _, d := range before.Deviations {
		if !has[d] {
			all = append(all, conditions.Change{What: "deviation", Subject: d.Device, From: d.Text, To: "none"})
		}
	}
	return all
}
