package sim

import (
	"strings"
	"testing"
)

func FuzzExecute(f *testing.F) {
	for _, seed := range []string{
		"*IDN?", ":SOUR1:VOLT 5;:VOLT?", ":APPL CH1,5,1", ":OUTP:OVP:VAL CH1,8.8", ":INST:NSEL 9", "::?", ";;", ": ,", "VOLT?\tCH1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		s, err := NewSupply("rigol-dp832", SupplyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		queries := 0
		for _, u := range parseMessage(line) {
			if u.query {
				queries++
			}
		}
		answer := s.execute(line)
		if queries == 0 && answer != "" {
			t.Errorf("%q is no query and answers %q", line, answer)
		}
		if strings.Contains(answer, "\n") {
			t.Errorf("%q answers more than a line: %q", line, answer)
		}
		for n, ch := range s.channels {
			if o := s.Output(n + 1); volts(o.Setpoint) > ch.rating.voltage || amperes(o.Limit) > ch.rating.current || o.Setpoint < 0 {
				t.Errorf("%q set %+v", line, o)
			}
		}
	})
}

func FuzzPattern(f *testing.F) {
	f.Add("SOUR1:VOLT")
	f.Add("source:voltage:lev:imm:ampl")
	nodes := compile("[SOURce#]:VOLTage:[LEVel]:[IMMediate]:[AMPLitude]")
	f.Fuzz(func(t *testing.T, header string) {
		suffix, ok := match(nodes, strings.Split(header, ":"))
		if ok && !strings.Contains(strings.ToUpper(header), "VOLT") {
			t.Errorf("%q matches, suffix %d", header, suffix)
		}
	})
}
