package sim_test

import (
	"context"
	"net"
	"testing"

	"periph.io/x/conn/v3/physic"

	"otabench/power/sim"
)

// visaManuals drives one instrument of each dialect by the commands of its manual as that spells them out, which are not
// always those of the driver. The arguments are the resources in the order of the functions.
const visaManuals = `
import sys, time, pyvisa
manager = pyvisa.ResourceManager("@py")

class Instrument:
    def __init__(self, resource, read="\n", pace=0):
        self.link = manager.open_resource(resource, read_termination=read, write_termination="\n")
        self.pace = pace
    def tell(self, *commands):
        for c in commands:
            self.link.write(c)
            time.sleep(self.pace)
    def ask(self, question):
        answer = self.link.query(question)
        time.sleep(self.pace)
        return answer
    def number(self, question, unit=""):
        return float(self.ask(question).removesuffix(unit))
    def reaches(self, volts, question, unit=""):
        end = time.monotonic() + 10
        while abs(self.number(question, unit) - volts) > 0.02:
            if time.monotonic() > end: raise TimeoutError(question)

def hmp(resource):
    i = Instrument(resource)
    print(i.ask("*IDN?"))
    i.tell("SYSTem:REMote", "INSTrument:SELect OUTPut2", "SOURce:VOLTage:LEVel:IMMediate:AMPLitude 9", "CURRent 1.5")
    i.tell("VOLTage:PROTection:LEVel 10", "FUSE:STATe ON", "OUTPut:SELect ON", "OUTPut:GENeral ON")
    i.reaches(9, "MEASure:SCALar:VOLTage:DC?")
    print(i.number("VOLTage?"), i.number("CURRent?"), i.number("VOLTage:PROTection:LEVel?"), i.ask("FUSE:STATe?"),
        i.ask("OUTPut:STATe?"), i.ask("INSTrument:NSELect?"), i.ask("FUSE:TRIPped?"))
    i.tell("VOLTage 99")
    print(i.ask("SYSTem:ERRor?").split(",")[0], i.ask("SYSTem:ERRor:NEXT?").split(",")[0])

def gpd(resource):
    i = Instrument(resource, read="\r")
    print(i.ask("*IDN?"))
    i.tell("TRACK0", "VSET2:9.000", "ISET2:1.500", "OUT1")
    i.reaches(9, "VOUT2?", "V")
    print(i.ask("VSET2?"), i.ask("ISET2?"), i.ask("IOUT2?"), i.ask("STATUS?")[5])
    i.tell("VSET2:99")
    print(i.ask("ERR?"), i.ask("ERR?"))

def spd(resource):
    i = Instrument(resource, pace=0.03)
    print(i.ask("*IDN?"))
    i.tell("INSTrument CH2", "CH2:VOLTage 9", "CH2:CURRent 1.5", "OUTPut CH2,ON")
    i.reaches(9, "MEASure:VOLTage? CH2")
    print(i.ask("INSTrument?"), i.number("CH2:VOLTage?"), i.number("CH2:CURRent?"), int(i.ask("SYSTem:STATus?"), 16) >> 4 & 3)
    i.tell("CH2:VOLTage 99")
    print(int(i.ask("SYSTem:ERRor?").split()[0]) < 0, i.ask("SYSTem:ERRor?").split()[0])

def ea(resource):
    i = Instrument(resource)
    print(i.ask("*IDN?"))
    i.tell("VOLTage 1")
    print(int(i.ask("SYSTem:ERRor?").split(",")[0]) < 0)
    i.tell("SYSTem:LOCK ON", "SOURce:VOLTage 9", "SOURce:CURRent 1.5", "SOURce:VOLTage:PROTection 10", "OUTPut ON")
    i.reaches(9, "MEASure:VOLTage?", " V")
    print(i.ask("SYSTem:LOCK?"), i.number("VOLTage?", " V"), i.number("CURRent?", " A"), i.number("VOLTage:PROTection?", " V"),
        i.ask("OUTPut?"), i.number("SYSTem:NOMinal:VOLTage?", " V"), i.ask("SYSTem:ERRor?").split(",")[0])

def e36300(resource):
    i = Instrument(resource)
    print(i.ask("*IDN?"))
    i.tell("VOLTage 9,(@2)", "CURRent 0.5,(@2)", "VOLTage:PROTection 10,(@2)", "CURRent:PROTection:STATe ON,(@2)", "OUTPut:STATe ON,(@2)")
    i.reaches(9, "MEASure:SCALar:VOLTage:DC? (@2)")
    print(i.number("VOLTage? (@2)"), i.number("CURRent? (@2)"), i.number("VOLTage:PROTection? (@2)"),
        i.ask("CURRent:PROTection:STATe? (@2)"), i.ask("OUTPut? (@2)"), i.ask("VOLTage:PROTection:TRIPped? (@2)"))
    i.tell("VOLTage 99,(@2)")
    print(i.ask("SYSTem:ERRor?").split(",")[0], i.ask("SYSTem:ERRor?").split(",")[0])

for dialect, resource in zip((hmp, gpd, spd, ea, e36300), sys.argv[1:], strict=True):
    dialect(resource)
`

const visaManualsWants = `ROHDE&SCHWARZ,HMP4040,4711,HW50020001/SW2.62
9.0 1.5 10.0 1 1 2 0
-222 0
GW INSTEK,GPD-2303S,SN:4711,V2.10
9.000V 1.500A 0.000A 1
Data out of range. No Error.
Siglent Technologies,SPD3303X,4711,1.01.01.02.07R2,V3.0
CH2 9.0 1.5 2
True 0
EA Elektro-Automatik GmbH & Co. KG,PS 2042-20B,4711,V3.03
True
REMOTE 9.0 1.5 10.0 ON 42.0 0
Keysight Technologies,E36312A,4711,2.1.0-1.0.4-1.12
9.0 0.5 10.0 1 1 0
-222 +0
`

// TestVISAManuals: the instruments that are reached over USB or RS-232 are on pseudo terminals.
func TestVISAManuals(t *testing.T) {
	instruments := []struct {
		model  string
		serial bool
		output int
		limit  physic.ElectricCurrent
	}{
		{"rs-hmp4040", false, 2, 1500 * physic.MilliAmpere},
		{"gwinstek-gpd-2303s", true, 2, 1500 * physic.MilliAmpere},
		{"siglent-spd3303x", false, 2, 1500 * physic.MilliAmpere},
		{"ea-ps2042", true, 1, 1500 * physic.MilliAmpere},
		{"keysight-e36312a", false, 2, 500 * physic.MilliAmpere},
	}
	arguments := []string{"-c", visaManuals}
	supplies := map[string]*sim.Supply{}
	for _, i := range instruments {
		var resource string
		supplies[i.model], resource = resourceOf(t, i.model, i.serial)
		arguments = append(arguments, resource)
	}
	if got := client(t, "/usr/bin/python3", arguments...); got != visaManualsWants {
		t.Errorf("pyvisa prints\n%s\nwant\n%s", got, visaManualsWants)
	}
	for _, i := range instruments {
		o := supplies[i.model].Output(i.output)
		if !o.On || o.Setpoint != 9*physic.Volt || o.Limit != i.limit {
			t.Errorf("%s: pyvisa set %+v", i.model, o)
		}
	}
}

// resourceOf serves a supply and returns what pyvisa reaches it by.
func resourceOf(t *testing.T, model string, serial bool) (*sim.Supply, string) {
	t.Helper()
	if !serial {
		s, address := listenAs(t, model, sim.SupplyOptions{Serial: "4711"})
		_, port, err := net.SplitHostPort(address)
		must(t, err)
		return s, "TCPIP::127.0.0.1::" + port + "::SOCKET"
	}
	s, err := sim.NewSupply(model, sim.SupplyOptions{Serial: "4711"})
	must(t, err)
	master, path, err := sim.OpenPTY()
	must(t, err)
	served := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { served <- s.Serve(ctx, master) }()
	t.Cleanup(func() {
		cancel()
		must(t, <-served)
	})
	return s, "ASRL" + path + "::INSTR"
}
