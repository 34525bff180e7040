package scpi

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Problem is something that is wrong with a description.
type Problem struct {
	Path string // such as "voltage.set" or "trips[0].pattern"
	Text string // what is wrong and what is accepted
}

// Bounds of a description.
const (
	maxDescribedChannels = 8
	maxCommand           = 200 // bytes
	maxPace              = 10 * time.Second
	maxSilence           = time.Second
)

// placeholder is what stands for something in a command.
var placeholder = regexp.MustCompile(`\{[^}]*\}?`)

// Validate returns all that is wrong with a description. Whether the commands are those of the instrument, only the
// instrument can tell.
func (d Description) Validate() []Problem {
	v := &validation{several: len(d.Channels) > 1, selects: d.Selection != ""}
	v.pattern("identity.pattern", d.Identity.Pattern)
	v.channels(d.Channels)
	v.link(d.Link)
	v.commands("start", d.Start, false)
	v.commands("clear", d.Clear, true)
	if d.Selection != "" {
		v.command("selection", d.Selection, false)
		v.needs("selection", d.Selection, "{ch}")
	}
	v.setting("voltage", d.Voltage)
	v.setting("current", d.Current)
	v.protection("ovp", d.OVP, false)
	v.protection("ocp", d.OCP, true)
	v.command("output.on", d.Output.On, true)
	v.command("output.off", d.Output.Off, true)
	v.command("output.state", d.Output.State, true)
	if d.Output.IsOn != "" || d.Output.IsOff != "" {
		v.pattern("output.is_on", d.Output.IsOn)
		v.pattern("output.is_off", d.Output.IsOff)
	}
	v.command("measure.voltage", d.Measure.Voltage, true)
	v.command("measure.current", d.Measure.Current, true)
	v.trips(d.Trips)
	v.errors(d.Errors)
	return v.problems
}

type validation struct {
	several, selects bool // channels, with a selection
	problems         []Problem
}

func (v *validation) at(path, format string, args ...any) {
	v.problems = append(v.problems, Problem{path, fmt.Sprintf(format, args...)})
}

func (v *validation) pattern(path, text string) {
	if text == "" {
		v.at(path, "want a regular expression")
		return
	}
	if _, err := regexp.Compile(text); err != nil {
		v.at(path, "%q is no regular expression: %v", text, err)
	}
}

func (v *validation) channels(all []DescribedChannel) {
	if len(all) == 0 || len(all) > maxDescribedChannels {
		v.at("channels", "%d channels; accepted are 1 to %d", len(all), maxDescribedChannels)
	}
	for i, c := range all {
		if c.Voltage <= 0 || c.Current <= 0 {
			v.at(fmt.Sprintf("channels[%d]", i), "want a voltage above 0V and a current above 0A")
		}
	}
}

func (v *validation) link(l DescribedLink) {
	if _, ok := terminators[l.Terminator]; !ok {
		v.at("link.terminator", "%q is not accepted; accepted are lf, crlf, cr and none", l.Terminator)
	}
	switch {
	case l.Terminator == "none" && l.Silence <= 0:
		v.at("link", "a link without terminator needs silence, the pause that ends a reply")
	case l.Silence < 0 || l.Silence > maxSilence:
		v.at("link.silence", "%v; accepted is up to %v", l.Silence, maxSilence)
	}
	if l.Pace < 0 || l.Pace > maxPace {
		v.at("link.pace", "%v; accepted is up to %v", l.Pace, maxPace)
	}
}

// command checks a template. Where commands name their channel, one of several channels must be named.
func (v *validation) command(path, template string, ofChannel bool) {
	switch {
	case template == "":
		v.at(path, "want a command")
		return
	case len(template) > maxCommand:
		v.at(path, "%d bytes; accepted are up to %d", len(template), maxCommand)
	case strings.ContainsFunc(template, func(r rune) bool { return r < ' ' || r > '~' }):
		v.at(path, "%q has characters other than printable ASCII; the line end is added by itself", template)
	}
	for _, p := range placeholder.FindAllString(template, -1) {
		if p != "{ch}" && p != "{v}" {
			v.at(path, "%s stands for nothing; accepted are {ch} for the channel and {v} for the value", p)
		}
	}
	if ofChannel && v.several && !v.selects {
		v.needs(path, template, "{ch}")
	}
}

func (v *validation) needs(path, template, placeholder string) {
	if !strings.Contains(template, placeholder) {
		v.at(path, "%q does not contain %s", template, placeholder)
	}
}

func (v *validation) commands(path string, all []string, ofChannel bool) {
	for i, c := range all {
		v.command(fmt.Sprintf("%s[%d]", path, i), c, ofChannel)
	}
}

func (v *validation) setting(path string, s DescribedSetting) {
	v.command(path+".set", s.Set, true)
	v.needs(path+".set", s.Set, "{v}")
	v.command(path+".get", s.Get, true)
}

func (v *validation) protection(path string, p DescribedProtection, canBeAtLimit bool) {
	if p == (DescribedProtection{}) {
		return
	}
	switch {
	case p.AtLimit && !canBeAtLimit:
		v.at(path+".at_limit", "only overcurrent protection can act at the current limit")
	case p.AtLimit && (p.Set != "" || p.Get != ""):
		v.at(path, "either it acts at the current limit or it has a level")
	case p.AtLimit && p.Armed == "":
		v.at(path, "want armed, the question whether it is armed")
	case !p.AtLimit:
		v.setting(path, DescribedSetting{Set: p.Set, Get: p.Get})
	}
	if (p.Arm == "") != (p.Disarm == "") || (p.Arm == "") != (p.Armed == "") {
		v.at(path, "want all of arm, disarm and armed, or none of them if it is always armed")
		return
	}
	if p.Arm != "" {
		v.command(path+".arm", p.Arm, true)
		v.command(path+".disarm", p.Disarm, true)
		v.command(path+".armed", p.Armed, true)
	}
}

func (v *validation) trips(all []DescribedTrip) {
	for i, t := range all {
		path := fmt.Sprintf("trips[%d]", i)
		v.command(path+".question", t.Question, true)
		v.pattern(path+".pattern", t.Pattern)
		if _, ok := describedTrip[t.Trip]; !ok {
			v.at(path+".trip", "%q is not accepted; accepted are ovp, ocp and otp", t.Trip)
		}
	}
}

func (v *validation) errors(e DescribedErrors) {
	if e == (DescribedErrors{}) {
		return
	}
	v.command("errors.question", e.Question, false)
	v.pattern("errors.none", e.None)
	if e.Clear != "" {
		v.command("errors.clear", e.Clear, false)
	}
}
