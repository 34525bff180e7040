package config_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/ecu/ota/cloud"
)

// vehicleWith is the embedded file with one text of its vehicle's section replaced, and the place of the replacement.
func vehicleWith(t *testing.T, old, replacement string) (text []byte, line int) {
	t.Helper()
	before, after, ok := strings.Cut(string(embedded.YAML), "\nvehicle:\n")
	if !ok || !strings.Contains(after, old) {
		t.Fatalf("%q does not stand in the vehicle's section", old)
	}
	at := strings.Index(after, old)
	line = strings.Count(before+"\nvehicle:\n"+after[:at], "\n") + 1
	return []byte(before + "\nvehicle:\n" + strings.Replace(after, old, replacement, 1)), line
}

func TestVehicleDefaults(t *testing.T) {
	f, err := config.Parse(embedded.Name, embedded.YAML)
	if err != nil {
		t.Fatal(err)
	}
	if v := f.Vehicle; !slices.Equal(v.Master.Displays, []string{config.Dashboard, config.App}) ||
		!v.Users["owner"].MayUpdate() || v.Users["guest"].MayUpdate() || f.SimulatedMaster() == nil {
		t.Errorf("%+v", v)
	}
	text := regexp.MustCompile(`(?m)^    (boot|reaction|confirm|retry|attempts|update|min_charge): .*\n`).ReplaceAllString(string(embedded.YAML), "")
	if f, err = config.Parse(embedded.Name, []byte(text)); err != nil {
		t.Fatal(err)
	}
	m := f.Vehicle.Master
	if m.Boot != 10*time.Second || m.Reaction != 10*time.Second || m.Confirm != time.Minute || m.Retry != time.Hour ||
		m.Update != 10*time.Minute || m.Attempts != 3 || m.MinCharge != 30 {
		t.Errorf("left out, they are %+v", m)
	}
}

func TestBadVehicles(t *testing.T) {
	for name, c := range map[string]struct{ old, replacement, want string }{
		"no such bus":           {"bus: body", "bus: heart", `vehicle.bus: there is no "heart"; defined: body`},
		"no such rail":          {"rail: kl30-2", "rail: kl15", `vehicle.master.rail: there is no "kl15"; defined: kl30, kl30-2`},
		"no such ECU":           {"behind: [vcu, bcm]", "behind: [vcu, ecm]", `vehicle.behind: there is no "ecm"; defined: bcm, vcu`},
		"no ECU":                {"behind: [vcu, bcm]", "behind: []", "vehicle.behind: want at least one ECU"},
		"an ECU twice":          {"behind: [vcu, bcm]", "behind: [vcu, vcu]", `vehicle.behind: "vcu" stands there twice`},
		"nobody may":            {"permissions: [update]", "permissions: [unlock]", fmt.Sprintf("want at least one user with the permission %q", cloud.MayUpdate)},
		"a profile for two":     {"profile: 2", "profile: 1", "vehicle.users: guest and owner have the same profile 1"},
		"no VIN":                {"vin: WOB00000000000001", `vin: ""`, "vehicle.vin: want up to 17 digits and capital letters"},
		"a VIN with a space":    {"vin: WOB00000000000001", "vin: WOB 1", "vehicle.vin: want up to 17 digits and capital letters"},
		"a display without":     {"min_rate: 256000", "min_rate: 256000\n    displays: [console]", "vehicle.master.displays: there is no console"},
		"an unknown display":    {"min_rate: 256000", "min_rate: 256000\n    displays: [smell]", `"smell" is not accepted; accepted values: dashboard, app, console`},
		"TCP for a simulation":  {`"virtual:backend"`, `"tcp:127.0.0.1:443"`, "vehicle.backend.address: want a virtual: address for a simulated master"},
		"an unknown fault":      {"    storage: 786432\n  backend", "    storage: 786432\n    smell: 1\n  backend", "unknown key"},
		"an unknown key":        {"vin: WOB", "win: 1\n  vin: WOB", "vehicle.win: unknown key"},
		"an unknown permission": {"permissions: [update]", "permissions: update", "vehicle.users.owner.permissions"},
	} {
		t.Run(name, func(t *testing.T) {
			text, line := vehicleWith(t, c.old, c.replacement)
			_, err := config.Parse("b.yaml", text)
			var e *config.Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%v, want %s", err, c.want)
			}
			for _, p := range e.Problems {
				if strings.Contains(p.Path+": "+p.Text, c.want) && p.Line > 0 && p.Column > 0 && p.Line-line <= 2 && line-p.Line <= 6 {
					return
				}
			}
			t.Errorf("%v does not name a place near line %d", err, line)
		})
	}
}

func TestAVehicleNeedsABattery(t *testing.T) {
	text := strings.Replace(string(embedded.YAML), "battery: {bus: body, id: 0x3E0, cycle: 20ms}", "", 1)
	if _, err := config.Parse("b.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), "vehicle: a vehicle needs the battery section") {
		t.Errorf("%v", err)
	}
}

func TestAddressOfARealMaster(t *testing.T) {
	hardware := string(embedded.YAML[:strings.Index(string(embedded.YAML), "  master:\n    timing:")])
	for address, good := range map[string]bool{
		"tcp:127.0.0.1:0": true, "tcp:[::1]:443": true, "tcp::8443": true,
		"tcp:127.0.0.1": false, "127.0.0.1:443": false, "udp:127.0.0.1:443": false, "virtual:backend": false, "tcp:host:port:more": false,
	} {
		_, err := config.Parse("b.yaml", []byte(strings.Replace(hardware, "virtual:backend", address, 1)))
		if (err == nil) != good || err != nil && !strings.Contains(err.Error(), "vehicle.backend.address: want ") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
