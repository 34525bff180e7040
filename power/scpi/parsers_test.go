package scpi

import (
	"strings"
	"testing"

	"otabench/power"
)

func TestParsers(t *testing.T) {
	number := func(parse func(string) (int64, error)) func(string) (any, error) {
		return func(reply string) (any, error) { return parse(reply) }
	}
	on := func(n int, parse func(int, string) (bool, error)) func(string) (any, error) {
		return func(reply string) (any, error) { return parse(n, reply) }
	}
	trips := func(q tripQuery) func(string) (any, error) {
		return func(reply string) (any, error) { return q.parse(reply) }
	}
	siglent := siglentDialect().output.states[0].parse
	for name, tc := range map[string]struct {
		parse func(string) (any, error)
		good  map[string]any
		bad   []string
	}{
		"unit": {
			number(parseUnit),
			map[string]any{"42.00 V": int64(42e9), "5.000V": int64(5e9), "0.12A": int64(120e6), "3": int64(3e9)},
			[]string{"", "V", "5.0 W V5", "five V"},
		},
		"Korad number": {
			number(koradNumber),
			map[string]any{"12.00": int64(12e9), "0.500": int64(500e6), "0.500K": int64(500e6)},
			[]string{"", "12.", "12.0", "12.000", "1.00", "12.00K0", "12.0012.00"},
		},
		"Korad status": {
			on(1, koradOn),
			map[string]any{"\x40": true, "\x51": true, "\x0a": false, "\x00": false},
			[]string{"", "12.00", "\x40\x40"},
		},
		"Siglent status CH1": {
			on(1, siglent),
			map[string]any{"0x10": true, "0x224": false, "0x20": false, "10": true},
			[]string{"", "0x", "ON", "-1"},
		},
		"Siglent status CH2": {on(2, siglent), map[string]any{"0x20": true, "0x10": false}, nil},
		"GPD status": {
			on(1, gpdOn),
			map[string]any{"11010100": true, "11010000": false},
			[]string{"", "1101010", "110101001", "1101012x", "1 1 0 1 0 X 1 X"},
		},
		"register": {
			trips(keysightN6700()["keysight-n6700"].dialect.trips[0]),
			map[string]any{
				"0": power.Trip(0), "+1": power.TripOVP, "2": power.TripOCP, "2048": power.TripWatchdog,
				"+18": power.TripOCP | power.TripOTP, "128": power.Trip(0),
			},
			[]string{"", "-1", "OV", "1e3"},
		},
	} {
		for reply, want := range tc.good {
			if got, err := tc.parse(reply); err != nil || got != want {
				t.Errorf("%s: %q is %v, %v, want %v", name, reply, got, err, want)
			}
		}
		for _, reply := range tc.bad {
			if got, err := tc.parse(reply); err == nil {
				t.Errorf("%s: %q is %v", name, reply, got)
			}
		}
	}
}

func TestParseErrors(t *testing.T) {
	for reply, want := range map[string]instrumentError{
		"0  No Error":              {0, "No Error"},
		"1 Bad command":            {1, "Bad command"},
		`-113, "Undefined header"`: {-113, "Undefined header"},
	} {
		if got, err := parseBlankError(reply); err != nil || got != want {
			t.Errorf("parseBlankError(%q) = %v, %v", reply, got, err)
		}
	}
	for reply, want := range map[string]instrumentError{
		"No Error.": {}, "Data out of range.": {-1, "Data out of range."},
	} {
		if got, err := gpdError(reply); err != nil || got != want {
			t.Errorf("gpdError(%q) = %v, %v", reply, got, err)
		}
	}
	for _, reply := range []string{"", "error", "5.000V"} {
		if got, err := gpdError(reply); err == nil {
			t.Errorf("gpdError(%q) = %v", reply, got)
		}
		if got, err := parseBlankError(reply); err == nil {
			t.Errorf("parseBlankError(%q) = %v", reply, got)
		}
	}
}

func TestIdentities(t *testing.T) {
	for reply, want := range map[string]power.Identity{
		"KORAD KA3005P V5.5 SN:16072670": {Maker: "KORAD", Model: "KA3005P", Firmware: "5.5", Serial: "16072670"},
		"KORADKA3005PV2.0":               {Maker: "KORAD", Model: "KA3005P", Firmware: "2.0"},
		"KORADKA3005PV2.0\x01":           {Maker: "KORAD", Model: "KA3005P", Firmware: "2.0"},
	} {
		if got, err := koradIdentity(reply); err != nil || got != want {
			t.Errorf("koradIdentity(%q) = %+v, %v", reply, got, err)
		}
	}
	if got, err := koradIdentity("12.00KORADKA3005PV2.0"); err == nil {
		t.Errorf("with the tail of another reply: %+v", got)
	}
	if got, err := gpdIdentity("GW INSTEK,GPD-3303S,SN:EL123,V2.0"); err != nil || got.Serial != "EL123" {
		t.Errorf("gpdIdentity = %+v, %v", got, err)
	}
}

func FuzzReplies(f *testing.F) {
	for _, seed := range []string{
		"13.500", "1e6", "ON", `-113,"Undefined header"`, "RIGOL TECHNOLOGIES,DP832,1,2", "1,2,3", "12.00", "\x51",
		"KORAD KA3005P V5.5 SN:1", "0x10", "11010100", "0  No Error", "Data out of range.", "42.00 V", "+2048",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, reply string) {
		for _, parse := range []func(string) (int64, error){parseNumber, parseUnit, koradNumber} {
			if n, err := parse(reply); err == nil && (n > maxNumber*1e9 || n < -maxNumber*1e9) {
				t.Errorf("%q is %d", reply, n)
			}
		}
		if e, err := parseError(reply); err == nil && !strings.Contains(reply, ",") {
			t.Errorf("parseError(%q) = %v", reply, e)
		}
		if id, err := parseIdentity(reply); err == nil && strings.Contains(id.Maker+id.Model+id.Serial, ",") {
			t.Errorf("parseIdentity(%q) = %v", reply, id)
		}
		_, _ = parseBlankError(reply)
		_, _ = gpdError(reply)
		for name, m := range models() {
			parse := m.identity
			if parse == nil {
				parse = parseIdentity
			}
			if id, err := parse(reply); err != nil && m.is(id) {
				t.Errorf("%s: %q is no identity and is accepted", name, reply)
			}
			for _, s := range m.dialect.output.states {
				if on, err := s.parse(1, reply); err != nil && on && s.question != "" {
					t.Errorf("%s: %q to %s is an error and means on", name, reply, s.question)
				}
			}
			for _, q := range m.dialect.trips {
				if trip, err := q.parse(reply); err != nil && trip != 0 {
					t.Errorf("%s: %q to %s is an error and a trip", name, reply, q.question)
				}
			}
		}
	})
}
