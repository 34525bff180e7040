package sim

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"otabench/power"
)

// dialect is the command set of a family of instruments and how it talks on the wire.
type dialect struct {
	commands []command
	// converse carries out a message, for instruments that do not speak SCPI; nil for those that do.
	converse func(s *Supply, message string) string
	// gap ends a message by silence. Zero: a line is a message.
	gap time.Duration
	// terminator ends a response, "\n" if empty and messages are lines.
	terminator string
	// busy is how long it hears nothing after a message.
	busy time.Duration
	// takes is how long it is at a message, nil for no time.
	takes func(message string) time.Duration
	// refresh is the time between two readings of its meter, zero for one that is simulated without delay.
	refresh time.Duration
	// message bounds a message in bytes, maxMessage if zero.
	message int
	// armed are the protections that cannot be disarmed.
	armed power.Trip
	// errors formats an entry of the error queue, as SCPI has it if nil.
	errors func(instrumentError) string
	// identity answers *IDN?, with commas if nil.
	identity func(*Supply) string
}

// command is one header and what it does. A nil set or query is an undefined header in that form.
type command struct {
	nodes []mnemonic
	set   func(*request) error
	query func(*request) (string, error)
}

// request is a command being carried out.
type request struct {
	supply *Supply
	suffix int
	args   []string
}

// execute carries out a program message and returns the response, "" if there is none. A command that fails queues an
// error and answers nothing.
func (s *Supply) execute(line string) string {
	s.executing.Lock() // it has one parser for all connections
	defer s.executing.Unlock()
	s.heard()
	if s.model.dialect.converse != nil {
		return s.model.dialect.converse(s, line)
	}
	var answers []string
	for _, u := range parseMessage(line) {
		answer, err := s.executeUnit(u)
		if failure := (instrumentError{}); errors.As(err, &failure) {
			s.queue(failure)
		} else if u.query {
			answers = append(answers, answer)
		}
	}
	return strings.Join(answers, ";")
}

func (s *Supply) executeUnit(u unit) (string, error) {
	for _, c := range s.model.dialect.commands {
		suffix, ok := match(c.nodes, u.header)
		if !ok {
			continue
		}
		r := &request{supply: s, suffix: suffix, args: u.args}
		switch {
		case u.query && c.query != nil:
			return c.query(r)
		case !u.query && c.set != nil:
			return "", c.set(r)
		}
	}
	return "", errHeader
}

// channel returns the channel that the header's suffix, a leading CHn argument, a channel list (@n) at the end or the
// selection names. It takes the argument away.
func (r *request) channel() (*Channel, error) {
	n := r.suffix
	if last := len(r.args) - 1; n == 0 && last >= 0 && strings.HasPrefix(r.args[last], "(@") {
		var err error
		if n, err = strconv.Atoi(strings.TrimSuffix(r.args[last][2:], ")")); err != nil {
			return nil, errIllegal
		}
		r.args = r.args[:last]
	}
	if n == 0 && len(r.args) > 0 && strings.HasPrefix(strings.ToUpper(r.args[0]), "CH") {
		var err error
		if n, err = strconv.Atoi(r.args[0][2:]); err != nil {
			return nil, errIllegal
		}
		r.args = r.args[1:]
	}
	if n == 0 {
		n = r.supply.selection()
	}
	ch, err := r.supply.Channel(n)
	if err != nil {
		return nil, errSuffix
	}
	return ch, nil
}

func (s *Supply) selection() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.selected
}

func (s *Supply) selectChannel(n int) error {
	if n < 1 || n > len(s.channels) {
		return errRange
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.selected = n
	return nil
}

// arg takes the next argument.
func (r *request) arg() (string, error) {
	if len(r.args) == 0 {
		return "", errMissing
	}
	first := r.args[0]
	r.args = r.args[1:]
	return first, nil
}

// end makes sure that no argument is left.
func (r *request) end() error {
	if len(r.args) > 0 {
		return errNotAllowed
	}
	return nil
}

// number takes a numeric argument in the range, rounded to a resolution of 0.001. MIN and MAX stand for the range's ends.
func (r *request) number(low, high float64) (float64, error) {
	v, err := r.fine(low, high)
	return math.Round(v*1000) / 1000, err
}

// fine is number without rounding.
func (r *request) fine(low, high float64) (float64, error) {
	text, err := r.arg()
	if err != nil {
		return 0, err
	}
	switch strings.ToUpper(text) {
	case "MIN", "MINIMUM":
		return low, nil
	case "MAX", "MAXIMUM":
		return high, nil
	}
	v, err := strconv.ParseFloat(strings.TrimRight(text, "VAva"), 64)
	if err != nil || math.IsNaN(v) {
		return 0, errNumber
	}
	if v < low || v > high {
		return 0, errRange
	}
	return v, nil
}

// boolean takes ON, OFF, 1 or 0.
func (r *request) boolean() (bool, error) {
	text, err := r.arg()
	if err != nil {
		return false, err
	}
	switch strings.ToUpper(text) {
	case "ON", "1":
		return true, nil
	case "OFF", "0":
		return false, nil
	}
	return false, errIllegal
}

func word(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

func onOff(b bool) string { return word(b, "ON", "OFF") }
