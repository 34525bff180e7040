package sim_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power/dial"
	"otabench/power/scpi"
	"otabench/power/sim"
)

// talk sends each line to a fresh DP832 and returns what the queries among them answered.
func talk(t *testing.T, lines ...string) []string {
	t.Helper()
	return talkTo(t, "rigol-dp832", lines...)
}

// talkTo is talk with a supply of a model.
func talkTo(t *testing.T, model string, lines ...string) []string {
	t.Helper()
	s, err := sim.NewSupply(model, sim.SupplyOptions{Serial: "DP8C1"})
	must(t, err)
	near, far := net.Pipe()
	defer near.Close()
	go s.Serve(t.Context(), far)
	replies := bufio.NewReader(near)
	var answers []string
	for _, line := range lines {
		_, err := io.WriteString(near, line+"\n")
		must(t, err)
		if strings.Contains(line, "?") {
			reply, err := replies.ReadString(ending(model))
			must(t, err)
			answers = append(answers, strings.TrimRight(reply, "\r\n"))
		}
	}
	return answers
}

// ending is what ends the answers of a model.
func ending(model string) byte {
	if strings.HasPrefix(model, "gwinstek") {
		return '\r'
	}
	return '\n'
}

func TestDialect(t *testing.T) {
	for name, tc := range map[string]struct{ lines, want []string }{
		"identity": {[]string{"*IDN?"}, []string{"RIGOL TECHNOLOGIES,DP832,DP8C1,00.01.19"}},
		"short and long, any case, no colon": {
			[]string{":SOURCE1:VOLTAGE:LEVEL:IMMEDIATE:AMPLITUDE 5", "volt?", ":SOUR:VOLT?", ":sour1:voltage:lev?"},
			[]string{"5.000", "5.000", "5.000"},
		},
		"selection": {
			[]string{":INST:NSEL 2", ":INST:NSEL?", ":INST?", ":VOLT 3.3", ":SOUR2:VOLT?", ":SOUR1:VOLT?", ":INST CH3", ":INST:SEL?"},
			[]string{"2", "CH2", "3.300", "0.000", "CH3"},
		},
		"apply":           {[]string{":APPL CH2,9.5,1.25", ":APPL? CH2", ":APPL CH3,5", ":APPL? CH3"}, []string{"CH2:30V/3A,9.500,1.2500", "CH3:5V/3A,5.000,3.2000"}},
		"units and words": {[]string{":VOLT 5V", ":VOLT?", ":VOLT MAX", ":VOLT?", ":CURR MIN;:CURR?"}, []string{"5.000", "32.000", "0.0000"}},
		"output":          {[]string{":OUTP CH2,ON", ":OUTP? CH2", ":OUTP:STAT?", ":OUTP:MODE? CH2", ":OUTP:CVCC?"}, []string{"ON", "OFF", "CV", "UR"}},
		"compound":        {[]string{":INST:NSEL 3;:VOLT 5;:VOLT?;:CURR?"}, []string{"5.000;3.2000"}},
		"protection": {
			[]string{":OUTP:OVP:VAL CH1,8.8", ":OUTP:OVP CH1,ON", ":OUTP:OVP? CH1", ":OUTP:OVP:VAL?", ":OUTP:OVP:QUES?", ":OUTP:OCP:VAL 1.5", ":OUTP:OCP:VAL?", ":OUTP:OCP?"},
			[]string{"ON", "8.800", "NO", "1.5000", "OFF"},
		},
		"measure":        {[]string{":MEAS:ALL? CH1", ":MEAS:VOLT:DC? CH1", ":MEAS:CURR?", ":MEAS:POWE?"}, []string{"0.0000,0.0000,0.000", "0.0000", "0.0000", "0.000"}},
		"common":         {[]string{"*OPC", "*WAI", "*OPC?", "*TST?", "*ESE 130", "*ESE?", ":SYST:VERS?"}, []string{"1", "0", "130", "1999.0"}},
		"system":         {[]string{":SYST:REM", ":SYST:BEEP ON", ":SYST:BEEP?", ":SYST:OTP?", ":SYST:LOC", ":SYST:ERR?"}, []string{"ON", "OFF", `0,"No error"`}},
		"reset":          {[]string{":APPL CH1,5,1", ":OUTP ON", "*RST", ":OUTP?", ":VOLT?", ":CURR?"}, []string{"OFF", "0.000", "3.2000"}},
		"empty lines":    {[]string{"", "\r", " ; ;", "*ESE?"}, []string{"0"}},
		"errors queue":   {[]string{":BOGUS", ":VOLT 99", ":SYST:ERR?", ":SYST:ERR?", ":SYST:ERR?"}, []string{`-113,"Undefined header"`, `-222,"Data out of range"`, `0,"No error"`}},
		"errors cleared": {[]string{":BOGUS", "*CLS", ":SYST:ERR:NEXT?"}, []string{`0,"No error"`}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := talk(t, tc.lines...); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tc.want) {
				t.Errorf("answers\n%q, want\n%q", got, tc.want)
			}
		})
	}
}

func TestDialectErrors(t *testing.T) {
	for line, want := range map[string]string{
		":VOLTA 5":                   `-113,"Undefined header"`, // neither the short nor the long form
		":SOUR9:VOLT 5":              `-114,"Header suffix out of range"`,
		":SOUR0:VOLT 5":              `-113,"Undefined header"`,
		":SOUR999:VOLT 5":            `-113,"Undefined header"`,
		":VOLT":                      `-109,"Missing parameter"`,
		":VOLT five":                 `-120,"Numeric data error"`,
		":VOLT NaN":                  `-120,"Numeric data error"`,
		":VOLT -1":                   `-222,"Data out of range"`,
		":SOUR3:VOLT 5.4":            `-222,"Data out of range"`,
		":VOLT 5,6":                  `-108,"Parameter not allowed"`,
		":CURR 3.3":                  `-222,"Data out of range"`,
		":APPL CH1":                  `-109,"Missing parameter"`,
		":APPL CH1,5,9":              `-222,"Data out of range"`,
		":OUTP CH1,PERHAPS":          `-224,"Illegal parameter value"`,
		":OUTP CH4,ON":               `-114,"Header suffix out of range"`,
		":OUTP CHX,ON":               `-224,"Illegal parameter value"`,
		":OUTP CH1,ON,ON":            `-108,"Parameter not allowed"`,
		":INST:NSEL 4":               `-222,"Data out of range"`,
		":INST:NSEL two":             `-120,"Numeric data error"`,
		":INST":                      `-109,"Missing parameter"`,
		":OUTP:OVP:VAL CH3,6":        `-222,"Data out of range"`,
		":OUTP:OVP CH1":              `-109,"Missing parameter"`,
		":OUTP:OVP:QUES CH1":         `-113,"Undefined header"`,
		"*IDN":                       `-113,"Undefined header"`,
		"*ESE 256":                   `-222,"Data out of range"`,
		strings.Repeat("x", 3000):    `-363,"Input buffer overrun"`,
		":VOLT " + "1;:BOGUS;:VOLT ": `-113,"Undefined header"`,
		strings.Repeat(":X;", 20):    `-113,"Undefined header"`,
	} {
		if got := talk(t, line, ":SYST:ERR?"); got[0] != want {
			t.Errorf("%.30q: %s, want %s", line, got[0], want)
		}
	}
}

func TestErrorQueueOverflows(t *testing.T) {
	lines := []string{strings.Repeat(":X;", 20)}
	for range 11 {
		lines = append(lines, ":SYST:ERR?")
	}
	got := talk(t, lines...)
	if got[8] != `-113,"Undefined header"` || got[9] != `-350,"Queue overflow"` || got[10] != `0,"No error"` {
		t.Errorf("queue: %q", got)
	}
}

func TestUnknownModel(t *testing.T) {
	_, err := sim.NewSupply("acme-1", sim.SupplyOptions{})
	if err == nil || !strings.Contains(err.Error(), "known are ea-ps2042, ") {
		t.Errorf("NewSupply: %v", err)
	}
	s, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{})
	must(t, err)
	if _, err := s.Channel(4); err == nil || s.Output(4) != (sim.OutputState{}) {
		t.Errorf("channel 4: %v", err)
	}
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, sim.SupplyOptions{Extra: func() time.Duration { return 3 * time.Millisecond }}, sim.RailOptions{})
		for _, delay := range []time.Duration{120 * time.Millisecond, 0} {
			b.sim.Delay(delay)
			start := time.Now()
			_, err := b.channel.Measure(t.Context())
			must(t, err)
			if took := time.Since(start); took != delay+3*time.Millisecond {
				t.Errorf("answered after %v", took)
			}
		}
	})
}

func TestStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, sim.SupplyOptions{}, sim.RailOptions{})
		b.sim.Stall()
		b.sim.Stall()
		time.AfterFunc(time.Second, func() { b.sim.Resume(); b.sim.Resume() })
		start := time.Now()
		must(t, b.channel.Enable(t.Context(), true)) // within the driver's patience
		if took := time.Since(start); took != time.Second || !b.sim.Output(1).On {
			t.Errorf("carried out after %v", took)
		}
	})
}

// listen serves a supply on a TCP socket.
func listen(t testing.TB, opts sim.SupplyOptions) (*sim.Supply, string) {
	t.Helper()
	return listenAs(t, "rigol-dp832", opts)
}

func listenAs(t testing.TB, model string, opts sim.SupplyOptions) (*sim.Supply, string) {
	t.Helper()
	s, err := sim.NewSupply(model, opts)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.ServeListener(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return s, l.Addr().String()
}

func TestStateOutlivesConnections(t *testing.T) {
	s, address := listen(t, sim.SupplyOptions{})
	for i := range 3 {
		rw, err := dial.Dial(t.Context(), "tcp:"+address)
		must(t, err)
		d, err := scpi.Open(t.Context(), "rigol-dp832", rw, address, scpi.Options{})
		must(t, err)
		ch, err := d.Channel(1)
		must(t, err)
		got, err := ch.Settings(t.Context())
		must(t, err)
		if want := physic.ElectricPotential(i) * physic.Volt; got.Voltage != want || got.On != (i > 0) {
			t.Errorf("connection %d finds %+v", i, got)
		}
		must(t, ch.SetVoltage(t.Context(), physic.ElectricPotential(i+1)*physic.Volt))
		must(t, ch.Enable(t.Context(), true))
		if i == 1 {
			s.Vanish()
			s.Return()
		}
		must(t, d.Close())
	}
}

func TestVanishedRefusesConnections(t *testing.T) {
	s, address := listen(t, sim.SupplyOptions{})
	s.Vanish()
	conn, err := net.Dial("tcp", address)
	must(t, err)
	defer conn.Close()
	if n, err := conn.Read(make([]byte, 1)); err == nil {
		t.Errorf("read %d bytes from a vanished instrument", n)
	}
}

func TestSeveralConnections(t *testing.T) {
	_, address := listen(t, sim.SupplyOptions{})
	var drivers []interface{ Close() error }
	for range 3 {
		rw, err := dial.Dial(t.Context(), "tcp:"+address)
		must(t, err)
		d, err := scpi.Open(t.Context(), "rigol-dp832", rw, address, scpi.Options{})
		must(t, err)
		drivers = append(drivers, d)
	}
	for _, d := range drivers {
		must(t, d.Close())
	}
}

// TestSerial drives the supply through a real terminal device and the real serial driver.
func TestSerial(t *testing.T) {
	s, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{})
	must(t, err)
	master, path, err := sim.OpenPTY()
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, master) }()

	for range 2 {
		rw, err := dial.Dial(t.Context(), "serial:"+path+"@115200")
		must(t, err)
		d, err := scpi.Open(t.Context(), "rigol-dp832", rw, "serial:"+path, scpi.Options{})
		must(t, err)
		ch, err := d.Channel(2)
		must(t, err)
		must(t, ch.SetVoltage(t.Context(), 12*physic.Volt))
		must(t, ch.Enable(t.Context(), true))
		if got, err := ch.Settings(t.Context()); err != nil || got.Voltage != 12*physic.Volt || !got.On {
			t.Errorf("Settings = %+v, %v", got, err)
		}
		must(t, d.Close())
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
