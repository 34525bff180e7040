package config_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"otabench/bench/config"
)

const outline = `
name: lab
buses: {body: {address: "socketcan:can0"}}
rails: {}
ecus:
  bcm:
    bus: body
    rail: kl30
    description_file: /etc/passwd
  vcu:
    bus: body
    rail: kl30
    description: {address: {request: 0x7E1, response: 0x7E9}}
`

// A stranger's bench file opens nothing: what it names is asked for.
func TestOutlineOpensNoFile(t *testing.T) {
	none := func(string) ([]byte, error) { return nil, nil }
	f, err := config.Outline([]byte(outline), none)
	if err != nil {
		t.Fatal(err)
	}
	if a := f.ECUs["vcu"].Description.Address; a.Request != 0x7E1 || a.Functional != 0x7DF {
		t.Errorf("vcu: %+v", a)
	}
	if a := f.ECUs["bcm"].Description.Address; a.Request != 0 {
		t.Errorf("bcm, of which there is no description: %+v", a)
	}

	var asked []string
	f, err = config.Outline([]byte(outline), func(ecu string) ([]byte, error) {
		asked = append(asked, ecu)
		return []byte("address: {request: 0x7E0, response: 0x7E8}"), nil
	})
	if err != nil || f.ECUs["bcm"].Description.Address.Request != 0x7E0 || strings.Join(asked, " ") != "bcm" {
		t.Errorf("%v, asked for %v", err, asked)
	}
}

func TestOutlineSaysWhatIsWrong(t *testing.T) {
	none := func(string) ([]byte, error) { return nil, nil }
	for text, want := range map[string]string{
		"": "want one YAML document",
		strings.Replace(outline, "name: lab", "nam: lab", 1): "nam: unknown key",
	} {
		if _, err := config.Outline([]byte(text), none); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := config.Outline([]byte(outline), func(string) ([]byte, error) { return nil, os.ErrPermission }); !errors.Is(err, os.ErrPermission) {
		t.Errorf("a description that cannot be read: %v", err)
	}
	if _, err := config.Outline([]byte(outline), func(string) ([]byte, error) { return []byte("address: 7"), nil }); err == nil {
		t.Error("a description that is none")
	}
}

func FuzzOutline(f *testing.F) {
	f.Add([]byte(outline), []byte("address: {request: 0x7E0, response: 0x7E8}"))
	f.Add([]byte("a: &a [*a, *a]"), []byte(nil))
	f.Fuzz(func(t *testing.T, text, description []byte) {
		file, err := config.Outline(text, func(string) ([]byte, error) { return description, nil })
		if (file == nil) == (err == nil) {
			t.Fatalf("%v, %v", file, err)
		}
	})
}

func TestStampLimit(t *testing.T) {
	for address, want := range map[string]time.Duration{
		"socketcan:can0": 500 * time.Microsecond, "slcan:/dev/ttyACM0@500000": 3 * time.Millisecond,
		"socketcand://h:29536/can0": 10 * time.Millisecond, "virtual:body": time.Millisecond,
	} {
		if got := (config.Bus{Address: address}).StampLimit(); got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
		if got := (config.Bus{Address: address, StampUncertainty: time.Microsecond}).StampLimit(); got != time.Microsecond {
			t.Errorf("%s, stated: %v", address, got)
		}
	}
}
