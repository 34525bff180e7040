package sim_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power/sim"
)

// client runs a program that knows instruments from elsewhere, so that simulator and driver cannot agree on a mistake.
// The programs come from the Debian packages sigrok-cli, python3-pyvisa and python3-pyvisa-py. CI must have them.
func client(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") != "true" {
		t.Skipf("%v: install it to run this test", err)
	}
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func contains(t *testing.T, out string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
}

// eventually waits for another process's doing, of which there is no event.
func eventually(t *testing.T, done func() bool, what string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func TestSigrok(t *testing.T) {
	s, address := listen(t, sim.SupplyOptions{Serial: "DP8C1"})
	_, port, err := net.SplitHostPort(address)
	must(t, err)
	device := "scpi-pps:conn=tcp-raw/127.0.0.1/" + port

	contains(t, client(t, "sigrok-cli", "-d", device, "--scan"), "Rigol DP832 00.01.19 [S/N: DP8C1] with 9 channels")
	client(t, "sigrok-cli", "-d", device, "-g", "2", "--config",
		"voltage_target=9:current_limit=1.5:ovp_threshold=10:ovp_enabled=yes:enabled=yes", "--set")
	// It does not wait for the instrument, and sends the settings in an order of its own.
	eventually(t, func() bool {
		o := s.Output(2)
		return o.On && o.Setpoint == 9*physic.Volt && o.Limit == 1500*physic.MilliAmpere && o.OVP == 10*physic.Volt
	}, "sigrok's settings")
	eventually(t, func() bool { // its meter shows that some time later
		return strings.Contains(client(t, "sigrok-cli", "-d", device, "-g", "2", "--show"), "voltage: 9.000000 (current)")
	}, "9 V")
	contains(t, client(t, "sigrok-cli", "-d", device, "-g", "2", "--show"),
		"regulation: CV (current)", "ovp_enabled: on (current)", "ovp_active: on, off (current)",
		"ovp_threshold: 10.000000 (current)", "voltage: 9.000000 (current)",
		"enabled: on (current)")
	contains(t, client(t, "sigrok-cli", "-d", device, "--channels", "V2,I2", "--samples", "1", "-O", "csv"), "\n9,0\n")
}

func TestSigrokHMC8043(t *testing.T) {
	s, address := listenAs(t, "rs-hmc8043", sim.SupplyOptions{Serial: "020123456"})
	_, port, err := net.SplitHostPort(address)
	must(t, err)
	device := "scpi-pps:conn=tcp-raw/127.0.0.1/" + port

	contains(t, client(t, "sigrok-cli", "-d", device, "--scan"), "Rohde&Schwarz HMC8043", "S/N: 020123456", "6 channels: V1 I1 V2 I2 V3 I3")
	client(t, "sigrok-cli", "-d", device, "-g", "2", "--config",
		"voltage_target=9:current_limit=1.5:ovp_threshold=10:ovp_enabled=yes:enabled=yes", "--set")
	eventually(t, func() bool {
		o := s.Output(2)
		return o.On && o.Voltage == 9*physic.Volt && o.Limit == 1500*physic.MilliAmpere && o.OVP == 10*physic.Volt
	}, "sigrok's settings")
	contains(t, client(t, "sigrok-cli", "-d", device, "-g", "2", "--show"),
		"ovp_enabled: on (current)", "ovp_active: on, off (current)", "ovp_threshold: 10.000000 (current)",
		"voltage: 9.000000 (current)", "enabled: on (current)")
	contains(t, client(t, "sigrok-cli", "-d", device, "--channels", "V2,I2", "--samples", "1", "-O", "csv"), "\n9,0\n")
}

const visaList = `
import sys, pyvisa
psu = pyvisa.ResourceManager("@py").open_resource(sys.argv[1], read_termination="\n", write_termination="\n")
print(psu.query("*IDN?"), psu.query("SYST:CHAN?"))
psu.write("VOLT 5,(@2)")
psu.write("LIST:VOLT 9,6,(@2)")
psu.write("LIST:DWEL 0.01,0.02,(@2)")
psu.write("VOLT:MODE LIST,(@2)")
psu.write("OUTP ON,(@2)")
psu.write("INIT:TRAN (@2)")
while not int(psu.query("STAT:OPER:COND? (@2)")) & 16: pass
psu.write("TRIG:TRAN (@2)")
while int(psu.query("STAT:OPER:COND? (@2)")) & 64: pass
print(psu.query_ascii_values("VOLT? (@2)"), psu.query("OUTP? (@2)"), psu.query("SYST:ERR?"))
psu.close()
`

func TestVISAList(t *testing.T) {
	s, address := listenAs(t, "keysight-n6700", sim.SupplyOptions{Serial: "MY1"})
	_, port, err := net.SplitHostPort(address)
	must(t, err)
	contains(t, client(t, "/usr/bin/python3", "-c", visaList, "TCPIP::127.0.0.1::"+port+"::SOCKET"),
		"Keysight Technologies,N6700C,MY1,E.02.07.3243 3\n[5.0] 1 +0,\"No error\"\n")
	if o := s.Output(2); !o.On {
		t.Errorf("pyvisa set %+v", o)
	}
}

const visaKorad = `
import sys, time, pyvisa
psu = pyvisa.ResourceManager("@py").open_resource(sys.argv[1], write_termination="")
def ask(question, count):
    time.sleep(0.3)
    psu.write(question)
    return psu.read_bytes(count)
def tell(command):
    time.sleep(0.3)
    psu.write(command)
print(ask("*IDN?", 16))
tell("VSET1:09.50")
tell("ISET1:0.500")
tell("OUT1")
print(ask("VSET1?", 5), ask("ISET1?", 5), ask("STATUS?", 1)[0] & 0x40)
psu.close()
`

// TestVISAKorad: sigrok knows this instrument too, but does not open pseudo terminals.
func TestVISAKorad(t *testing.T) {
	s, err := sim.NewSupply("korad-ka3005p", sim.SupplyOptions{})
	must(t, err)
	master, path, err := sim.OpenPTY()
	must(t, err)
	served := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { served <- s.Serve(ctx, master) }()
	contains(t, client(t, "/usr/bin/python3", "-c", visaKorad, "ASRL"+path+"::INSTR"),
		"b'KORADKA3005PV2.0'\nb'09.50' b'0.500' 64\n")
	if o := s.Output(1); !o.On || o.Setpoint != 9500*physic.MilliVolt {
		t.Errorf("pyvisa set %+v", o)
	}
	cancel()
	must(t, <-served)
}

const visa = `
import sys, pyvisa
psu = pyvisa.ResourceManager("@py").open_resource(sys.argv[1], read_termination="\n", write_termination="\n")
print(psu.query("*IDN?"))
psu.write(":APPL CH3,5,0.5")
psu.write(":OUTP CH3,ON")
print(psu.query(":APPL? CH3"), psu.query(":OUTP? CH3"))
psu.write(":SOUR3:VOLT 12")
print(psu.query(":SYST:ERR?"), psu.query(":SYST:ERR?"))
psu.close()
`

const visaWants = `RIGOL TECHNOLOGIES,DP832,DP8C1,00.01.19
CH3:5V/3A,5.000,0.5000 ON
-222,"Data out of range" 0,"No error"
`

func TestVISA(t *testing.T) {
	t.Run("TCP", func(t *testing.T) {
		s, address := listen(t, sim.SupplyOptions{Serial: "DP8C1"})
		_, port, err := net.SplitHostPort(address)
		must(t, err)
		contains(t, client(t, "/usr/bin/python3", "-c", visa, "TCPIP::127.0.0.1::"+port+"::SOCKET"), visaWants)
		if o := s.Output(3); !o.On || o.Setpoint != 5*physic.Volt {
			t.Errorf("pyvisa set %+v", o)
		}
	})
	t.Run("serial", func(t *testing.T) {
		s, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{Serial: "DP8C1"})
		must(t, err)
		master, path, err := sim.OpenPTY()
		must(t, err)
		served := make(chan error, 1)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { served <- s.Serve(ctx, master) }()
		contains(t, client(t, "/usr/bin/python3", "-c", visa, "ASRL"+path+"::INSTR"), visaWants)
		cancel()
		must(t, <-served)
	})
}
