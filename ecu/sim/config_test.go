package sim

import (
	"strings"
	"testing"

	"periph.io/x/conn/v3/physic"
)

func TestConfigIsChecked(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"vin":               func(c *Config) { c.VIN = "short" },
		"trusted key":       func(c *Config) { c.TrustedKey = nil },
		"trial_boots":       func(c *Config) { c.TrialBoots = 4 },
		"max_block":         func(c *Config) { c.MaxBlock = 2 },
		"brown_out":         func(c *Config) { c.Power.BrownOut = 7 * physic.Volt },
		"trouble codes":     func(c *Config) { c.DTCs = make([]uint32, 17) },
		"status.id":         func(c *Config) { c.Status.ID = 1 << 29 },
		"status.cycle":      func(c *Config) { c.Status.Cycle = -1 },
		"an identifier":     func(c *Config) { c.Address.Request = 0x800 },
		"address.format":    func(c *Config) { c.Address.Format = "odd" },
		"TX_DL":             func(c *Config) { c.Transport.TxDL = 64 },
		"algorithm":         func(c *Config) { c.Security.Algorithm = "rot13" },
		"level":             func(c *Config) { c.Security.Level = 2 },
		"attempts":          func(c *Config) { c.Security.Attempts = -1 },
		"at least 4 bytes":  func(c *Config) { c.Security.Algorithm = algorithmAdd; c.Secret = []byte{1} },
		"whole sectors":     func(c *Config) { c.Flash.SlotSize++ },
		"no room":           func(c *Config) { c.Flash.HeaderSize = c.Flash.SlotSize },
		"data_sector":       func(c *Config) { c.Flash.DataSector = 512 },
		"hash_rate":         func(c *Config) { c.Flash.HashRate = -1 },
		"address space":     func(c *Config) { c.Flash.UpdateBase = 0xFFFFFF00 },
		"overlap":           func(c *Config) { c.Flash.SlotABase = 0x001FFFFF },
		"flash geometry":    func(c *Config) { c.Flash.PageSize = 1000 },
		"no-hysteresis":     func(c *Config) { c.Faults = []Fault{"gremlins"} },
		"there is room for": func(c *Config) { c.Factory = signedImage(c.Factory.Manifest, make([]byte, 5000)) },
	} {
		c := small()
		change(&c)
		_, err := New(c, nil, Fixed(0), nil)
		if err == nil {
			t.Errorf("%s: accepted", want)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: the error is %v", want, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	var f Flash
	if f.HeaderAddress() != 0x00A00000 || f.ImageAddress() != 0x00A08000 {
		t.Errorf("header at %#x and image at %#x", f.HeaderAddress(), f.ImageAddress())
	}
	a := Address{Extended: true}.withDefaults()
	if a.Functional != 0x18DB33F1 {
		t.Errorf("29-bit functional requests come with %#x", a.Functional)
	}
	if got := slot(7).String() + verdict(9).String() + pass.String(); got != "slot(7)verdict(9)pass" {
		t.Errorf("unknown values read %s", got)
	}
}

// TestDefaults updates an ECU of realistic size with an image of 512 KiB.
func TestDefaults(t *testing.T) {
	m := release("1.0.0", 1, Normal).Manifest
	cfg := Config{
		Name: "bcm", TrustedKey: small().TrustedKey, Gates: Gates{MinCharge: new(0.0)},
		Factory: signedImage(m, Application{Version: "1.0.0"}.Image(100<<10)),
	}
	withRig(t, cfg, func(t *testing.T, r *rig) {
		m.Version = "2.0.0"
		r.update(signedImage(m, Application{Version: "2.0.0"}.Image(512<<10)))
		if got := r.did(didVersion) + r.did(didBootState); got != "2.0.0confirmed" {
			t.Errorf("then %s", got)
		}
	})
}

func TestImageIsReproducible(t *testing.T) {
	a := Application{Version: "1.0.0", Seed: 1}
	b := Application{Version: "1.0.0", Seed: 2}
	if string(a.Image(1000)) != string(Application{Version: "1.0.0", Seed: 1}.Image(1000)) || string(a.Image(1000)) == string(b.Image(1000)) {
		t.Error("the image does not follow from the seed")
	}
	defer func() {
		if recover() == nil {
			t.Error("an image was made that is too small for its descriptor")
		}
	}()
	a.Image(a.MinImage() - 1)
}
