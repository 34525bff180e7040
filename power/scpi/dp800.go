package scpi

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"otabench/power"
)

// rigolDP800 is Rigol's DP800 series. The third output of the DP831 delivers negative voltages and is not driven.
func rigolDP800() map[string]model {
	dp800 := func(name string, ratings ...rating) model {
		return model{
			makers: []string{"RIGOL TECHNOLOGIES"}, names: []string{name, name + "A"},
			wire: scpiWire(), start: []string{":SYST:REM"},
			ratings: ratings, dialect: dp800Dialect(),
		}
	}
	dp811 := dp800("DP811")
	dp811.discover = dp811Range
	return map[string]model{
		"rigol-dp811": dp811,
		"rigol-dp821": dp800("DP821", rate(60_000, 1_000), rate(8_000, 10_000)),
		"rigol-dp831": dp800("DP831", rate(8_000, 5_000), rate(30_000, 2_000)),
		"rigol-dp832": dp800("DP832", rate(32_000, 3_200), rate(32_000, 3_200), rate(5_300, 3_200)),
	}
}

// dp800Dialect is as in the DP800 Programming Guide. Every command names its channel, so that it does not matter which one
// somebody else has selected, on another connection or at the front panel.
func dp800Dialect() *dialect {
	return &dialect{
		voltage: setting{set: ":SOUR{ch}:VOLT {v}", get: ":SOUR{ch}:VOLT?"},
		current: setting{set: ":SOUR{ch}:CURR {v}", get: ":SOUR{ch}:CURR?"},
		ovp:     dp800Protection("OVP"),
		ocp:     dp800Protection("OCP"),
		output:  output{on: ":OUTP CH{ch},ON", off: ":OUTP CH{ch},OFF", states: []state{says(":OUTP? CH{ch}", true)}},
		meter:   meter{all: ":MEAS:ALL? CH{ch}"},
		trips: []tripQuery{
			flagTrip(":OUTP:OVP:QUES? CH{ch}", power.TripOVP),
			flagTrip(":OUTP:OCP:QUES? CH{ch}", power.TripOCP),
		},
		clear: []string{":OUTP:OVP:CLEAR CH{ch}", ":OUTP:OCP:CLEAR CH{ch}"},
	}
}

func dp800Protection(name string) protection {
	header := ":OUTP:" + name
	return protection{
		level: setting{set: header + ":VAL CH{ch},{v}", get: header + ":VAL? CH{ch}"},
		arm:   header + " CH{ch},ON", disarm: header + " CH{ch},OFF", armed: header + "? CH{ch}",
	}
}

// dp811Range asks which of its two ranges a DP811 is in; it is left there.
func dp811Range(ctx context.Context, s *supply) ([]rating, error) {
	r, err := query(ctx, s.session, ":OUTP:RANG?", func(reply string) (rating, error) {
		switch strings.ToUpper(strings.TrimSpace(reply)) {
		case "P20V":
			return rate(21_000, 10_500), nil
		case "P40V":
			return rate(42_000, 5_250), nil
		}
		return rating{}, errors.New("neither P20V nor P40V")
	})
	if err != nil {
		return nil, fmt.Errorf("find out its range: %w", err)
	}
	return []rating{r}, nil
}
