package config

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Date is a day, written as 2026-03-01. Empty is none.
type Date string

const dateLayout = time.DateOnly

// time is the beginning of the day, UTC.
func (d Date) time() (time.Time, error) {
	t, err := time.Parse(dateLayout, string(d))
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a date such as 2026-03-01", string(d))
	}
	return t, nil
}

// Calibration is what a bench file says of the calibration of an instrument.
type Calibration struct{ Calibrated, Due Date }

func (c Calibration) String() string {
	switch {
	case c.Calibrated == "" && c.Due == "":
		return "calibration not stated"
	case c.Due == "":
		return "calibrated " + string(c.Calibrated)
	case c.Calibrated == "":
		return "calibration due " + string(c.Due)
	}
	return fmt.Sprintf("calibrated %s, due %s", c.Calibrated, c.Due)
}

// Check says what is wrong with an instrument's calibration at a time, nil if nothing is or nothing is stated. On the day
// on which it is due a calibration still holds.
func (c Calibration) Check(now time.Time) error {
	if due, err := c.Due.time(); err == nil && !now.Before(due.AddDate(0, 0, 1)) {
		return fmt.Errorf("its calibration was due on %s: what it measures may be wrong; have it calibrated", c.Due)
	}
	if done, err := c.Calibrated.time(); err == nil && now.Before(done) {
		return fmt.Errorf("it is said to be calibrated on %s, which is yet to come; look at the date of this computer and "+
			"of the bench file", c.Calibrated)
	}
	return nil
}

// Calibration returns what the bench file says of a supply's.
func (s Supply) Calibration() Calibration { return Calibration{s.Calibrated, s.Due} }

// Calibration returns what the bench file says of a sensor's.
func (s Sensor) Calibration() Calibration { return Calibration{s.Calibrated, s.Due} }

func (f *File) validateCalibrations(c *checker) {
	for _, role := range slices.Sorted(maps.Keys(f.Supplies)) {
		f.Supplies[role].Calibration().validate(c, "supplies."+role)
	}
	for _, role := range slices.Sorted(maps.Keys(f.Sensors)) {
		f.Sensors[role].Calibration().validate(c, "sensors."+role)
	}
}

func (c Calibration) validate(check *checker, path string) {
	done, err := c.Calibrated.time()
	due, err2 := c.Due.time()
	if err == nil && err2 == nil && !due.After(done) {
		check.at(path+".due", "want a date after that of the calibration, %s", c.Calibrated)
	}
}
