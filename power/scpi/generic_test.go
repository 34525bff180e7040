package scpi_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/scpi"
	"otabench/power/sim"
)

// described are instruments of other drivers, described.
func described() map[string]scpi.Description {
	return map[string]scpi.Description{
		"rs-hmp2020": {
			Identity: scpi.DescribedIdentity{Pattern: `^ROHDE&SCHWARZ,HMP2020,`},
			Channels: []scpi.DescribedChannel{
				{Voltage: 32 * physic.Volt, Current: 10 * physic.Ampere}, {Voltage: 32 * physic.Volt, Current: 5 * physic.Ampere},
			},
			Link:      scpi.DescribedLink{EventStatus: true},
			Start:     []string{"SYST:REM"},
			Selection: "INST:NSEL {ch}",
			Voltage:   scpi.DescribedSetting{Set: "VOLT {v}", Get: "VOLT?"},
			Current:   scpi.DescribedSetting{Set: "CURR {v}", Get: "CURR?"},
			OVP:       scpi.DescribedProtection{Set: "VOLT:PROT {v}", Get: "VOLT:PROT?"},
			OCP:       scpi.DescribedProtection{AtLimit: true, Arm: "FUSE ON", Disarm: "FUSE OFF", Armed: "FUSE?"},
			Output:    scpi.DescribedOutput{On: "OUTP ON", Off: "OUTP OFF", State: "OUTP?"},
			Measure:   scpi.DescribedMeter{Voltage: "MEAS:VOLT?", Current: "MEAS:CURR?"},
			Trips: []scpi.DescribedTrip{
				{Question: "VOLT:PROT:TRIP?", Pattern: "^1$", Trip: "ovp"}, {Question: "FUSE:TRIP?", Pattern: "^1$", Trip: "ocp"},
			},
			Clear:  []string{"VOLT:PROT:CLE", "OUTP OFF"},
			Errors: scpi.DescribedErrors{Question: "SYST:ERR?", None: `^\+?0,`, Clear: "*CLS"},
		},
		"korad-ka3005p": {
			Identity: scpi.DescribedIdentity{Pattern: `^(?P<maker>KORAD) ?(?P<model>KA3005P) ?V(?P<firmware>[\d.]+) SN:(?P<serial>\d+)$`},
			Channels: []scpi.DescribedChannel{{Voltage: 30 * physic.Volt, Current: 5 * physic.Ampere}},
			Link:     scpi.DescribedLink{Terminator: "none", Silence: 40 * time.Millisecond, Pace: 80 * time.Millisecond},
			Voltage:  scpi.DescribedSetting{Set: "VSET1:{v}", Get: "VSET1?", Decimals: 2, Width: 5},
			Current:  scpi.DescribedSetting{Set: "ISET1:{v}", Get: "ISET1?"},
			Output:   scpi.DescribedOutput{On: "OUT1", Off: "OUT0", State: "STATUS?", IsOn: `^[@-_]$`, IsOff: `^[\x00-\x3f]$`},
			Measure:  scpi.DescribedMeter{Voltage: "VOUT1?", Current: "IOUT1?"},
		},
	}
}

func TestGeneric(t *testing.T) {
	for model, d := range described() {
		t.Run(model, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := simulate(t, model)
				supply, err := scpi.Open(t.Context(), scpi.Generic, connect(t, s), "virtual:psu", scpi.Options{Description: &d})
				must(t, err)
				defer supply.Close()
				if id := supply.Identity(); id.Serial != "4711" || id.Maker == "" || id.Firmware == "" {
					t.Errorf("Identity() = %+v", id)
				}
				for i, ch := range channels(t, supply) {
					energise(t, s, ch, i+1)
				}
				s.Stall()
				ch := channel(t, supply, 1)
				if _, err := ch.Settings(t.Context()); !errors.Is(err, power.ErrLink) {
					t.Errorf("stalled: %v", err)
				}
				s.Resume()
				if got, err := ch.Settings(t.Context()); err != nil || got.Voltage != 4500*physic.MilliVolt {
					t.Errorf("after a stall: %+v, %v", got, err)
				}
				err = ch.SetVoltage(t.Context(), 80*physic.Volt)
				if !errors.Is(err, power.ErrInstrument) && !errors.Is(err, power.ErrReadBack) {
					t.Errorf("beyond the rating: %v", err)
				}
			})
		})
	}
}

// energise limits a channel, switches it on, and off again.
func energise(t *testing.T, s *sim.Supply, ch power.Channel, n int) {
	t.Helper()
	out, err := power.Limit(t.Context(), ch, moderate(ch))
	must(t, err)
	must(t, out.On(t.Context(), 4500*physic.MilliVolt))
	time.Sleep(time.Second)
	if o := s.Output(n); !o.On || o.Voltage != 4500*physic.MilliVolt || o.OVP != out.Limits().OVP {
		t.Errorf("CH%d does %+v", n, o)
	}
	if r, err := out.Measure(t.Context()); err != nil || r.Voltage != 4500*physic.MilliVolt {
		t.Errorf("CH%d: Measure = %v, %v", n, r, err)
	}
	if trip, err := out.Tripped(t.Context()); err != nil || trip != 0 {
		t.Errorf("CH%d: Tripped = %v, %v", n, trip, err)
	}
	must(t, out.Off(t.Context()))
	if s.Output(n).On {
		t.Errorf("CH%d is on", n)
	}
}

func TestGenericRefusesAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := described()["rs-hmp2020"]
		_, err := scpi.Open(t.Context(), scpi.Generic, connect(t, simulate(t, "rs-hmp4040")), "virtual:psu", scpi.Options{Description: &d})
		if !errors.Is(err, power.ErrIdentity) {
			t.Errorf("Open: %v", err)
		}
		_, err = scpi.Open(t.Context(), scpi.Generic, connect(t, simulate(t, "rs-hmp4040")), "virtual:psu", scpi.Options{})
		if !errors.Is(err, scpi.ErrDescription) {
			t.Errorf("without a description: %v", err)
		}
		d.Voltage.Set = "VOLT"
		_, err = scpi.Open(t.Context(), scpi.Generic, connect(t, simulate(t, "rs-hmp2020")), "virtual:psu", scpi.Options{Description: &d})
		if !errors.Is(err, scpi.ErrDescription) || !strings.Contains(err.Error(), `voltage.set: "VOLT" does not contain {v}`) {
			t.Errorf("a wrong description: %v", err)
		}
	})
}

func TestDescriptionProblems(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(*scpi.Description)
		want  string
	}{
		"no identity":            {func(d *scpi.Description) { d.Identity.Pattern = "" }, "identity.pattern: want a regular expression"},
		"no expression":          {func(d *scpi.Description) { d.Identity.Pattern = "(" }, `identity.pattern: "(" is no regular expression`},
		"no channels":            {func(d *scpi.Description) { d.Channels = nil }, "channels: 0 channels; accepted are 1 to 8"},
		"no rating":              {func(d *scpi.Description) { d.Channels[1].Current = 0 }, "channels[1]: want a voltage above 0V"},
		"no terminator":          {func(d *scpi.Description) { d.Link.Terminator = "none" }, "link: a link without terminator needs silence"},
		"long silence":           {func(d *scpi.Description) { d.Link.Silence = time.Minute }, "link.silence: 1m0s"},
		"long pace":              {func(d *scpi.Description) { d.Link.Pace = time.Minute }, "link.pace: 1m0s"},
		"no command":             {func(d *scpi.Description) { d.Output.Off = "" }, "output.off: want a command"},
		"line end":               {func(d *scpi.Description) { d.Output.On = "OUTP ON\n" }, "output.on: \"OUTP ON\\n\" has characters other"},
		"long":                   {func(d *scpi.Description) { d.Start = []string{strings.Repeat("x", 300)} }, "start[0]: 300 bytes"},
		"placeholder":            {func(d *scpi.Description) { d.Voltage.Get = "VOLT? {n}" }, "voltage.get: {n} stands for nothing"},
		"half a placeholder":     {func(d *scpi.Description) { d.Voltage.Get = "VOLT? {ch" }, "voltage.get: {ch stands for nothing"},
		"no value":               {func(d *scpi.Description) { d.OVP.Set = "VOLT:PROT 5" }, `ovp.set: "VOLT:PROT 5" does not contain {v}`},
		"no channel":             {func(d *scpi.Description) { d.Selection = "" }, `output.off: "OUTP OFF" does not contain {ch}`},
		"selects nothing":        {func(d *scpi.Description) { d.Selection = "INST:NSEL 1" }, `selection: "INST:NSEL 1" does not contain {ch}`},
		"OVP at the limit":       {func(d *scpi.Description) { d.OVP = d.OCP }, "ovp.at_limit: only overcurrent protection"},
		"limit and level":        {func(d *scpi.Description) { d.OCP.Set = "CURR:PROT {v}" }, "ocp: either it acts at the current limit or it has a level"},
		"limit, never confirmed": {func(d *scpi.Description) { d.OCP = scpi.DescribedProtection{AtLimit: true} }, "ocp: want armed"},
		"armed and never asked":  {func(d *scpi.Description) { d.OVP.Arm = "VOLT:PROT:STAT ON" }, "ovp: want all of arm, disarm and armed"},
		"half a state":           {func(d *scpi.Description) { d.Output.IsOn = "^1$" }, "output.is_off: want a regular expression"},
		"unknown trip":           {func(d *scpi.Description) { d.Trips[0].Trip = "fire" }, `trips[0].trip: "fire" is not accepted`},
		"unknown terminator":     {func(d *scpi.Description) { d.Link.Terminator = "eot" }, `link.terminator: "eot" is not accepted`},
		"trip":                   {func(d *scpi.Description) { d.Trips[0].Pattern = "" }, "trips[0].pattern: want"},
		"errors":                 {func(d *scpi.Description) { d.Errors.None = "" }, "errors.none: want"},
	} {
		d := described()["rs-hmp2020"]
		tc.spoil(&d)
		var got []string
		for _, p := range d.Validate() {
			got = append(got, p.Path+": "+p.Text)
		}
		if !strings.Contains(strings.Join(got, "\n"), tc.want) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
	for name, d := range described() {
		if p := d.Validate(); len(p) > 0 {
			t.Errorf("%s: %v", name, p)
		}
	}
}

// TestGenericStateIsNotGuessed: an answer that is neither on nor off confirms nothing.
func TestGenericStateIsNotGuessed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s := described()["korad-ka3005p"], simulate(t, "korad-ka3005p")
		supply, err := scpi.Open(t.Context(), scpi.Generic, connect(t, s), "virtual:psu", scpi.Options{Description: &d})
		must(t, err)
		defer supply.Close()
		ch := channel(t, supply, 1)
		must(t, ch.Enable(t.Context(), true))
		s.Garble("\xc0") // no status that the description knows
		if err := ch.Enable(t.Context(), false); !errors.Is(err, power.ErrReply) {
			t.Errorf("Enable: %v", err)
		}
	})
}

func ExampleDescription_Validate() {
	d := described()["korad-ka3005p"]
	d.Voltage.Set = "VSET1:{volts}"
	for _, p := range d.Validate() {
		fmt.Println(p.Path + ": " + p.Text)
	}
	// Output:
	// voltage.set: {volts} stands for nothing; accepted are {ch} for the channel and {v} for the value
	// voltage.set: "VSET1:{volts}" does not contain {v}
}

func FuzzDescription(f *testing.F) {
	f.Add("^ACME", "VOLT {v}", "OUTP ON", "^1$")
	f.Add("(", "VOLT {", "", "[")
	f.Fuzz(func(t *testing.T, pattern, set, on, isOn string) {
		d := described()["korad-ka3005p"]
		d.Identity.Pattern, d.Voltage.Set, d.Output.On, d.Output.IsOn = pattern, set, on, isOn
		if len(d.Validate()) == 0 && (!strings.Contains(set, "{v}") || strings.ContainsAny(set+on, "\r\n") || on == "") {
			t.Errorf("accepted: %+v", d)
		}
	})
}
