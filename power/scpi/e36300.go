package scpi

import (
	"otabench/power"
)

// keysightE36300 is Keysight's E36300 series. The third output of the E36311A delivers negative voltages and is not driven.
func keysightE36300() map[string]model {
	e36300 := func(name string, ratings ...rating) model {
		return model{
			makers: []string{"Keysight Technologies", "Keysight", "Agilent Technologies"}, names: []string{name},
			wire: scpiWire(), start: []string{"SYST:REM"},
			ratings: ratings, dialect: e36300Dialect(),
		}
	}
	return map[string]model{
		"keysight-e36311a": e36300("E36311A", rate(6_180, 5_150), rate(25_750, 1_030)),
		"keysight-e36312a": e36300("E36312A", rate(6_180, 5_150), rate(25_750, 1_030), rate(25_750, 1_030)),
		"keysight-e36313a": e36300("E36313A", rate(6_180, 10_300), rate(25_750, 2_060), rate(25_750, 2_060)),
	}
}

// e36300Dialect rests on the E36300 Series Programming Guide and on the profiles of libsigrok, which read the ratings from
// an instrument. Every command names its channel in a list. Overvoltage protection stays armed; overcurrent protection
// trips when the current limit acts.
func e36300Dialect() *dialect {
	return &dialect{
		voltage: setting{set: "VOLT {v},(@{ch})", get: "VOLT? (@{ch})"},
		current: setting{set: "CURR {v},(@{ch})", get: "CURR? (@{ch})"},
		ovp: protection{
			level: setting{set: "VOLT:PROT {v},(@{ch})", get: "VOLT:PROT? (@{ch})"},
			arm:   "VOLT:PROT:STAT ON,(@{ch})", disarm: "VOLT:PROT:STAT OFF,(@{ch})", armed: "VOLT:PROT:STAT? (@{ch})",
		},
		ocp: protection{
			atLimit: true,
			arm:     "CURR:PROT:STAT ON,(@{ch})", disarm: "CURR:PROT:STAT OFF,(@{ch})", armed: "CURR:PROT:STAT? (@{ch})",
		},
		output: output{
			on: "OUTP ON,(@{ch})", off: "OUTP OFF,(@{ch})",
			// Whether OUTP? takes a trip into account is not said.
			states: []state{
				says("OUTP? (@{ch})", true), says("VOLT:PROT:TRIP? (@{ch})", false), says("CURR:PROT:TRIP? (@{ch})", false),
			},
		},
		meter: meter{voltage: "MEAS:VOLT? (@{ch})", current: "MEAS:CURR? (@{ch})"},
		trips: []tripQuery{
			flagTrip("VOLT:PROT:TRIP? (@{ch})", power.TripOVP),
			flagTrip("CURR:PROT:TRIP? (@{ch})", power.TripOCP),
		},
		// Off first: what is cleared may come back on.
		clear: []string{"OUTP OFF,(@{ch})", "OUTP:PROT:CLE (@{ch})"},
	}
}
