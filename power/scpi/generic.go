package scpi

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"otabench/power"
)

// ErrDescription: a generic supply without a description, or with one that is wrong.
var ErrDescription = errors.New("the description of the supply is wrong")

// What words in a description stand for.
var (
	terminators   = map[string]string{"": "\n", "lf": "\n", "crlf": "\r\n", "cr": "\r", "none": ""}
	describedTrip = map[string]power.Trip{"ovp": power.TripOVP, "ocp": power.TripOCP, "otp": power.TripOTP}
)

// model makes a model of a description.
func (d Description) model() (model, error) {
	var wrong []error
	for _, p := range d.Validate() {
		wrong = append(wrong, fmt.Errorf("%w: %s: %s", ErrDescription, p.Path, p.Text))
	}
	if len(wrong) > 0 {
		return model{}, errors.Join(wrong...)
	}
	m := model{
		makers: []string{"described as"}, names: []string{d.Identity.Pattern},
		identity: describedIdentity(regexp.MustCompile(d.Identity.Pattern)),
		accepts:  regexp.MustCompile(d.Identity.Pattern).MatchString,
		wire:     d.wire(), pace: d.Link.Pace, start: d.Start,
		dialect: d.dialect(),
	}
	for _, c := range d.Channels {
		m.ratings = append(m.ratings, rating{voltage: c.Voltage, current: c.Current})
	}
	return m, nil
}

// describedIdentity reads what the pattern names, or else as IEEE 488.2 has it. The model is never empty.
func describedIdentity(pattern *regexp.Regexp) func(string) (power.Identity, error) {
	return func(reply string) (power.Identity, error) {
		found := pattern.FindStringSubmatch(reply)
		if found == nil || strings.Join(pattern.SubexpNames(), "") == "" {
			if id, err := parseIdentity(reply); err == nil {
				return id, nil
			}
			return power.Identity{Model: reply}, nil
		}
		var id power.Identity
		for i, name := range pattern.SubexpNames() {
			switch name {
			case "maker":
				id.Maker = found[i]
			case "model":
				id.Model = found[i]
			case "serial":
				id.Serial = found[i]
			case "firmware":
				id.Firmware = found[i]
			}
		}
		return id, nil
	}
}

func (d Description) wire() wire {
	w := wire{
		terminator: terminators[d.Link.Terminator],
		gap:        d.Link.Silence, marks: d.Link.EventStatus,
		errors: d.Errors.Question, clear: d.Errors.Clear,
	}
	if w.errors != "" {
		none := regexp.MustCompile(d.Errors.None)
		w.parseError = func(reply string) (instrumentError, error) {
			if none.MatchString(reply) {
				return instrumentError{}, nil
			}
			return instrumentError{code: -1, text: reply}, nil
		}
	}
	return w
}

func (d Description) dialect() *dialect {
	return &dialect{
		selection: d.Selection,
		voltage:   d.Voltage.setting(), current: d.Current.setting(),
		ovp: d.OVP.protection(), ocp: d.OCP.protection(),
		output: output{on: d.Output.On, off: d.Output.Off, states: []state{d.Output.state()}},
		meter:  meter{voltage: d.Measure.Voltage, current: d.Measure.Current, parse: parseUnit},
		trips:  describedTrips(d.Trips), clear: d.Clear,
	}
}

func (s DescribedSetting) setting() setting {
	return setting{set: s.Set, get: s.Get, decimals: s.Decimals, width: s.Width, parse: parseUnit}
}

func (p DescribedProtection) protection() protection {
	return protection{
		level: DescribedSetting{Set: p.Set, Get: p.Get, Decimals: p.Decimals}.setting(),
		arm:   p.Arm, disarm: p.Disarm, armed: p.Armed, atLimit: p.AtLimit,
	}
}

func (o DescribedOutput) state() state {
	if o.IsOn == "" {
		return says(o.State, true)
	}
	on, off := regexp.MustCompile(o.IsOn), regexp.MustCompile(o.IsOff)
	return state{o.State, func(_ int, reply string) (bool, error) {
		isOn, isOff := on.MatchString(reply), off.MatchString(reply)
		if isOn == isOff {
			return false, errors.New("neither on nor off, or both")
		}
		return isOn, nil
	}}
}

func describedTrips(all []DescribedTrip) []tripQuery {
	var queries []tripQuery
	for _, t := range all {
		acted := regexp.MustCompile(t.Pattern)
		trip := describedTrip[t.Trip]
		queries = append(queries, tripQuery{t.Question, func(reply string) (power.Trip, error) {
			if acted.MatchString(reply) {
				return trip, nil
			}
			return 0, nil
		}})
	}
	return queries
}
