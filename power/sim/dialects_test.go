package sim_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/power/sim"
)

// TestDialects says to each instrument what its manual says.
func TestDialects(t *testing.T) {
	for name, tc := range map[string]struct {
		model       string
		lines, want []string
	}{
		"HMP selection": {
			"rs-hmp4040",
			[]string{"INST OUT2", "INST?", "INST:NSEL?", "VOLT 5;:CURR 2", "INST:NSEL 1", "VOLT?", "INST:NSEL 2;:VOLT?", "CURR?", "VOLT? MAX", "INST OUT9", "SYST:ERR?"},
			[]string{"OUTP2", "2", "0.000", "5.000", "2.0000", "32.050", `-222,"Data out of range"`},
		},
		"HMP switches": {
			"rs-hmp2020",
			[]string{"INST:NSEL 1;:OUTP:SEL ON", "OUTP?", "OUTP:SEL?", "OUTP:GEN?", "OUTP:GEN ON", "OUTP?", "OUTP OFF", "OUTP:GEN?", "OUTP:SEL?"},
			[]string{"0", "1", "0", "1", "1", "0"},
		},
		"HMP protections": {
			"rs-hmp2020",
			[]string{"VOLT:PROT 12", "VOLT:PROT:LEV?", "VOLT:PROT:TRIP?", "FUSE ON", "FUSE:STAT?", "FUSE:TRIP?", "FUSE:DEL 0.1", "FUSE:DEL?", "STAT:QUES:INST:ISUM1:COND?"},
			[]string{"12.000", "0", "1", "0", "0.100", "0"},
		},
		"HMP arbitrary": {
			"rs-hmp2020",
			[]string{
				"ARB:DATA 5,1,0.5,6,1,0.5", "ARB:REP 2", "ARB:TRAN 1", "ARB:START 1", "ARB:STOP 1", "ARB:CLEAR 1", "SYST:ERR?",
				"ARB:DATA 5,1", "SYST:ERR?", "ARB:DATA 5,1,0.01", "SYST:ERR?", "ARB:DATA 33,1,1", "SYST:ERR?", "ARB:TRAN 3", "SYST:ERR?",
			},
			[]string{`0,"No error"`, `-109,"Missing parameter"`, `-222,"Data out of range"`, `-222,"Data out of range"`, `-222,"Data out of range"`},
		},
		"HMC": {
			"rs-hmc8042",
			[]string{"VOLT:PROT:STAT ON", "VOLT:PROT:STAT?", "VOLT:PROT:LEV 6", "VOLT:PROT?", "OUTP:CHAN ON", "OUTP:MAST?", "OUTP ON", "OUTP:MAST:STAT?", "OUTP:SEL ON", "SYST:ERR?"},
			[]string{"1", "6.000", "0", "1", `-113,"Undefined header"`},
		},
		"E36300": {
			"keysight-e36312a",
			[]string{"VOLT 5,(@2)", "VOLT? (@2)", "VOLT?", "VOLT? MAX,(@1)", "CURR:PROT:STAT ON,(@2)", "CURR:PROT:STAT? (@2)", "OUTP ON,(@2)", "OUTP? (@2)", "VOLT 5,(@4)", "SYST:ERR?", "VOLT 5,(@x)", "SYST:ERR?", "SYST:ERR?"},
			[]string{"+5.000000E+00", "+0.000000E+00", "+6.180000E+00", "1", "1", `-114,"Header suffix out of range"`, `-224,"Illegal parameter value"`, `+0,"No error"`},
		},
		"N6700": {
			"keysight-n6700",
			[]string{
				"SYST:CHAN?", "VOLT? MAX,(@3)", "OUTP:PROT:WDOG:DEL 60", "OUTP:PROT:WDOG:DEL?", "OUTP:PROT:WDOG?", "OUTP:PROT:WDOG:DEL 9999", "SYST:ERR?",
				"STAT:QUES:COND? (@1)", "STAT:OPER:COND? (@1)", "TRIG:TRAN (@1)", "SYST:ERR?",
				"LIST:VOLT 1,2,(@1)", "LIST:DWEL 1,(@1)", "INIT:TRAN (@1)", "SYST:ERR?", "VOLT:MODE RAMP,(@1)", "SYST:ERR?", "LIST:VOLT 99,(@1)", "SYST:ERR?",
			},
			[]string{
				"3", "+3.570000E+01", "+6.000000E+01", "0", `-222,"Data out of range"`, "0", "4",
				`-211,"Trigger ignored"`, `-226,"Lists not same length"`, `-224,"Illegal parameter value"`, `-222,"Data out of range"`,
			},
		},
		"EA": {
			"ea-ps2042",
			[]string{"VOLT 5", "SYST:ERR?", "SYST:LOCK 1", "SYST:LOCK?", "VOLT 5", "VOLT?", "CURR 2", "CURR?", "VOLT:PROT 6", "VOLT:PROT?", "SYST:NOM:CURR?", "OUTP ON", "OUTP?", "STAT:QUES?", "SYST:ERR?"},
			[]string{`-221,"Settings conflict"`, "REMOTE", "5.00 V", "2.00 A", "6.00 V", "20.00 A", "ON", "0", `0,"No error"`},
		},
		"GPD": {
			"gwinstek-gpd-3303s",
			[]string{"*IDN?", "VSET1:5.000", "VSET1?", "ISET2:0.5", "ISET2?", "OUT1", "STATUS?", "VSET1:40", "ERR?", "ERR?", "VSET3:1", "ERR?", "FOO", "ERR?", "VSET1", "ERR?", "{", "ERR?"},
			[]string{
				"GW INSTEK,GPD-3303S,SN:DP8C1,V2.10", "5.000V", "0.500A", "11010100", "Data out of range.", "No Error.",
				"Undefined header.", "Undefined header.", "Missing parameter.", "Invalid character.",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := talkTo(t, tc.model, tc.lines...); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tc.want) {
					t.Errorf("answers\n%q, want\n%q", got, tc.want)
				}
			})
		})
	}
}

// paced talks to an instrument with a pause after each message and returns all that it answers.
func paced(t *testing.T, model string, pause time.Duration, messages ...string) string {
	t.Helper()
	s, err := sim.NewSupply(model, sim.SupplyOptions{Serial: "4711"})
	must(t, err)
	near, far := net.Pipe()
	go s.Serve(t.Context(), far)
	var answers strings.Builder
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(&answers, bufio.NewReader(near))
	}()
	for _, m := range messages {
		_, err := io.WriteString(near, m)
		must(t, err)
		time.Sleep(pause)
	}
	time.Sleep(time.Second)
	must(t, near.Close())
	<-done
	return answers.String()
}

// TestPacedDialects: what is said too fast is lost.
func TestPacedDialects(t *testing.T) {
	for name, tc := range map[string]struct {
		model    string
		pause    time.Duration
		messages []string
		want     string
	}{
		"Siglent": {
			"siglent-spd3303x", 20 * time.Millisecond,
			[]string{"CH2:VOLT 5\n", "CH2:VOLT?\n", "OUTP CH2,ON\n", "SYST:STAT?\n", "CH1:VOLT 99\n", "SYST:ERR?\n", "SYST:ERR?\n"},
			"5.000\n0x24\n-222  Data out of range\n0  No error\n",
		},
		"Siglent, hurried": {
			"siglent-spd3303x", 4 * time.Millisecond,
			[]string{"CH2:VOLT 5\n", "CH1:VOLT 5\n", "CH1:VOLT 6\n", "CH2:VOLT?\n", "CH1:VOLT?\n"},
			"5.000\n",
		},
		"Korad": {
			"korad-ka3005p", 80 * time.Millisecond,
			[]string{"*IDN?", "VSET1:12.50", "VSET1?", "ISET1:1.250", "ISET1?", "OUT1", "STATUS?", "OCP1", "STATUS?", "VSET1:31", "VSET1?", "IOUT1?"},
			"KORAD KA3005P V5.5 SN:471112.501.250\x51\x7112.500.000",
		},
		"Korad, hurried": {"korad-ka3005p", 5 * time.Millisecond, []string{"VSET1:12.50", "VSET1?"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if got := paced(t, tc.model, tc.pause, tc.messages...); got != tc.want {
					t.Errorf("answers %q, want %q", got, tc.want)
				}
			})
		})
	}
}

func TestFaultyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{})
		must(t, err)
		near, far := net.Pipe()
		defer near.Close()
		go s.Serve(t.Context(), far)
		ask := func() (string, time.Duration) {
			start := time.Now()
			_, err := io.WriteString(near, "*OPC?\n")
			must(t, err)
			answer, err := bufio.NewReaderSize(near, 16).ReadString('\n')
			must(t, err)
			return answer, time.Since(start)
		}
		s.Garble("what?\n")
		if got, _ := ask(); got != "what?\n" {
			t.Errorf("garbled: %q", got)
		}
		s.Garble("")
		s.Split(time.Millisecond)
		if got, took := ask(); got != "1\n" || took != time.Millisecond {
			t.Errorf("split: %q after %v", got, took)
		}
	})
}
