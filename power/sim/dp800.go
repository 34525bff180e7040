package sim

import (
	"fmt"
	"slices"
	"time"
)

// rigolDP800 is Rigol's DP800 series. A DP811 is in its range of 20 V.
func rigolDP800() map[string]model {
	dp800 := func(name string, ratings ...rating) model {
		return model{
			maker: "RIGOL TECHNOLOGIES", name: name, firmware: "00.01.19", serial: "DP8C000000001",
			ratings: ratings, dialect: dp800(),
		}
	}
	thirty := rating{voltage: 32, current: 3.2, ovp: 33, ocp: 3.3}
	return map[string]model{
		"rigol-dp811": dp800("DP811", rating{voltage: 21, current: 10.5, ovp: 22, ocp: 11}),
		"rigol-dp821": dp800("DP821",
			rating{voltage: 60, current: 1, ovp: 66, ocp: 1.1}, rating{voltage: 8, current: 10, ovp: 8.8, ocp: 11}),
		"rigol-dp831": dp800("DP831",
			rating{voltage: 8, current: 5, ovp: 8.8, ocp: 5.5}, rating{voltage: 30, current: 2, ovp: 33, ocp: 2.2}),
		"rigol-dp832": dp800("DP832", thirty, thirty, rating{voltage: 5.3, current: 3.2, ovp: 5.5, ocp: 3.3}),
	}
}

// dp800 is the dialect of Rigol's DP800 series, as in its programming guide.
func dp800() *dialect {
	commands := slices.Concat(commonCommands(), overvoltage().commands("OUTPut:OVP"), overcurrent().commands("OUTPut:OCP"))
	return &dialect{refresh: dp800Refresh, commands: append(commands,
		command{nodes: compile("INSTrument:NSELect"), set: selectNumber, query: selectedNumber},
		command{nodes: compile("INSTrument:[SELect]"), set: selectByName, query: selectedName},
		command{nodes: compile("[SOURce#]:VOLTage:[LEVel]:[IMMediate]:[AMPLitude]"), set: setVoltage, query: dp800Voltage},
		command{nodes: compile("[SOURce#]:CURRent:[LEVel]:[IMMediate]:[AMPLitude]"), set: setCurrent, query: dp800Current},
		command{nodes: compile("APPLy"), set: dp800Apply, query: dp800Applied},
		command{nodes: compile("MEASure:[SCALar]:[VOLTage]:[DC]"), query: dp800MeasureVoltage},
		command{nodes: compile("MEASure:[SCALar]:CURRent:[DC]"), query: dp800MeasureCurrent},
		command{nodes: compile("MEASure:[SCALar]:POWEr:[DC]"), query: dp800MeasurePower},
		command{nodes: compile("MEASure:[SCALar]:ALL:[DC]"), query: dp800MeasureAll},
		command{nodes: compile("OUTPut:[STATe]"), set: setOutput, query: dp800Output},
		command{nodes: compile("OUTPut:MODE"), query: dp800Mode},
		command{nodes: compile("OUTPut:CVCC"), query: dp800Mode},
		command{nodes: compile("OUTPut:RANGe"), query: func(r *request) (string, error) { return "P20V", r.end() }},
		command{nodes: compile("SYSTem:BEEPer:[STATe]"), set: setFlag(beeper), query: flag(beeper)},
		command{nodes: compile("SYSTem:OTP"), set: setFlag(otp), query: flag(otp)},
	)}
}

func beeper(s *Supply) *bool { return &s.beeper }
func otp(s *Supply) *bool    { return &s.otp }

func setFlag(of func(*Supply) *bool) func(*request) error {
	return func(r *request) error {
		on, err := r.boolean()
		if err != nil {
			return err
		}
		r.supply.mu.Lock()
		defer r.supply.mu.Unlock()
		*of(r.supply) = on
		return r.end()
	}
}

func flag(of func(*Supply) *bool) func(*request) (string, error) {
	return func(r *request) (string, error) {
		r.supply.mu.Lock()
		defer r.supply.mu.Unlock()
		return onOff(*of(r.supply)), nil
	}
}

// program takes a value and sets it.
func (r *request) program(ch *Channel, unit string, low, high float64, set func(*circuit, float64)) error {
	v, err := r.number(low, high)
	if err != nil {
		return err
	}
	if err := r.end(); err != nil {
		return err
	}
	ch.change(func(c *circuit) { set(c, v) })
	r.supply.opts.Events(fmt.Sprintf("%v set %.3f %s", ch, v, unit))
	return nil
}

func dp800Voltage(r *request) (string, error) {
	return r.show(func(o OutputState) string { return fmt.Sprintf("%.3f", volts(o.Setpoint)) })
}

func dp800Current(r *request) (string, error) {
	return r.show(func(o OutputState) string { return fmt.Sprintf("%.4f", amperes(o.Limit)) })
}

// show answers from the state of the channel that the request names.
func (r *request) show(format func(OutputState) string) (string, error) {
	ch, err := r.channel()
	if err != nil {
		return "", err
	}
	return format(ch.state()), r.end()
}

func dp800Apply(r *request) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	v, err := r.number(0, ch.rating.voltage)
	if err != nil {
		return err
	}
	if len(r.args) > 0 {
		if err := r.program(ch, "A", 0, ch.rating.current, func(c *circuit, i float64) { c.limit = i }); err != nil {
			return err
		}
	}
	ch.change(func(c *circuit) { c.program(v) })
	r.supply.opts.Events(fmt.Sprintf("%v set %.3f V", ch, v))
	return nil
}

func dp800Applied(r *request) (string, error) {
	ch, err := r.channel()
	if err != nil {
		return "", err
	}
	o := ch.state()
	rating := "30V/3A"
	if ch.rating.voltage < 10 {
		rating = "5V/3A"
	}
	return fmt.Sprintf("%v:%s,%.3f,%.4f", ch, rating, volts(o.Setpoint), amperes(o.Limit)), r.end()
}

// dp800Refresh is how often the meter of a DP800 takes a reading, about: what is asked after a change may be that of before.
const dp800Refresh = time.Second

func dp800MeasureVoltage(r *request) (string, error) {
	return r.showMeter(func(m reading) string { return fmt.Sprintf("%.4f", m.voltage) })
}

func dp800MeasureCurrent(r *request) (string, error) {
	return r.showMeter(func(m reading) string { return fmt.Sprintf("%.4f", m.current) })
}

func dp800MeasurePower(r *request) (string, error) {
	return r.showMeter(func(m reading) string { return fmt.Sprintf("%.3f", m.voltage*m.current) })
}

func dp800MeasureAll(r *request) (string, error) {
	return r.showMeter(func(m reading) string {
		return fmt.Sprintf("%.4f,%.4f,%.3f", m.voltage, m.current, m.voltage*m.current)
	})
}

// showMeter answers from the meter of the channel that the request names.
func (r *request) showMeter(format func(reading) string) (string, error) {
	ch, err := r.channel()
	if err != nil {
		return "", err
	}
	return format(ch.metered()), r.end()
}

func dp800Output(r *request) (string, error) {
	return r.show(func(o OutputState) string { return onOff(o.Claims) })
}

func dp800Mode(r *request) (string, error) {
	return r.show(func(o OutputState) string { return o.Regulation })
}
