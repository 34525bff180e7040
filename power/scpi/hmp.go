package scpi

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// rsHMP is Rohde & Schwarz's (before that Hameg's) HMP series.
func rsHMP() map[string]model {
	hmp := func(name string, ratings ...rating) model {
		return model{
			makers: []string{"ROHDE&SCHWARZ", "HAMEG", "Rohde & Schwarz"}, names: []string{name},
			wire: scpiWire(), start: []string{"SYST:REM"},
			ratings: ratings, dialect: hmpDialect(len(ratings)),
		}
	}
	large, small := rate(32_050, 10_010), rate(32_050, 5_010)
	return map[string]model{
		"rs-hmp2020": hmp("HMP2020", large, small),
		"rs-hmp2030": hmp("HMP2030", small, small, small),
		"rs-hmp4030": hmp("HMP4030", large, large, large),
		"rs-hmp4040": hmp("HMP4040", large, large, large, large),
	}
}

// hmpDialect rests on the HMP Series SCPI Programmers Manual and on the profiles of libsigrok. Overvoltage protection is
// always armed; overcurrent protection is an electronic fuse, which blows at the current limit and is reset when the
// output is switched. On its serial port the instrument wants a handshake that the port here has not: use LAN or USB.
func hmpDialect(channels int) *dialect {
	return &dialect{
		selection: "INST:NSEL {ch}",
		voltage:   setting{set: "VOLT {v}", get: "VOLT?"},
		current:   setting{set: "CURR {v}", get: "CURR?"},
		ovp:       protection{level: setting{set: "VOLT:PROT:LEV {v}", get: "VOLT:PROT:LEV?"}},
		ocp:       protection{atLimit: true, arm: "FUSE:STAT ON", disarm: "FUSE:STAT OFF", armed: "FUSE:STAT?"},
		output:    output{on: "OUTP ON", off: "OUTP OFF", states: []state{says("OUTP:SEL?", true), says("OUTP:GEN?", true)}},
		enable:    behindMaster("OUTP:GEN?", "OUTP:SEL OFF", channels),
		meter:     meter{voltage: "MEAS:VOLT?", current: "MEAS:CURR?"},
		trips: []tripQuery{
			flagTrip("VOLT:PROT:TRIP?", power.TripOVP),
			flagTrip("FUSE:TRIP?", power.TripOCP),
		},
		clear:    []string{"VOLT:PROT:CLE", "OUTP OFF"},
		sequence: hmpSequence(),
	}
}

// hmpSequence is the arbitrary mode: points of voltage, current and time, which are put together in a buffer and then
// handed to a channel. The current of every point is the current limit of the channel.
func hmpSequence() *sequence {
	return &sequence{
		limits: power.SequenceRange{
			Points: 128, Repeats: 255,
			MinDwell: 60 * time.Millisecond, MaxDwell: 10 * time.Second, Resolution: 10 * time.Millisecond,
		},
		load: func(ctx context.Context, c *channel, points []power.Point, repeat int) error {
			limit, err := get[physic.ElectricCurrent](ctx, c, c.current)
			if err != nil {
				return err
			}
			var data []string
			for _, p := range points {
				data = append(data, c.voltage.format(int64(p.Voltage)), c.current.format(int64(limit)),
					fmt.Sprintf("%.2f", p.Dwell.Seconds()))
			}
			n := strconv.Itoa(c.n)
			return c.supply.session.change(ctx,
				"ARB:DATA "+strings.Join(data, ","), "ARB:REP "+strconv.Itoa(repeat), "ARB:TRAN "+n)
		},
		start: "ARB:START {ch}",
		stop:  []string{"ARB:STOP {ch}"},
	}
}
