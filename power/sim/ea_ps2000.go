package sim

import (
	"fmt"
	"slices"
	"strconv"

	"otabench/power"
)

// eaPS2000 are two of EA Elektro-Automatik's series PS 2000.
func eaPS2000() map[string]model {
	ps := func(name string, r rating) model {
		return model{
			maker: "EA Elektro-Automatik GmbH & Co. KG", name: name, firmware: "V3.03", serial: "1234560001",
			ratings: []rating{r}, dialect: ea(),
		}
	}
	return map[string]model{
		"ea-ps2042": ps("PS 2042-20B", rating{voltage: 42, current: 20, ovp: 46.2, ocp: 22}),
		"ea-ps2084": ps("PS 2084-10B", rating{voltage: 84, current: 10, ovp: 92.4, ocp: 11}),
	}
}

// ea is the dialect of EA's programming guide: values come with their unit in steps of a hundredth, nothing is set before
// the instrument is in remote control, and switching off acknowledges an alarm.
func ea() *dialect {
	value := func(unit string) func(float64) string {
		return func(v float64) string { return fmt.Sprintf("%.2f %s", v, unit) }
	}
	v, a, w := value("V"), value("A"), value("W")
	nominal := func(format func(rating) string) func(*request) (string, error) {
		return func(r *request) (string, error) { return format(r.supply.channels[0].rating), r.end() }
	}
	level := func(p protection, format func(float64) string) func(*request) (string, error) {
		return func(r *request) (string, error) {
			ch, err := r.channel()
			if err != nil {
				return "", err
			}
			var at float64
			ch.change(func(c *circuit) { at = *p.level(c) })
			return format(at), r.end()
		}
	}
	return &dialect{
		armed: power.TripOVP | power.TripOCP,
		commands: slices.Concat(commonCommands(), []command{
			{nodes: compile("SYSTem:LOCK:[STATe]"), set: eaLock, query: func(r *request) (string, error) {
				return word(r.supply.isMaster(), "REMOTE", "NONE"), r.end()
			}},
			{nodes: compile("SYSTem:NOMinal:VOLTage"), query: nominal(func(r rating) string { return v(r.voltage) })},
			{nodes: compile("SYSTem:NOMinal:CURRent"), query: nominal(func(r rating) string { return a(r.current) })},
			{nodes: compile("SYSTem:NOMinal:POWer"), query: nominal(func(rating) string { return w(320) })},
			{nodes: compile("[SOURce]:VOLTage:[LEVel]"), set: eaRemote(setVoltage), query: settingQuery(setpoint, voltageBounds, v)},
			{nodes: compile("[SOURce]:CURRent:[LEVel]"), set: eaRemote(setCurrent), query: settingQuery(limit, currentBounds, a)},
			{
				nodes: compile("[SOURce]:VOLTage:PROTection:[LEVel]"),
				set:   eaRemote(overvoltage().setLevel), query: level(overvoltage(), v),
			},
			{
				nodes: compile("[SOURce]:CURRent:PROTection:[LEVel]"),
				set:   eaRemote(overcurrent().setLevel), query: level(overcurrent(), a),
			},
			{nodes: compile("MEASure:[SCALar]:VOLTage:[DC]"), query: measuredVolts(v)},
			{nodes: compile("MEASure:[SCALar]:CURRent:[DC]"), query: measuredAmperes(a)},
			{nodes: compile("MEASure:[SCALar]:POWer:[DC]"), query: showing(func(o OutputState) string {
				return w(volts(o.Voltage) * amperes(o.Current))
			})},
			{nodes: compile("OUTPut:[STATe]"), set: eaRemote(eaSwitch), query: claims(onOff)},
			{nodes: compile("STATus:QUEStionable"), query: showing(eaQuestionable)},
		}),
	}
}

// eaLock is remote control: taken and given back, never refused here.
func eaLock(r *request) error {
	on, err := r.boolean()
	if err != nil {
		return err
	}
	r.supply.setMaster(on)
	return r.end()
}

// eaRemote is a command that is refused outside of remote control.
func eaRemote(set func(*request) error) func(*request) error {
	return func(r *request) error {
		if !r.supply.isMaster() {
			return errConflict
		}
		return set(r)
	}
}

func eaSwitch(r *request) error {
	return switchTo(r, func(ch *Channel, on bool) {
		ch.change(func(c *circuit) {
			if !on {
				c.tripped = 0
			}
			c.enable(on)
		})
	})
}

func eaQuestionable(o OutputState) string {
	register := 0
	for bit, t := range map[int]power.Trip{0: power.TripOVP, 1: power.TripOCP, 3: power.TripOTP} {
		if o.Tripped&t != 0 {
			register |= 1 << bit
		}
	}
	if o.Regulation == "CC" {
		register |= 1 << 9
	}
	return strconv.Itoa(register)
}
