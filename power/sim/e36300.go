package sim

import (
	"fmt"
	"slices"

	"otabench/power"
)

// keysightE36300 is Keysight's E36300 series.
func keysightE36300() map[string]model {
	e36300 := func(name string, ratings ...rating) model {
		return model{
			maker: "Keysight Technologies", name: name, firmware: "2.1.0-1.0.4-1.12", serial: "MY00000001",
			ratings: ratings, dialect: e36300(),
		}
	}
	six, twentyFive := rating{voltage: 6.18, current: 5.15, ovp: 6.6}, rating{voltage: 25.75, current: 1.03, ovp: 27.5}
	ten, two := rating{voltage: 6.18, current: 10.3, ovp: 6.6}, rating{voltage: 25.75, current: 2.06, ovp: 27.5}
	return map[string]model{
		"keysight-e36311a": e36300("E36311A", six, twentyFive),
		"keysight-e36312a": e36300("E36312A", six, twentyFive, twentyFive),
		"keysight-e36313a": e36300("E36313A", ten, two, two),
	}
}

// e36300 is the dialect of its programming guide: commands take a channel list.
func e36300() *dialect {
	return &dialect{
		errors: keysightError,
		commands: slices.Concat(commonCommands(), keysightCommands(), []command{
			{nodes: compile("INSTrument:NSELect"), set: selectNumber, query: selectedNumber},
			{nodes: compile("OUTPut:[STATe]"), set: setOutput, query: claims(zeroOne)},
			{nodes: compile("OUTPut:PROTection:CLEar"), set: clearTrips},
			armedCommand("[SOURce]:VOLTage:PROTection:STATe", overvoltage()),
			{nodes: compile("[SOURce]:CURRent:PROTection:TRIPped"), query: tripped(power.TripOCP)},
		}),
	}
}

// keysightCommands are what Keysight's supplies have alike.
func keysightCommands() []command {
	return slices.Concat(
		[]command{
			{
				nodes: compile("[SOURce]:VOLTage:[LEVel]:[IMMediate]:[AMPLitude]"),
				set:   setVoltage, query: settingQuery(setpoint, voltageBounds, scientific),
			},
			{
				nodes: compile("[SOURce]:CURRent:[LEVel]:[IMMediate]:[AMPLitude]"),
				set:   setCurrent, query: settingQuery(limit, currentBounds, scientific),
			},
			{nodes: compile("MEASure:[SCALar]:[VOLTage]:[DC]"), query: measuredVolts(scientific)},
			{nodes: compile("MEASure:[SCALar]:CURRent:[DC]"), query: measuredAmperes(scientific)},
			armedCommand("[SOURce]:CURRent:PROTection:STATe", fuseProtection()),
		},
		protectionCommands("[SOURce]:VOLTage:PROTection", overvoltage(), "[LEVel]", scientific),
	)
}

// keysightError has a sign in front of every number.
func keysightError(e instrumentError) string { return fmt.Sprintf("%+d,%q", e.code, e.text) }

func clearTrips(r *request) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	ch.change(func(c *circuit) { c.tripped = 0 })
	r.supply.opts.Events(fmt.Sprintf("%v protections cleared", ch))
	return r.end()
}
