package sim

import (
	"strings"
	"testing"
)

func FuzzExecute(f *testing.F) {
	for _, seed := range []string{
		"OUT1", "VSET1:5.000", "VSET2:99", "STATUS?", "OUTP:GEN ON", "INST:NSEL 2;:VOLT 5", "VOLT 5,(@2)", "VOLT? MAX,(@1)",
		"ARB:DATA 5,1,0.5;:ARB:TRAN 1;:ARB:START 1", "LIST:VOLT 1,2,(@1)", "OUTP:PROT:WDOG:DEL 60", "CH1:VOLT 5", "SYST:LOCK 1;:VOLT 3",
		"*IDN?", ":SOUR1:VOLT 5;:VOLT?", ":APPL CH1,5,1", ":OUTP:OVP:VAL CH1,8.8", ":INST:NSEL 9", "::?", ";;", ": ,", "VOLT?\tCH1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, model := range Models() {
			executeAnything(t, model, line)
		}
	})
}

// executeAnything holds an instrument to what it must not do whatever it is told.
func executeAnything(t *testing.T, model, line string) {
	s, err := NewSupply(model, SupplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	answer := s.execute(line)
	if !strings.Contains(line, "?") && answer != "" {
		t.Errorf("%s: %q is no query and answers %q", model, line, answer)
	}
	if s.model.dialect.gap == 0 && strings.ContainsAny(answer, "\r\n") {
		t.Errorf("%s: %q answers more than a line: %q", model, line, answer)
	}
	for n, ch := range s.channels {
		ch.stopSequence()
		if o := s.Output(n + 1); volts(o.Setpoint) > ch.rating.voltage || amperes(o.Limit) > ch.rating.current || o.Setpoint < 0 || o.Limit < 0 {
			t.Errorf("%s: %q set %+v", model, line, o)
		}
	}
	s.watchdog.timer.Stop()
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
