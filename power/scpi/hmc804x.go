package scpi

import (
	"otabench/power"
)

// rsHMC804x is Rohde & Schwarz's HMC804x series.
func rsHMC804x() map[string]model {
	hmc := func(name string, ratings ...rating) model {
		return model{
			makers: []string{"Rohde&Schwarz", "Rohde & Schwarz", "HAMEG"}, names: []string{name},
			wire: scpiWire(), start: []string{"SYST:REM"},
			ratings: ratings, dialect: hmc804xDialect(len(ratings)),
		}
	}
	single, double, triple := rate(32_050, 10_000), rate(32_050, 5_000), rate(32_050, 3_000)
	return map[string]model{
		"rs-hmc8041": hmc("HMC8041", single),
		"rs-hmc8042": hmc("HMC8042", double, double),
		"rs-hmc8043": hmc("HMC8043", triple, triple, triple),
	}
}

// hmc804xDialect rests on the HMC804x SCPI Programmers Manual and on the profiles of libsigrok. Overcurrent protection is
// an electronic fuse, which blows at the current limit and is reset when the output is switched.
func hmc804xDialect(channels int) *dialect {
	return &dialect{
		selection: "INST:NSEL {ch}",
		voltage:   setting{set: "VOLT {v}", get: "VOLT?"},
		current:   setting{set: "CURR {v}", get: "CURR?"},
		ovp: protection{
			level: setting{set: "VOLT:PROT:LEV {v}", get: "VOLT:PROT:LEV?"},
			arm:   "VOLT:PROT:STAT ON", disarm: "VOLT:PROT:STAT OFF", armed: "VOLT:PROT:STAT?",
		},
		ocp:    protection{atLimit: true, arm: "FUSE:STAT ON", disarm: "FUSE:STAT OFF", armed: "FUSE:STAT?"},
		output: output{on: "OUTP ON", off: "OUTP OFF", states: []state{says("OUTP:CHAN?", true), says("OUTP:MAST?", true)}},
		enable: behindMaster("OUTP:MAST?", "OUTP:CHAN OFF", channels),
		meter:  meter{voltage: "MEAS:VOLT?", current: "MEAS:CURR?"},
		trips: []tripQuery{
			flagTrip("VOLT:PROT:TRIP?", power.TripOVP),
			flagTrip("FUSE:TRIP?", power.TripOCP),
		},
		clear: []string{"VOLT:PROT:CLE", "OUTP OFF"},
	}
}
