package conditions

import (
	"maps"
	"slices"
	"strings"

	"otabench/reports"
	"otabench/reports/visible"
)

// Conditions are those of one run.
type Conditions struct {
	// Firmware is what the units under test named when they identified themselves, by role. A simulated unit that names
	// none is a part of the program with the suite, and Suite stands for it.
	Firmware map[string]string `json:"firmware"`
	Bench    string            `json:"bench"`   // SHA-256 of the bench file, hexadecimal; empty if unknown
	Suite    string            `json:"suite"`   // SHA-256 of the program that holds the suite, hexadecimal; empty if unknown
	Virtual  bool              `json:"virtual"` // the clock was virtual
	// Silent are roles of real units that named no firmware, sorted.
	Silent []string `json:"silent,omitempty"`
}

// Of returns the conditions of a run, as its record has them.
func Of(r *reports.Run) Conditions {
	c := Conditions{Firmware: map[string]string{}, Bench: r.Header.Digest, Suite: r.Header.Suite, Virtual: r.Header.Virtual}
	for _, d := range r.Devices {
		switch {
		case d.Class != "ecu":
		case d.Firmware != "":
			c.Firmware[d.Role] = d.Firmware
		case !d.Simulated:
			c.Silent = append(c.Silent, d.Role)
		}
	}
	slices.Sort(c.Silent)
	return c
}

// Known says whether nothing of the conditions is unknown, so that others can be the same.
func (c Conditions) Known() bool { return c.Bench != "" && c.Suite != "" && len(c.Silent) == 0 }

// Same says whether both are known and alike. What is unknown is never the same.
func (c Conditions) Same(o Conditions) bool {
	return c.Known() && o.Known() && c.Bench == o.Bench && c.Suite == o.Suite && c.Virtual == o.Virtual && maps.Equal(c.Firmware, o.Firmware)
}

// Units says what the units under test ran, in a line that is fit to be shown.
func (c Conditions) Units() string {
	var parts []string
	for _, role := range slices.Sorted(maps.Keys(c.Firmware)) {
		parts = append(parts, role+" "+c.Firmware[role])
	}
	for _, role := range c.Silent {
		parts = append(parts, role+" unknown")
	}
	if len(parts) == 0 {
		return "no unit"
	}
	return visible.Line(strings.Join(parts, ", "), 120)
}
