package config

import (
	"otabench/power"
	"otabench/power/scpi"
)

// validateProtections holds the limits of a rail to what its supply can do: a bench file neither claims a protection that
// is not there nor leaves one out that is.
func (f *File) validateProtections(c *checker, path string, l Limits, s Supply) {
	ovp, ocp, known := scpi.Protections(s.Model, s.described())
	switch {
	case known && ovp == power.Missing && l.OVP != 0:
		c.at(path+".ovp", "%s has no overvoltage protection that can be set; leave it out, then only the voltage limit guards "+
			"and what a sensor sees", s.Model)
	case known && ovp != power.Missing && l.OVP == 0:
		c.at(path, "ovp is missing: the voltage at which %s switches off", s.Model)
	case l.OVP != 0 && l.OVP < l.Voltage:
		c.at(path+".ovp", "overvoltage protection at %s would trip below the largest voltage %s", l.OVP, l.Voltage)
	}
	switch {
	case known && ocp == power.Missing && l.OCP != 0:
		c.at(path+".ocp", "%s has no overcurrent protection that can be set; leave it out, then only the current limit guards: "+
			"the supply lowers its voltage and stays on", s.Model)
	case known && ocp != power.Missing && l.OCP == 0:
		c.at(path, "ocp is missing: the current at which %s switches off", s.Model)
	case known && ocp == power.AtLimit && l.OCP != l.Current:
		c.at(path+".ocp", "%s switches off at its current limit and at no other current: want %s as for current",
			s.Model, l.Current)
	case l.OCP != 0 && l.OCP < l.Current:
		c.at(path+".ocp", "overcurrent protection at %s would trip below the current limit %s", l.OCP, l.Current)
	}
}

// validateWatchdog holds the watchdog of a supply to what there is.
func (s Supply) validateWatchdog(c *checker, path string) {
	if s.Watchdog == nil || *s.Watchdog == 0 {
		return
	}
	low, high, ok := scpi.WatchdogRange(s.Model)
	switch t := *s.Watchdog; {
	case !ok && s.Model == scpi.Auto: // known when it has answered
	case !ok:
		c.at(path+".watchdog", "%s has no watchdog; leave it out", s.Model)
	case t < low || t > high || t%low != 0:
		c.at(path+".watchdog", "%v is not accepted; the watchdog of %s takes %v to %v in steps of %v", t, s.Model, low, high, low)
	}
}

// described is the description of a generic supply, nil for others.
func (s Supply) described() *scpi.Description {
	if s.Model != scpi.Generic {
		return nil
	}
	return &s.Description
}

// validateSupply checks a description where it stands in the bench file. One in a file was checked when it was read.
func validateSupply(c *checker, path string, s Supply) {
	_, inline := c.places[path+".description"]
	switch {
	case s.Model != scpi.Generic && (inline || s.DescriptionFile != ""):
		c.at(path, "only a supply of the model %s is described", scpi.Generic)
	case s.Model == scpi.Generic && inline == (s.DescriptionFile != ""):
		c.at(path, "want either description or description_file for a supply of the model %s", scpi.Generic)
	case inline:
		for _, p := range s.Description.Validate() {
			c.at(path+".description."+p.Path, "%s", p.Text)
		}
	}
}
