package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"otabench/power"
)

// rsHMP is Rohde & Schwarz's HMP series.
func rsHMP() map[string]model {
	hmp := func(name string, ratings ...rating) model {
		return model{
			maker: "ROHDE&SCHWARZ", name: name, firmware: "HW50020001/SW2.62", serial: "100000",
			ratings: ratings, dialect: hmp(),
		}
	}
	large := rating{voltage: 32.05, current: 10.01, ovp: 32.5, ocp: 10.1}
	small := rating{voltage: 32.05, current: 5.01, ovp: 32.5, ocp: 5.1}
	return map[string]model{
		"rs-hmp2020": hmp("HMP2020", large, small),
		"rs-hmp2030": hmp("HMP2030", small, small, small),
		"rs-hmp4030": hmp("HMP4030", large, large, large),
		"rs-hmp4040": hmp("HMP4040", large, large, large, large),
	}
}

// hmp is the dialect of its SCPI Programmers Manual: commands are for the selected channel, overvoltage protection is
// always armed, overcurrent protection is a fuse, and there is an arbitrary mode.
func hmp() *dialect {
	return &dialect{
		armed: power.TripOVP, message: 8192,
		commands: slices.Concat(
			commonCommands(), hamegCommands(), arbitraryCommands(),
			masterCommands("OUTPut", "OUTPut:SELect", "OUTPut:GENeral"),
			[]command{{
				nodes: compile("STATus:QUEStionable:INSTrument:ISUMmary#:CONDition"),
				query: showing(func(o OutputState) string {
					return word(!o.Claims, "0", word(o.Regulation == "CC", "1", "2"))
				}),
			}},
		),
	}
}

// hamegCommands are what the HMP and the HMC804x have alike.
func hamegCommands() []command {
	return slices.Concat(
		[]command{
			{nodes: compile("INSTrument:NSELect"), set: selectNumber, query: selectedNumber},
			{nodes: compile("INSTrument:[SELect]"), set: hamegSelect, query: func(r *request) (string, error) {
				return fmt.Sprintf("OUTP%d", r.supply.selection()), r.end()
			}},
			{
				nodes: compile("[SOURce]:VOLTage:[LEVel]:[IMMediate]:[AMPLitude]"),
				set:   setVoltage, query: settingQuery(setpoint, voltageBounds, thousandths),
			},
			{
				nodes: compile("[SOURce]:CURRent:[LEVel]:[IMMediate]:[AMPLitude]"),
				set:   setCurrent, query: settingQuery(limit, currentBounds, tenThousandths),
			},
			{nodes: compile("MEASure:[SCALar]:[VOLTage]:[DC]"), query: measuredVolts(thousandths)},
			{nodes: compile("MEASure:[SCALar]:CURRent:[DC]"), query: measuredAmperes(tenThousandths)},
			armedCommand("FUSE:[STATe]", fuseProtection()),
			{nodes: compile("FUSE:TRIPped"), query: tripped(power.TripOCP)},
			{nodes: compile("FUSE:DELay"), set: setFuseDelay, query: fuseDelay},
		},
		protectionCommands("[SOURce]:VOLTage:PROTection", overvoltage(), "[LEVel]", thousandths),
	)
}

// hamegSelect takes OUT1, OUTP1 or OUTPUT1.
func hamegSelect(r *request) error {
	text, err := r.arg()
	if err != nil {
		return err
	}
	digits := strings.TrimLeft(strings.ToUpper(text), "OUTP")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return errIllegal
	}
	if err := r.end(); err != nil {
		return err
	}
	return r.supply.selectChannel(n)
}

func setFuseDelay(r *request) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	v, err := r.number(0, 10)
	if err != nil {
		return err
	}
	ch.change(func(c *circuit) { c.fuse.delay = time.Duration(v * float64(time.Second)) })
	return r.end()
}

func fuseDelay(r *request) (string, error) {
	ch, err := r.channel()
	if err != nil {
		return "", err
	}
	var d time.Duration
	ch.change(func(c *circuit) { d = c.fuse.delay })
	return thousandths(d.Seconds()), r.end()
}
