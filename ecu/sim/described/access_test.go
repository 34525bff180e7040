package described_test

import (
	"strings"
	"testing"
	"time"

	"otabench/can/virtual"
	"otabench/ecu/description"
	"otabench/ecu/sim"
	"otabench/ecu/sim/described"
)

// Invalid keys lock the ECU out, also over a power cut, and the lock-out ends.
func TestLockOut(t *testing.T) {
	with(t, slottedConfig(t), func(t *testing.T, r *rig) {
		r.says("10 02", "5002")
		const key = "27 12 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
		for _, want := range []string{"invalidKey", "invalidKey", "exceedNumberOfAttempts"} {
			r.says("27 11", "6711")
			r.says(key, want)
		}
		r.says("27 11", "requiredTimeDelayNotExpired")
		r.cycle()
		r.says("10 02", "5002")
		r.says("27 11", "requiredTimeDelayNotExpired")
		time.Sleep(1100 * time.Millisecond)
		r.updates(release(t, "2.0", 2))
	})
}

func TestSeeds(t *testing.T) {
	for _, tt := range []struct {
		change func(*description.Security)
		want   int
	}{
		{func(*description.Security) {}, 4},
		{func(s *description.Security) { s.SeedLength = 7 }, 7},
		{func(s *description.Security) { s.Algorithm, s.SeedLength = description.AlgorithmCMACAES, 0 }, 16},
		{func(s *description.Security) {
			s.Algorithm, s.Program, s.SeedLength = description.AlgorithmProgram, []string{"sh", "-c", `echo '{"key":"00"}'`}, 8
		}, 8},
	} {
		cfg := inPlaceConfig(t)
		tt.change(&cfg.Description.Security)
		with(t, cfg, func(t *testing.T, r *rig) {
			r.says("10 60", "5060")
			seed, err := r.Client().RequestSeed(t.Context(), 3, 1)
			if err != nil || len(seed) != tt.want {
				t.Errorf("the seed is % X, %v; want %d bytes", seed, err, tt.want)
			}
		})
	}
}

// Where a maker's program makes no key, no key is right, and not a made-up one either.
func TestProgramWithoutKeys(t *testing.T) {
	cfg := inPlaceConfig(t)
	s := &cfg.Description.Security
	s.Algorithm, s.Program = description.AlgorithmProgram, []string{"sh", "-c", "exit 1"}
	with(t, cfg, func(t *testing.T, r *rig) {
		r.says("10 60", "5060")
		r.says("27 03 01", "6703")
		r.says("27 04"+strings.Repeat("00", 32), "invalidKey")
	})
}

func TestConfig(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*described.Config)
		want   string
	}{
		"description": {func(c *described.Config) { c.Description.Address.Request = 0 }, "address.request"},
		"session":     {func(c *described.Config) { c.Description.Sessions.Default = 0x05 }, "sessions.default"},
		"timing":      {func(c *described.Config) { c.Description.Timing.P2Star = 30 * time.Minute }, "P2*"},
		"secret":      {func(c *described.Config) { c.Description.Security.Secret = "env:NO_SUCH_SECRET" }, "NO_SUCH_SECRET"},
		"level": {func(c *described.Config) {
			c.Description.Unlocks = map[string]description.Security{"x": c.Description.Security}
		}, "there twice"},
		"options": {func(c *described.Config) {
			c.Description.Routines["x"] = description.Routine{ID: 1, Options: "{signature}{version}"}
		}, "routines.x.options"},
		"value":   {func(c *described.Config) { c.Values = map[string][]byte{"x": nil} }, `"x"`},
		"factory": {func(c *described.Config) { c.Factory.Files = nil }, "factory software"},
		"roots": {func(c *described.Config) {
			c.Description.Authentication = &description.Authentication{Certificate: "c.pem", Key: "env:X", Roots: "r.pem"}
		}, "authentication.roots"},
		"certificate": {func(c *described.Config) {
			c.Description.Authentication = &description.Authentication{Certificate: "no.pem", Key: "env:X"}
		}, "no.pem"},
	} {
		cfg := inPlaceConfig(t)
		tt.change(&cfg)
		if _, err := described.New(cfg, nil, sim.Fixed(battery)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: New = %v, want %q in it", name, err, tt.want)
		}
	}
}

// A bus that is closed leaves an ECU that does nothing, and that can be closed.
func TestBusIsClosed(t *testing.T) {
	wire := virtual.NewBus("test", virtual.Options{})
	node := wire.Attach("ecu")
	e, err := described.New(slottedConfig(t), node, sim.Fixed(battery))
	if err != nil {
		t.Fatal(err)
	}
	if err := wire.Close(); err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err == nil {
		t.Error("it was started twice")
	}
	time.Sleep(100 * time.Millisecond)
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}
