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
	eventually(t, func() bool { return s.Output(2).Voltage == 9*physic.Volt }, "9 V")
	contains(t, client(t, "sigrok-cli", "-d", device, "-g", "2", "--show"),
		"regulation: CV (current)", "ovp_enabled: on (current)", "ovp_active: on, off (current)",
		"ovp_threshold: 10.000000 (current)", "voltage: 9.000000 (current)",
		"enabled: on (current)")
	contains(t, client(t, "sigrok-cli", "-d", device, "--channels", "V2,I2", "--samples", "1", "-O", "csv"), "\n9,0\n")
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
