package config_test

import (
	"strings"
	"testing"
	"time"

	"otabench/bench/config"
)

func TestCalibration(t *testing.T) {
	const address = `"tcp:192.0.2.1:5555"`
	f, err := config.Parse("b.yaml", with(t, address, address+`, calibrated: 2026-03-01, due: "2027-03-01"`))
	if err != nil {
		t.Fatal(err)
	}
	c := f.Supplies["psu"].Calibration()
	if c.String() != "calibrated 2026-03-01, due 2027-03-01" {
		t.Errorf("%s", c)
	}
	for day, want := range map[string]string{
		"2026-02-28T23:00:00Z": "is yet to come",
		"2026-03-01T00:00:00Z": "",
		"2027-03-01T23:59:00Z": "",
		"2027-03-02T00:00:00Z": "its calibration was due on 2027-03-01",
	} {
		now, err := time.Parse(time.RFC3339, day)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Check(now); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("on %s: %v, want %q", day, err, want)
		}
	}
	none := f.Sensors["meter"].Calibration()
	if none.Check(time.Now()) != nil || none.String() != "calibration not stated" {
		t.Errorf("%s: %v", none, none.Check(time.Now()))
	}
	if got := (config.Calibration{Due: "2027-03-01"}).String(); got != "calibration due 2027-03-01" {
		t.Error(got)
	}
	if got := (config.Calibration{Calibrated: "2026-03-01"}).String(); got != "calibrated 2026-03-01" {
		t.Error(got)
	}
}

func TestBadCalibrations(t *testing.T) {
	for dates, want := range map[string]string{
		"due: soon":            `sensors.meter.due: "soon" is not a date such as 2026-03-01`,
		"calibrated: 1.3.2026": `sensors.meter.calibrated: "1.3.2026" is not a date`,
		"due: 2026-02-30":      `"2026-02-30" is not a date`,
		"calibrated: 2026-03-01, due: 2026-03-01": "sensors.meter.due: want a date after that of the calibration, 2026-03-01",
	} {
		if got := problems(t, with(t, "max_current: 8A}", "max_current: 8A, "+dates+"}")); !strings.Contains(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", dates, got, want)
		}
	}
}
