package sim

import (
	"fmt"

	"otabench/power"
)

// What instruments of several makers have alike.

// setVoltage programs the voltage of a channel.
func setVoltage(r *request) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	return r.program(ch, "V", ch.rating.floor, ch.rating.voltage, func(c *circuit, v float64) { c.program(v) })
}

// setCurrent programs its current limit.
func setCurrent(r *request) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	return r.program(ch, "A", 0, ch.rating.current, func(c *circuit, i float64) { c.limit = i })
}

func setOutput(r *request) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	on, err := r.boolean()
	if err != nil {
		return err
	}
	if err := r.end(); err != nil {
		return err
	}
	ch.change(func(c *circuit) { c.enable(on) })
	r.supply.opts.Events(describe(ch))
	return nil
}

// describe says what an output does after it was switched.
func describe(ch *Channel) string {
	o := ch.state()
	if !o.Claims {
		return fmt.Sprintf("%v off", ch)
	}
	return fmt.Sprintf("%v on, %.3f V, limit %.3f A", ch, volts(o.Setpoint), amperes(o.Limit))
}

// showing answers from the state of a channel.
func showing(format func(OutputState) string) func(*request) (string, error) {
	return func(r *request) (string, error) { return r.show(format) }
}

// settingQuery answers with a programmed value, or with the largest or smallest that can be programmed.
func settingQuery(of func(OutputState) float64, bounds func(rating) (low, high float64), format func(float64) string,
) func(*request) (string, error) {
	return func(r *request) (string, error) {
		ch, err := r.channel()
		if err != nil {
			return "", err
		}
		if len(r.args) > 0 { // MIN or MAX
			v, err := r.number(bounds(ch.rating))
			if err != nil {
				return "", err
			}
			return format(v), r.end()
		}
		return format(of(ch.state())), nil
	}
}

// measuredVolts and measuredAmperes answer with what is at the terminals.
func measuredVolts(format func(float64) string) func(*request) (string, error) {
	return showing(func(o OutputState) string { return format(volts(o.Voltage)) })
}

func measuredAmperes(format func(float64) string) func(*request) (string, error) {
	return showing(func(o OutputState) string { return format(amperes(o.Current)) })
}

// claims answers whether the output is on.
func claims(format func(bool) string) func(*request) (string, error) {
	return showing(func(o OutputState) string { return format(o.Claims) })
}

func setpoint(o OutputState) float64 { return volts(o.Setpoint) }
func limit(o OutputState) float64    { return amperes(o.Limit) }

func voltageBounds(r rating) (low, high float64) { return r.floor, r.voltage }
func currentBounds(r rating) (low, high float64) { return 0, r.current }

// protectionCommands are the level and the trip of a protection below a header, and its switch where it has one.
func protectionCommands(header string, p protection, level string, format func(float64) string) []command {
	return []command{
		{nodes: compile(header + ":TRIPped"), query: tripped(p.trip)},
		{nodes: compile(header + ":CLEar"), set: p.clear},
		{nodes: compile(header + ":" + level), set: p.setLevel, query: func(r *request) (string, error) {
			ch, err := r.channel()
			if err != nil {
				return "", err
			}
			var at float64
			ch.change(func(c *circuit) { at = *p.level(c) })
			return format(at), r.end()
		}},
	}
}

// armedCommand is the switch of a protection that answers 0 or 1.
func armedCommand(header string, p protection) command {
	return command{nodes: compile(header), set: p.setArmed, query: func(r *request) (string, error) {
		ch, err := r.channel()
		if err != nil {
			return "", err
		}
		var on bool
		ch.change(func(c *circuit) { on = *p.armed(c) })
		return zeroOne(on), r.end()
	}}
}

// fuseProtection is overcurrent protection as an electronic fuse.
func fuseProtection() protection {
	p := overcurrent()
	p.armed = func(c *circuit) *bool { return &c.fuse.armed }
	return p
}

func zeroOne(b bool) string           { return word(b, "1", "0") }
func thousandths(v float64) string    { return fmt.Sprintf("%.3f", v) }
func tenThousandths(v float64) string { return fmt.Sprintf("%.4f", v) }
func scientific(v float64) string     { return fmt.Sprintf("%+.6E", v) }

// tripped says whether one of the protections has acted.
func tripped(t power.Trip) func(*request) (string, error) {
	return showing(func(o OutputState) string { return zeroOne(o.Tripped&t != 0) })
}
