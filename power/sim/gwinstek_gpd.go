package sim

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// gwInstekGPD are GW Instek's GPD-2303S and GPD-3303S. The fixed third output of the latter is not simulated.
func gwInstekGPD() map[string]model {
	gpd := func(name string) model {
		return model{
			maker: "GW INSTEK", name: name, firmware: "V2.10", serial: "ER915277",
			ratings: slices.Repeat([]rating{{voltage: 32, current: 3.2}}, 2),
			dialect: &dialect{terminator: "\r", converse: gpdConverse, takes: gpdTakes},
		}
	}
	return map[string]model{"gwinstek-gpd-2303s": gpd("GPD-2303S"), "gwinstek-gpd-3303s": gpd("GPD-3303S")}
}

// gpdTakes is the response time of the user manual.
func gpdTakes(message string) time.Duration {
	switch {
	case strings.HasPrefix(message, "STATUS?"):
		return 400 * time.Millisecond
	case strings.Contains(message, "?"):
		return 80 * time.Millisecond
	}
	return 70 * time.Millisecond
}

// gpdCommand is a word, the number of a channel or a switch, and a value or a question mark.
var gpdCommand = regexp.MustCompile(`^([A-Z*]+)(\d?)(?::(\S+)|(\?))?$`)

// gpdConverse answers as the user manual says.
func gpdConverse(s *Supply, message string) string {
	m := gpdCommand.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(message)))
	if m == nil {
		s.queue(errGPDCharacter)
		return ""
	}
	if m[4] == "?" {
		answer, ok := gpdAnswer(s, m[1], m[2])
		if !ok {
			s.queue(errGPDHeader)
		}
		return answer
	}
	if err := gpdSet(s, m[1], m[2], m[3]); err != errNone {
		s.queue(err)
	}
	return ""
}

// Errors of a GPD are sentences.
var (
	errGPDCharacter = instrumentError{1, "Invalid character."}
	errGPDHeader    = instrumentError{2, "Undefined header."}
	errGPDRange     = instrumentError{3, "Data out of range."}
	errGPDMissing   = instrumentError{4, "Missing parameter."}
)

func gpdSet(s *Supply, word, number, argument string) instrumentError {
	switch word {
	case "OUT":
		if number != "0" && number != "1" {
			return errGPDMissing
		}
		for _, ch := range s.channels {
			ch.change(func(c *circuit) { c.enable(number == "1") })
			s.opts.Events(describe(ch))
		}
	case "VSET", "ISET":
		return gpdProgram(s, word, number, argument)
	case "TRACK", "BEEP", "BAUD", "LOCAL", "REMOTE":
	default:
		return errGPDHeader
	}
	return errNone
}

func gpdProgram(s *Supply, word, number, argument string) instrumentError {
	n, _ := strconv.Atoi(number)
	ch, err := s.Channel(n)
	if err != nil {
		return errGPDHeader
	}
	value, err := strconv.ParseFloat(argument, 64)
	switch {
	case err != nil:
		return errGPDMissing
	case !(value >= 0) || word == "VSET" && value > ch.rating.voltage || word == "ISET" && value > ch.rating.current:
		return errGPDRange
	case word == "VSET":
		ch.change(func(c *circuit) { c.program(value) })
		s.opts.Events(fmt.Sprintf("%v set %.3f V", ch, value))
	default:
		ch.change(func(c *circuit) { c.limit = value })
		s.opts.Events(fmt.Sprintf("%v set %.3f A", ch, value))
	}
	return errNone
}

func gpdAnswer(s *Supply, word, number string) (string, bool) {
	switch word {
	case "*IDN":
		return fmt.Sprintf("GW INSTEK,%s,SN:%s,%s", s.model.name, s.opts.Serial, s.model.firmware), true
	case "STATUS":
		return gpdStatus(s), true
	case "ERR":
		if e := s.nextError(); e != errNone {
			return e.text, true
		}
		return "No Error.", true
	}
	n, _ := strconv.Atoi(number)
	ch, err := s.Channel(n)
	if err != nil {
		return "", false
	}
	o := ch.state()
	switch word {
	case "VSET":
		return fmt.Sprintf("%.3fV", volts(o.Setpoint)), true
	case "ISET":
		return fmt.Sprintf("%.3fA", amperes(o.Limit)), true
	case "VOUT":
		return fmt.Sprintf("%.3fV", volts(o.Voltage)), true
	case "IOUT":
		return fmt.Sprintf("%.3fA", amperes(o.Current)), true
	}
	return "", false
}

// gpdStatus is eight digits: constant voltage of CH1 and CH2, 01 for independent outputs, the beeper, the output, 00 for
// 115200 baud.
func gpdStatus(s *Supply) string {
	digits := ""
	for _, ch := range s.channels {
		digits += word(ch.state().Regulation == "CC", "0", "1")
	}
	return digits + "010" + word(s.channels[0].state().Claims, "1", "0") + "00"
}
