package conformance_test

import (
	"crypto/ed25519"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/can/virtual"
	"otabench/ecu"
	"otabench/ecu/conformance"
	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/sim"
)

// The simulated ECU, at the bit rate of a body bus, passes every check.
func TestSimulatedECU(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		unit, tester := simulated(t)
		p := conformance.NewProbe(unit, tester)
		defer p.Close()
		for _, f := range findings(t, p) {
			if f.Outcome != conformance.Passed || f.Observations == 0 {
				t.Errorf("%v", f)
			}
		}
	})
}

// simulated starts an ECU that has booted.
func simulated(t *testing.T) (*ecu.Unit, *virtual.Node) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	m := firmware.Manifest{ECU: "BCM", Hardware: "HW-1", Version: "1.0", Counter: 1, RXSWIN: "R156 1.0"}
	software, err := firmware.Build(m, sim.Application{Version: "1.0"}.Image(4<<10), key)
	if err != nil {
		t.Fatal(err)
	}
	bus := virtual.NewBus("diag", virtual.Options{Bitrate: 500_000})
	t.Cleanup(func() { _ = bus.Close() })
	bcm, err := sim.New(sim.Config{
		Name: "BCM", Gates: sim.Gates{MinCharge: new(0.0)}, DTCs: []uint32{0xC10000},
		Factory: software, TrustedKey: firmware.PublicKey(key),
	}, bus.Attach("bcm"), sim.Fixed(13*physic.Volt), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := bcm.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bcm.Close() })
	tester := bus.Attach("tester")
	unit, err := ecu.New("bcm", description.ECU{
		Address:  description.Address{Request: 0x7E0, Response: 0x7E8},
		Security: description.Security{Level: 1, Algorithm: description.AlgorithmHMACSHA256, Secret: "example"},
		Routines: map[string]description.Routine{conformance.SelfTest: {ID: 0x0213}},
	}, tester, ecu.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unit.Close() })
	time.Sleep(time.Second) // it boots
	return unit, tester
}
