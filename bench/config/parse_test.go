package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/bench/config"
	"otabench/bench/embedded"
)

// good is a bench file in which the tests break one thing at a time.
const good = `name: b
buses:
  body: {address: "socketcan:can0", bitrate: 500000}
supplies:
  psu: {model: rigol-dp832, address: "tcp:192.0.2.1:5555"}
switches:
  main: {pin: "gpio:GPIO17"}
sensors:
  meter: {model: ina226, address: "i2c:1@0x40", shunt: 10mOhm, max_current: 8A}
rails:
  kl30:
    supply: psu
    channel: 1
    nominal: 13.5V
    limits: {voltage: 16V, current: 3A, ovp: 17V, ocp: 3.2A}
    switch: main
    sensor: meter
battery: {bus: body, id: 0x3E0, cycle: 50ms}
ecus:
  bcm:
    bus: body
    rail: kl30
    trust: key.pem
    packages: {current: a.ota, next: b.ota}
    description:
      address: {request: 0x7E0, response: 0x7E8}
      security: {level: 1, algorithm: none}
      programming:
        hardware: HW-2
        blocks:
          - {name: application, source: image, address: 0x8000}
`

// with returns the good file with one text replaced by another.
func with(t *testing.T, old, replacement string) []byte {
	t.Helper()
	if strings.Count(good, old) != 1 {
		t.Fatalf("%q stands %d times in the good file, want once", old, strings.Count(good, old))
	}
	return []byte(strings.Replace(good, old, replacement, 1))
}

func problems(t *testing.T, text []byte) string {
	t.Helper()
	f, err := config.Parse("b.yaml", text)
	if err == nil {
		t.Fatalf("was accepted: %+v", f)
	}
	if f != nil {
		t.Error("a file comes back beside the error")
	}
	var e *config.Error
	if !errors.As(err, &e) || e.File != "b.yaml" {
		t.Fatalf("%T, want *config.Error about b.yaml: %v", err, err)
	}
	return err.Error()
}

func TestGoodFile(t *testing.T) {
	f, err := config.Parse("b.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	rail := f.Rails["kl30"]
	if rail.Nominal != 13500*physic.MilliVolt || rail.Limits.OCP != 3200*physic.MilliAmpere || rail.Channel != 1 {
		t.Errorf("rail: %+v", rail)
	}
	if f.Battery.ID != 0x3E0 || f.Battery.Cycle != 50*time.Millisecond {
		t.Errorf("battery: %+v", f.Battery)
	}
	if s := f.Sensors["meter"]; s.Shunt != 10*physic.MilliOhm || s.MaxCurrent != 8*physic.Ampere {
		t.Errorf("sensor: %+v", s)
	}
	if d := f.ECUs["bcm"].Description; d.Address.Functional != 0x7DF || d.Timing.P2 != 50*time.Millisecond {
		t.Errorf("the description lacks its defaults: %+v", d)
	}
}

func TestEmbeddedFile(t *testing.T) {
	f, err := config.Parse(embedded.Name, embedded.UnitYAML)
	if err != nil {
		t.Fatal(err)
	}
	if f.Simulation == nil || f.ECUs["bcm"].Packages["next"] != "example:next" {
		t.Errorf("%+v", f)
	}
}

func TestBadFiles(t *testing.T) {
	for _, c := range []struct{ name, old, replacement, want string }{
		{
			"unknown key", `pin: "gpio:GPIO17"`, `pin: "gpio:GPIO17", activelow: true`,
			"b.yaml:7:30: switches.main.activelow: unknown key; accepted here: active_low, bus, contact, ecu, function, line, pin",
		},
		{
			"unknown key at the top", "name: b\n", "name: b\nbus: 1\n",
			"b.yaml:2:1: bus: unknown key; accepted here: battery, buses, catalogues, ecus, laboratory, location, name, rails, report, sensors, simulation, supplies, switches",
		},
		{
			"missing key", "    nominal: 13.5V\n", "",
			"b.yaml:12:11: rails.kl30.nominal: is missing; want a voltage with its unit, such as 13.5V or 500mV",
		},
		{
			"no value", "nominal: 13.5V", "nominal:",
			"b.yaml:14:13: rails.kl30.nominal: has no value; want a voltage with its unit, such as 13.5V or 500mV",
		},
		{
			"wrong enum", "model: ina226", "model: ina3221",
			`b.yaml:9:18: sensors.meter.model: "ina3221" is not accepted; accepted values: ina219, ina226, ina228`,
		},
		{
			"over range", "channel: 1", "channel: 9",
			"b.yaml:13:14: rails.kl30.channel: 9 is out of range; accepted: 1 to 8",
		},
		{
			"under range", "bitrate: 500000", "bitrate: 500",
			"b.yaml:3:46: buses.body.bitrate: 500 is out of range; accepted: 10000 to 1e+06",
		},
		{
			"no whole number", "channel: 1", "channel: 1.5",
			`b.yaml:13:14: rails.kl30.channel: "1.5" is not a whole number`,
		},
		{
			"too many bits", "id: 0x3E0", "id: 0x1FFFFFFFFFF",
			"b.yaml:18:26: battery.id: 2199023255551 does not fit: want a whole number of 32 bits",
		},
		{
			"negative where there is no sign", "id: 0x3E0", "id: -5",
			"b.yaml:18:26: battery.id: -5 does not fit: want a whole number of 32 bits",
		},
		{
			"no truth value", `pin: "gpio:GPIO17"`, `pin: "gpio:GPIO17", active_low: 1`,
			`b.yaml:7:42: switches.main.active_low: "1" is not true or false`,
		},
		{
			"time without unit", "cycle: 50ms", "cycle: 50",
			`b.yaml:18:40: battery.cycle: "50" is not a time with its unit, such as 100ms or 2s`,
		},
		{
			"negative time", "cycle: 50ms", "cycle: -50ms",
			`b.yaml:18:40: battery.cycle: "-50ms" is not a time with its unit, such as 100ms or 2s`,
		},
		{
			"time of nothing", "cycle: 50ms", "cycle: 0s",
			"b.yaml:18:40: battery.cycle: want a time above 0",
		},
		{
			"identifier too large", "id: 0x3E0", "id: 0x800",
			"b.yaml:18:26: battery.id: identifier 0x800 is over 0x7ff",
		},
		{
			"unknown supply", "supply: psu", "supply: psx",
			`b.yaml:12:13: rails.kl30.supply: there is no "psx"; defined: psu`,
		},
		{
			"unknown switch", "switch: main", "switch: mian",
			`b.yaml:16:13: rails.kl30.switch: there is no "mian"; defined: main`,
		},
		{
			"unknown sensor", "sensor: meter", "sensor: metre",
			`b.yaml:17:13: rails.kl30.sensor: there is no "metre"; defined: meter`,
		},
		{
			"unknown bus", "    bus: body\n", "    bus: chassis\n",
			`b.yaml:21:10: ecus.bcm.bus: there is no "chassis"; defined: body`,
		},
		{
			"unknown rail", "rail: kl30", "rail: kl15",
			`b.yaml:22:11: ecus.bcm.rail: there is no "kl15"; defined: kl30`,
		},
		{
			"unknown bus of the battery", "battery: {bus: body", "battery: {bus: none",
			`b.yaml:18:16: battery.bus: there is no "none"; defined: body`,
		},
		{
			"package of nothing", "next: b.ota", `next: ""`,
			"b.yaml:24:38: ecus.bcm.packages.next: want a file or example:NAME",
		},
		{
			"nominal over the limit", "nominal: 13.5V", "nominal: 16.5V",
			"b.yaml:14:14: rails.kl30.nominal: 16.500V is outside the rail's own limits; accepted: above 0V up to 16V",
		},
		{
			"protection under the limit", "ovp: 17V", "ovp: 15V",
			"b.yaml:15:46: rails.kl30.limits.ovp: overvoltage protection at 15V would trip below the largest voltage 16V",
		},
		{
			"overcurrent protection under the limit", "ocp: 3.2A", "ocp: 2A",
			"b.yaml:15:56: rails.kl30.limits.ocp: overcurrent protection at 2A would trip below the current limit 3A",
		},
		{
			"no voltage", "voltage: 16V", "voltage: 0V",
			"b.yaml:15:23: rails.kl30.limits.voltage: want a voltage above 0V",
		},
		{
			"no current", "current: 3A", "current: 0A",
			"b.yaml:15:37: rails.kl30.limits.current: want a current above 0A",
		},
		{
			"virtual supply without simulation", "tcp:192.0.2.1:5555", "virtual:psu",
			"b.yaml:5:38: supplies.psu.address: a virtual: address needs a simulation section that says what stands behind it",
		},
		{
			"virtual switch without simulation", "gpio:GPIO17", "virtual:main",
			"b.yaml:7:15: switches.main.pin: a virtual: address needs a simulation section that says what stands behind it",
		},
		{
			"virtual sensor without simulation", "i2c:1@0x40", "virtual:kl30@0x40",
			"b.yaml:9:35: sensors.meter.address: a virtual: address needs a simulation section that says what stands behind it",
		},
		{
			"too much jitter", "name: b\n", "name: b\nsimulation: {jitter: 21}\n",
			"b.yaml:2:22: simulation.jitter: 21 is out of range; accepted: 0 to 20",
		},
		{
			"simulated ECU on a real bus", "name: b\n", "name: b\nsimulation: {ecus: {bcm: {}}}\n",
			"b.yaml:2:26: simulation.ecus.bcm: its bus body is not virtual; on another bus, run the ECU with otabench sim ecu",
		},
		{
			"slow data phase", "bitrate: 500000}", "bitrate: 500000, data_bitrate: 250000}",
			"b.yaml:3:68: buses.body.data_bitrate: want at least the bitrate, 500000",
		},
		{
			"nothing to configure", "bitrate: 500000}", "configure: true}",
			"b.yaml:3:48: buses.body.configure: there is no bitrate to configure",
		},
		{
			"list instead of a mapping", `main: {pin: "gpio:GPIO17"}`, "main: [a, b]",
			"b.yaml:7:9: switches.main: want keys with their values, not a list",
		},
		{
			"list instead of names", "packages: {current: a.ota, next: b.ota}", "packages: [a.ota]",
			"b.yaml:24:15: ecus.bcm.packages: want names with their values, not a list",
		},
		{
			"mapping instead of text", "trust: key.pem", "trust: {file: key.pem}",
			"b.yaml:23:12: ecus.bcm.trust: want text, not keys with values",
		},
		{
			"text instead of a list", "blocks:\n          - {name: application, source: image, address: 0x8000}", "blocks: all",
			"b.yaml:30:17: ecus.bcm.description.programming.blocks: want a list",
		},
		{
			"name of a role", "  psu: {model", "  7psu: {model",
			`b.yaml:5:3: supplies: "7psu" is not a name: want a letter and then letters, digits, _ or -`,
		},
		{
			"step in a list", "hardware: HW-2", "hardware: HW-2\n        sequence: [{step: dance}]",
			`b.yaml:30:27: ecus.bcm.description.programming.sequence[0].step: "dance" is not accepted; accepted values: preconditions, quiet,`,
		},
		{
			"simulated ECU of no role", "ecus:\n  bcm:", "simulation: {ecus: {ecm: {}}, rails: {kl15: {}}}\necus:\n  bcm:",
			"simulation.ecus.ecm: there is no \"ecm\"; defined: bcm",
		},
		{
			"unknown alias", "nominal: 13.5V", "nominal: *volts",
			"b.yaml:14:14: ",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := problems(t, with(t, c.old, c.replacement)); !strings.Contains(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestWrongUnits(t *testing.T) {
	for _, text := range []string{"13.5", "13.5A", "volts", `""`, "1e3V", "13,5V", "V"} {
		t.Run(text, func(t *testing.T) {
			got := problems(t, with(t, "nominal: 13.5V", "nominal: "+text))
			want := `b.yaml:14:14: rails.kl30.nominal: "` + strings.Trim(text, `"`) + `" is not a voltage with its unit, such as 13.5V or 500mV`
			if !strings.HasPrefix(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestUnitsWithAndWithoutBlank(t *testing.T) {
	for _, text := range []string{"13.5V", "13.5 V", "13500mV", "13500 mV", `"13.5 V"`, "'13.5V'"} {
		f, err := config.Parse("b.yaml", with(t, "nominal: 13.5V", "nominal: "+text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.Rails["kl30"].Nominal; got != 13500*physic.MilliVolt {
			t.Errorf("%s became %v", text, got)
		}
	}
	for _, text := range []string{"50ms", "50 ms", `"50 ms"`, "0.05s"} {
		f, err := config.Parse("b.yaml", with(t, "cycle: 50ms", "cycle: "+text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := f.Battery.Cycle; got != 50*time.Millisecond {
			t.Errorf("%s became %v", text, got)
		}
	}
}

func TestSharedDevices(t *testing.T) {
	two := "  kl15:\n    supply: psu\n    channel: 1\n    nominal: 12V\n    limits: {voltage: 16V, current: 3A, ovp: 17V, ocp: 3.2A}\n  kl30:\n"
	want := "b.yaml:18:14: rails.kl30.channel: channel 1 of psu already feeds rail kl15"
	if got := problems(t, with(t, "  kl30:\n", two)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	want = "b.yaml:8:16: switches.other.pin: gpio:GPIO17 already drives switch main"
	got := problems(t, with(t, "  main: {pin: \"gpio:GPIO17\"}\n", "  main: {pin: \"gpio:GPIO17\"}\n  other: {pin: \"gpio:GPIO17\"}\n"))
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAllProblemsAtOnceInTheOrderOfTheFile(t *testing.T) {
	text := strings.NewReplacer(
		"bitrate: 500000", "bitrate: fast", "ina226", "ina3221", "channel: 1", "channel: 0", "cycle: 50ms", "cycle: 50",
		"bus: body\n", "bus: body\n    colour: red\n",
	).Replace(good)
	var places []string
	for line := range strings.SplitSeq(problems(t, []byte(text)), "\n") {
		path := strings.SplitN(line, ": ", 3)
		places = append(places, path[0]+" "+path[1])
	}
	want := "b.yaml:3:46 buses.body.bitrate|b.yaml:9:18 sensors.meter.model|b.yaml:13:14 rails.kl30.channel|b.yaml:18:40 battery.cycle|b.yaml:22:5 ecus.bcm.colour"
	if got := strings.Join(places, "|"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAliasesAndMerges(t *testing.T) {
	text := with(t, "voltage: 16V, current: 3A, ovp: 17V", "voltage: &max 16V, current: 3A, ovp: *max")
	f, err := config.Parse("b.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Rails["kl30"].Limits.OVP; got != 16*physic.Volt {
		t.Errorf("the alias became %v", got)
	}
	limits := "limits: {voltage: 16V, current: 3A, ovp: 17V, ocp: 3.2A}"
	second := "\n  kl15:\n    supply: psu\n    channel: 2\n    nominal: 12V\n    limits: {<<: *l}"
	text = with(t, limits, strings.Replace(limits, "{", "&l {", 1))
	text = []byte(strings.Replace(string(text), "    sensor: meter", "    sensor: meter"+second, 1))
	if f, err = config.Parse("b.yaml", text); err != nil {
		t.Fatal(err)
	}
	if f.Rails["kl15"].Limits != f.Rails["kl30"].Limits {
		t.Errorf("the merge became %v", f.Rails["kl15"].Limits)
	}
}

func TestHostileFiles(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'h'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 10), ",") + "]\n"
	}
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "want one YAML document, a bench file"},
		{"comment", "# nothing\n", "b.yaml:1:1: "},
		{"two documents", good + "---\n" + good, "b.yaml:1:1: want one YAML document, a bench file"},
		{"huge", strings.Repeat("#", config.MaxFile+1), "b.yaml: 8388609 bytes are too many for a bench file"},
		{"text", "bench", `b.yaml:1:1: want keys with their values, not "bench"`},
		{"list", "[1, 2]", "b.yaml:1:1: want keys with their values, not a list"},
		{"no YAML", "name: {a: b\nbuses: ]", "b.yaml:"},
		{"alias of itself", "name: &a *a\n", "b.yaml:1:"},
		{"mapping in itself", "name: b\nbuses: &x {body: *x}\n", "b.yaml:2:"},
		{"aliases without end", bomb + "blocks: *h\n", "unknown key"},
		{"deep", strings.Repeat("[", 5000), "b.yaml:"},
		{"bytes", "\xff\xfe\x00", "b.yaml:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := problems(t, []byte(c.text)); !strings.Contains(got, c.want) {
				t.Errorf("got\n%.500s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.yaml")
	if _, _, err := config.Load(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if err := os.WriteFile(path, []byte(good), 0o600); err != nil {
		t.Fatal(err)
	}
	f, text, err := config.Load(path)
	if err != nil || f.Name != "b" || string(text) != good {
		t.Errorf("%+v, %d bytes, %v", f, len(text), err)
	}
	if got := config.Digest([]byte("abc")); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("digest %s", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add(embedded.UnitYAML)
	f.Add([]byte("a: &a *a\n"))
	f.Add([]byte("rails: {kl30: {<<: [*x]}}"))
	f.Add([]byte("name: !!binary x"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := config.Parse("fuzz.yaml", text)
		if (file == nil) == (err == nil) {
			t.Fatalf("file %v and error %v", file, err)
		}
		var e *config.Error
		if err != nil && (!errors.As(err, &e) || len(e.Problems) == 0) {
			t.Fatalf("%T without problems: %v", err, err)
		}
	})
}

func TestNoECU(t *testing.T) {
	text, _, _ := strings.Cut(good, "ecus:")
	want := "b.yaml:19:7: ecus: want at least one unit under test"
	if got := problems(t, []byte(text+"ecus: {}\n")); !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrong(t *testing.T) {
	f, err := config.Parse("b.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"supplies.psu.model":        "b.yaml:5:16: supplies.psu.model: is odd",
		"simulation.ecus.bcm.flash": "b.yaml: simulation.ecus.bcm.flash: is odd",
		"rails.kl30.colour":         "b.yaml:12:11: rails.kl30.colour: is odd",
	} {
		if got := f.Wrong(path, "is %s", "odd").Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
