package scpi

import (
	"context"
	"strconv"
	"strings"

	"otabench/power"
)

// dialect is what the channels of a family of instruments understand. Its commands are templates: {ch} stands for the
// number of the channel, {v} for a value. A command that is empty does not exist.
type dialect struct {
	// selection goes ahead of every command in the same line, where commands do not name their channel: nobody else can
	// select another one in between.
	selection        string
	voltage, current setting
	ovp, ocp         protection
	output           output
	meter            meter
	trips            []tripQuery
	clear            []string
	// enable switches the output where one command does not do, nil otherwise.
	enable func(ctx context.Context, c *channel, on bool) error
	// sequence steps through voltages, nil where the instrument cannot.
	sequence *sequence
}

// setting is a value that is programmed and read back.
type setting struct {
	set, get string
	decimals int // of the value, 3 if zero
	width    int // of the value, padded with zeros
	// parse reads the answer in billionths; parseNumber if nil.
	parse func(string) (int64, error)
}

// protection is OVP or OCP. One without a level of its own trips at the current limit; one that cannot be disarmed has
// no state.
type protection struct {
	level   setting
	arm     string
	disarm  string
	armed   string
	atLimit bool
}

func (p protection) kind() power.Protection {
	switch {
	case p.atLimit:
		return power.AtLimit
	case p.level.set != "":
		return power.Adjustable
	}
	return power.Missing
}

// output is the switch of an output.
type output struct {
	on, off string
	// states must all be found true for the output to be on.
	states []state
}

// state is a question that tells whether channel n is on.
type state struct {
	question string
	parse    func(n int, reply string) (bool, error)
}

// says is a question that is answered with a flag, which is as wanted when the output is on.
func says(question string, wanted bool) state {
	return state{question, func(_ int, reply string) (bool, error) {
		yes, err := parseFlag(reply)
		return err == nil && yes == wanted, err
	}}
}

// meter is the instrument's own. Either all answers "voltage,current" and perhaps more, or there is a question for each.
type meter struct {
	all, voltage, current string
	parse                 func(string) (int64, error) // parseNumber if nil
}

// tripQuery is a question for protections that have acted.
type tripQuery struct {
	question string
	parse    func(reply string) (power.Trip, error)
}

// flagTrip asks for one protection.
func flagTrip(question string, t power.Trip) tripQuery {
	return tripQuery{question, func(reply string) (power.Trip, error) {
		if yes, err := parseFlag(reply); err != nil || !yes {
			return 0, err
		}
		return t, nil
	}}
}

// tripBit says which bit of a register stands for which protection.
type tripBit struct {
	bit  uint
	trip power.Trip
}

// bitTrips asks a register.
func bitTrips(question string, bits ...tripBit) tripQuery {
	return tripQuery{question, func(reply string) (power.Trip, error) {
		register, err := parseRegister(reply)
		var t power.Trip
		for _, b := range bits {
			if register&(1<<b.bit) != 0 {
				t |= b.trip
			}
		}
		return t, err
	}}
}

// command fills in a template for a channel.
func (d *dialect) command(template string, n int, value string) string {
	line := fill(template, n, value)
	if d.selection == "" {
		return line
	}
	return fill(d.selection, n, "") + ";:" + strings.TrimPrefix(line, ":")
}

func fill(template string, n int, value string) string {
	return strings.NewReplacer("{ch}", strconv.Itoa(n), "{v}", value).Replace(template)
}
