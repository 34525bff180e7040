package campaign_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"periph.io/x/conn/v3/physic"

	"otabench/can/virtual"
	"otabench/ecu"
	"otabench/ecu/campaign"
	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
	"otabench/ecu/sim"
	"otabench/ecu/uds"
)

var key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// software builds software for one of the simulated ECUs.
func software(name, version string, counter uint32, behaviour sim.Behaviour) *firmware.Package {
	m := firmware.Manifest{ECU: name, Hardware: "HW-1", Version: version, Counter: counter}
	p, err := firmware.Build(m, sim.Application{Version: version, Behaviour: behaviour}.Image(4<<10), key)
	if err != nil {
		panic(err)
	}
	return p
}

// vehicle is a bus with simulated ECUs, and their units.
type vehicle struct {
	bus   *virtual.Bus
	units map[string]*ecu.Unit
	// interfere, if set, is told of each request by the name of its ECU.
	interfere atomic.Pointer[func(name string, e uds.Exchange)]
}

func newVehicle(t *testing.T, names ...string) *vehicle {
	t.Helper()
	v := &vehicle{bus: virtual.NewBus("vehicle", virtual.Options{Bitrate: 500_000}), units: map[string]*ecu.Unit{}}
	t.Cleanup(func() { _ = v.bus.Close() })
	for i, name := range names {
		v.add(t, name, uint32(0x700+i))
	}
	return v
}

func (v *vehicle) add(t *testing.T, name string, id uint32) {
	t.Helper()
	noGate := 0.0
	simulated, err := sim.New(sim.Config{
		Name: name, Hardware: "HW-1", Address: sim.Address{Request: id, Response: id + 8}, Gates: sim.Gates{MinCharge: &noGate},
		Security: sim.Security{Level: 1, Algorithm: "hmac-sha256"},
		Factory:  software(name, "1.0", 1, sim.Normal), TrustedKey: firmware.PublicKey(key),
	}, v.bus.Attach(name), sim.Fixed(13*physic.Volt), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := simulated.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = simulated.Close() })
	unit, err := ecu.New(name, describe(name, id), v.bus.Attach("tester of "+name), ecu.Hooks{Exchange: func(e uds.Exchange) {
		if f := v.interfere.Load(); f != nil {
			(*f)(name, e)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unit.Close() })
	if err := unit.AwaitBoot(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.units[name] = unit
}

func describe(name string, id uint32) description.ECU {
	layout := sim.Flash{}
	return description.ECU{
		Address:  description.Address{Request: id, Response: id + 8},
		Security: description.Security{Level: 1, Algorithm: "hmac-sha256", Secret: "example"},
		Identifiers: map[string]description.DID{
			description.ActiveSlot: {ID: 0xFD00, Codec: description.Codec{Format: description.ASCII}},
			description.BootState:  {ID: 0xFD01, Codec: description.Codec{Format: description.ASCII}},
		},
		Routines: map[string]description.Routine{
			description.Activate: {ID: 0x0210}, description.Confirm: {ID: 0x0211}, description.Rollback: {ID: 0x0212},
		},
		Programming: description.Programming{
			Hardware: "HW-1", System: name,
			Blocks: []description.Block{
				{Name: "manifest", Source: description.SourceManifest, Address: uint64(layout.HeaderAddress())},
				{Name: "application", Source: description.SourceImage, Address: uint64(layout.ImageAddress())},
			},
		},
	}
}

// member is an ECU that gets version 2.0.
func (v *vehicle) member(name string, behaviour sim.Behaviour, after ...string) campaign.Member {
	return campaign.Member{Unit: v.units[name], Package: software(name, "2.0", 2, behaviour), After: after}
}

func (v *vehicle) versions(t *testing.T) string {
	t.Helper()
	var all []string
	for name, u := range v.units {
		id, err := u.Identify(t.Context())
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		all = append(all, fmt.Sprintf("%s %s %s", name, id.Software, id.BootState))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

func outcomes(reports []campaign.Report) string {
	var all []string
	for _, r := range reports {
		all = append(all, fmt.Sprintf("%s %s", r.ECU, r.Outcome))
	}
	return strings.Join(all, ", ")
}

func TestAllAreUpdatedInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVehicle(t, "a", "b", "c")
		looked := ""
		reports, err := campaign.Run(t.Context(), []campaign.Member{
			v.member("a", sim.Normal, "c"), v.member("b", sim.Normal), v.member("c", sim.Normal, "b", "not there"),
		}, campaign.Options{Healthy: func(context.Context) error { looked = v.versions(t); return nil }})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := outcomes(reports), "b updated, c updated, a updated"; got != want {
			t.Errorf("outcomes %s, want %s", got, want)
		}
		if want := "a 2.0 trial, b 2.0 trial, c 2.0 trial"; looked != want {
			t.Errorf("at the health check there was %s, want %s", looked, want)
		}
		if got, want := v.versions(t), "a 2.0 confirmed, b 2.0 confirmed, c 2.0 confirmed"; got != want {
			t.Errorf("at the end there is %s, want %s", got, want)
		}
	})
}

// Whatever fails in whichever ECU before the first confirmation, all of them run what they ran before.
func TestAllOrNothing(t *testing.T) {
	errSick := errors.New("the brake light stays on")
	tests := []struct {
		name     string
		second   sim.Behaviour
		options  campaign.Options
		outcomes string
	}{
		{"the second does not start", sim.Silent, campaign.Options{}, "a reverted, b reverted"},
		{"the second crashes", sim.Crash, campaign.Options{}, "a reverted, b reverted"},
		{"the whole is not healthy", sim.Normal, campaign.Options{Healthy: func(context.Context) error { return errSick }}, "a reverted, b reverted"},
		{"the second refuses its confirmation", sim.Unhealthy, campaign.Options{}, "a reverted, b reverted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := newVehicle(t, "a", "b")
				// b is confirmed first, so that what it refuses comes before any confirmation.
				reports, err := campaign.Run(t.Context(), []campaign.Member{v.member("b", tt.second), v.member("a", sim.Normal)}, tt.options)
				if !errors.Is(err, campaign.ErrReverted) || errors.Is(err, campaign.ErrStranded) {
					t.Errorf("Run = %v, want ErrReverted", err)
				}
				slices.SortFunc(reports, func(a, b campaign.Report) int { return strings.Compare(a.ECU, b.ECU) })
				if got := outcomes(reports); got != tt.outcomes {
					t.Errorf("outcomes %s, want %s; %v", got, tt.outcomes, reports)
				}
				if got := v.versions(t); !strings.HasPrefix(got, "a 1.0") || !strings.Contains(got, "b 1.0") {
					t.Errorf("at the end there is %s", got)
				}
			})
		})
	}
}

// A confirmation cannot be taken back by a routine. With the previous package it is tried, and the anti-rollback counter of
// these ECUs refuses it: the result says so.
func TestConfirmedTooEarly(t *testing.T) {
	for name, counter := range map[string]uint32{"counter allows": 2, "counter forbids": 1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v := newVehicle(t, "a", "b")
				first := v.member("a", sim.Normal)
				first.Previous = software("a", "1.0", counter, sim.Normal)
				reports, err := campaign.Run(t.Context(), []campaign.Member{first, v.member("b", sim.Unhealthy)}, campaign.Options{})
				switch counter {
				case 2:
					if !errors.Is(err, campaign.ErrReverted) || reports[0].After.Software != "1.0" {
						t.Errorf("Run = %v, %v", err, reports)
					}
				default:
					if !errors.Is(err, campaign.ErrStranded) || !errors.Is(reports[0].Err, ecu.ErrRejected) || reports[0].After.Software != "2.0" {
						t.Errorf("Run = %v, %v; want the downgrade refused", err, reports)
					}
				}
				if reports[1].Outcome != campaign.Reverted {
					t.Errorf("the second is %s, want it reverted", reports[1].Outcome)
				}
			})
		})
	}
}

func TestNothingIsTouched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVehicle(t, "a", "b")
		requests := 0
		count := func(_ string, e uds.Exchange) {
			if e.Service == uds.SIDRequestDownload {
				requests++
			}
		}
		v.interfere.Store(&count)
		foreign := v.member("b", sim.Normal)
		foreign.Package = software("other", "2.0", 2, sim.Normal)
		reports, err := campaign.Run(t.Context(), []campaign.Member{v.member("a", sim.Normal), foreign}, campaign.Options{})
		if !errors.Is(err, flash.ErrPackage) || outcomes(reports) != "a untouched, b untouched" || requests != 0 {
			t.Errorf("Run = %s, %v after %d downloads", outcomes(reports), err, requests)
		}
		circle := []campaign.Member{v.member("a", sim.Normal, "b"), v.member("b", sim.Normal, "a")}
		if _, err := campaign.Run(t.Context(), circle, campaign.Options{}); !errors.Is(err, campaign.ErrOrder) || !strings.Contains(err.Error(), "a, b wait for each other") {
			t.Errorf("a circle: %v", err)
		}
	})
}

func TestNoWayBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := newVehicle(t, "a")
		d := describe("a", 0x700)
		d.Routines = nil
		unit, err := ecu.New("a", d, v.bus.Attach("other tester"), ecu.Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = unit.Close() })
		m := v.member("a", sim.Normal)
		m.Unit = unit
		if _, err := campaign.Run(t.Context(), []campaign.Member{m}, campaign.Options{}); !errors.Is(err, campaign.ErrNoWayBack) {
			t.Errorf("Run = %v, want ErrNoWayBack", err)
		}
	})
}

func ExampleOrder() {
	member := func(name string, after ...string) campaign.Member {
		bus := virtual.NewBus(name, virtual.Options{})
		unit, err := ecu.New(name, describe(name, 0x700), bus.Attach("tester"), ecu.Hooks{})
		if err != nil {
			panic(err)
		}
		return campaign.Member{Unit: unit, After: after}
	}
	ordered, err := campaign.Order([]campaign.Member{member("inverter", "gateway"), member("gateway")})
	fmt.Println(ordered[0].Unit.Name(), ordered[1].Unit.Name(), err)
	// Output: gateway inverter <nil>
}
