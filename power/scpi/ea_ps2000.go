package scpi

import (
	"context"
	"fmt"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// eaPS2000 are the single supplies of EA Elektro-Automatik's series PS 2000 that speak SCPI. Those of the first PS 2000 B
// generation speak a binary protocol only and do not answer *IDN?. The type goes on behind the hyphen with current and
// housing; the ratings are asked for.
func eaPS2000() map[string]model {
	ps := func(name string) model {
		return model{
			makers: []string{"EA Elektro-Automatik GmbH & Co. KG", "EA Elektro-Automatik", "Elektro-Automatik"},
			names:  []string{name, "EA-" + name},
			wire:   scpiWire(), start: []string{"SYST:LOCK 1"}, // takes the instrument into remote control
			discover: eaNominal, dialect: eaDialect(),
		}
	}
	return map[string]model{"ea-ps2042": ps("PS 2042-*"), "ea-ps2084": ps("PS 2084-*")}
}

// eaDialect rests on EA's ModBus & SCPI programming guide and on the profiles of libsigrok. Values come with their unit, in
// steps of 10 mV and 10 mA. Both protections are always armed; a trip is an alarm, which switching off acknowledges.
func eaDialect() *dialect {
	value := func(header string) setting {
		return setting{set: header + " {v}", get: header + "?", decimals: 2, parse: parseUnit}
	}
	return &dialect{
		voltage: value("VOLT"),
		current: value("CURR"),
		ovp:     protection{level: value("VOLT:PROT")},
		ocp:     protection{level: value("CURR:PROT")},
		output:  output{on: "OUTP ON", off: "OUTP OFF", states: []state{says("OUTP?", true)}},
		meter:   meter{voltage: "MEAS:VOLT?", current: "MEAS:CURR?", parse: parseUnit},
		trips: []tripQuery{bitTrips("STAT:QUES?",
			tripBit{0, power.TripOVP}, tripBit{1, power.TripOCP}, tripBit{3, power.TripOTP})},
		clear: []string{"OUTP OFF"},
	}
}

// eaNominal asks for the ratings.
func eaNominal(ctx context.Context, s *supply) ([]rating, error) {
	volts, err := query(ctx, s.session, "SYST:NOM:VOLT?", parseUnit)
	if err != nil {
		return nil, fmt.Errorf("find out its nominal voltage: %w", err)
	}
	amps, err := query(ctx, s.session, "SYST:NOM:CURR?", parseUnit)
	if err != nil {
		return nil, fmt.Errorf("find out its nominal current: %w", err)
	}
	return []rating{{voltage: physic.ElectricPotential(volts), current: physic.ElectricCurrent(amps)}}, nil
}
