package conditions

import (
	"maps"
	"slices"

	"otabench/reports/visible"
)

// Change is one thing that was another before.
type Change struct {
	What    string `json:"what"`              // firmware, bench file, suite, clock, catalogue
	Subject string `json:"subject,omitempty"` // role of a unit, id of a catalogue
	From    string `json:"from"`              // empty if it is unknown or was not there
	To      string `json:"to"`
}

// Kinds of change.
const (
	Firmware  = "firmware"
	BenchFile = "bench file"
	Suite     = "suite"
	Clock     = "clock"
	Catalogue = "catalogue"
)

// shownDigest is how much of a digest a reader needs.
const shownDigest = 12

// String says the change in a line that is fit to be shown.
func (c Change) String() string {
	text := visible.Line(c.What, 60)
	if c.Subject != "" {
		text += " of " + visible.Line(c.Subject, 60)
	}
	return text + ": " + value(c.What, c.From) + " → " + value(c.What, c.To)
}

func value(what, v string) string {
	switch {
	case v == "":
		return "unknown"
	case what == BenchFile, what == Suite:
		return visible.Line(v[:min(len(v), shownDigest)], shownDigest)
	}
	return visible.Line(v, 80)
}

// Changes lists what differs between two conditions, and what is unknown of either: that may have changed.
func Changes(from, to Conditions) []Change {
	all := FirmwareChanges(from, to)
	all = append(all, digestChange(BenchFile, from.Bench, to.Bench)...)
	all = append(all, digestChange(Suite, from.Suite, to.Suite)...)
	if from.Virtual != to.Virtual {
		all = append(all, Change{What: Clock, From: clock(from.Virtual), To: clock(to.Virtual)})
	}
	return all
}

// FirmwareChanges lists the units whose firmware differs, or is unknown, by role.
func FirmwareChanges(from, to Conditions) []Change {
	roles := map[string]bool{}
	for _, c := range []Conditions{from, to} {
		for role := range c.Firmware {
			roles[role] = true
		}
		for _, role := range c.Silent {
			roles[role] = true
		}
	}
	var all []Change
	for _, role := range slices.Sorted(maps.Keys(roles)) {
		a, b := from.Firmware[role], to.Firmware[role]
		if a != b || a == "" {
			all = append(all, Change{Firmware, role, a, b})
		}
	}
	return all
}

func digestChange(what, from, to string) []Change {
	if from == to && from != "" {
		return nil
	}
	return []Change{{What: what, From: from, To: to}}
}

func clock(virtual bool) string {
	if virtual {
		return "virtual time"
	}
	return "real time"
}
