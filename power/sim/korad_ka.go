package sim

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// koradKA is Korad's KA3005P. Without a serial number in its options it is one of the first firmwares, which have none.
func koradKA() map[string]model {
	return map[string]model{
		"korad-ka3005p": {
			maker: "KORAD", name: "KA3005P", firmware: "2.0",
			ratings: []rating{{voltage: 30, current: 5}},
			dialect: &dialect{
				gap: 15 * time.Millisecond, busy: 40 * time.Millisecond,
				converse: koradConverse,
			},
		},
	}
}

// koradCommand is all there is: a word, the number of the channel or a switch, and a value or a question mark.
var koradCommand = regexp.MustCompile(`^([A-Z*]+)(\d?)(?::(\d{1,2}(?:\.\d{1,3})?)|(\?))?$`)

// koradConverse answers as the user manual says. What it does not understand it ignores.
func koradConverse(s *Supply, message string) string {
	m := koradCommand.FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	ch := s.channels[0]
	o := ch.state()
	if m[4] == "?" {
		return koradAnswer(s, o, m[1]+m[2])
	}
	value, err := strconv.ParseFloat(m[3], 64)
	valued := err == nil && m[2] == "1"
	switch {
	case m[1] == "VSET" && valued && value <= ch.rating.voltage:
		ch.change(func(c *circuit) { c.program(value) })
		s.opts.Events(fmt.Sprintf("%v set %.2f V", ch, value))
	case m[1] == "ISET" && valued && value <= ch.rating.current:
		ch.change(func(c *circuit) { c.limit = value })
		s.opts.Events(fmt.Sprintf("%v set %.3f A", ch, value))
	case m[1] == "OUT" && m[3] == "" && (m[2] == "0" || m[2] == "1"):
		ch.change(func(c *circuit) {
			c.tripped = 0
			c.enable(m[2] == "1")
		})
		s.opts.Events(describe(ch))
	case m[1] == "OCP" && m[3] == "":
		ch.change(func(c *circuit) { c.fuse.armed = m[2] == "1" })
	}
	return ""
}

func koradAnswer(s *Supply, o OutputState, question string) string {
	switch question {
	case "*IDN":
		if s.opts.Serial == "" {
			return "KORADKA3005PV2.0"
		}
		return "KORAD KA3005P V5.5 SN:" + s.opts.Serial
	case "VSET1":
		return fmt.Sprintf("%05.2f", volts(o.Setpoint))
	case "ISET1":
		return fmt.Sprintf("%05.3f", amperes(o.Limit))
	case "VOUT1":
		return fmt.Sprintf("%05.2f", volts(o.Voltage))
	case "IOUT1":
		return fmt.Sprintf("%05.3f", amperes(o.Current))
	case "STATUS":
		return string([]byte{koradStatus(s, o)})
	}
	return ""
}

// koradStatus is a byte: bit 0 is constant voltage, bit 4 the beeper, bit 5 OCP, bit 6 the output.
func koradStatus(s *Supply, o OutputState) byte {
	status := byte(1 << 4)
	if o.Regulation != "CC" {
		status |= 1 << 0
	}
	s.channels[0].change(func(c *circuit) {
		if c.fuse.armed {
			status |= 1 << 5
		}
	})
	if o.Claims {
		status |= 1 << 6
	}
	return status
}
