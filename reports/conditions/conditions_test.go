package conditions_test

import (
	"strings"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/conditions"
)

func of(suite string, devices ...record.Device) conditions.Conditions {
	return conditions.Of(&reports.Run{Header: record.Header{Digest: "ab12", Suite: suite}, Devices: devices})
}

func TestSameOnlyIfAllIsKnown(t *testing.T) {
	bcm := record.Device{Role: "bcm", Class: "ecu", Firmware: "1.4.0"}
	for name, tt := range map[string]struct {
		a, b conditions.Conditions
		same bool
	}{
		"alike":                           {of("5eed", bcm), of("5eed", bcm), true},
		"other firmware":                  {of("5eed", bcm), of("5eed", record.Device{Role: "bcm", Class: "ecu", Firmware: "1.5.0"}), false},
		"other suite":                     {of("5eed", bcm), of("beef", bcm), false},
		"unknown suite":                   {of("", bcm), of("", bcm), false},
		"one unit more":                   {of("5eed", bcm), of("5eed", bcm, record.Device{Role: "vcu", Class: "ecu", Firmware: "1.0.0"}), false},
		"a real unit that names none":     {of("5eed", record.Device{Role: "bcm", Class: "ecu"}), of("5eed", record.Device{Role: "bcm", Class: "ecu"}), false},
		"a simulated one that names none": {of("5eed", bcm, record.Device{Role: "m", Class: "ecu", Simulated: true}), of("5eed", bcm), true},
		"equipment is no unit":            {of("5eed", bcm, record.Device{Role: "psu", Class: "supply", Firmware: "2"}), of("5eed", bcm), true},
	} {
		if tt.a.Same(tt.b) != tt.same || tt.b.Same(tt.a) != tt.same {
			t.Errorf("%s: same is %v", name, !tt.same)
		}
		if changes := conditions.Changes(tt.a, tt.b); (len(changes) == 0) != tt.same {
			t.Errorf("%s: changes %v", name, changes)
		}
	}
}

func TestAChangeShowsWhatUnitsSay(t *testing.T) {
	c := conditions.Change{What: conditions.Firmware, Subject: "b\x1bcm", From: "", To: "1\u202e5" + strings.Repeat("x", 1000)}
	if got := c.String(); !strings.HasPrefix(got, "firmware of b[U+001B]cm: unknown → 1[U+202E]5xxx") || len(got) > 200 {
		t.Errorf("%q", got)
	}
}
