//go:build kernelcan

// This test runs inside a kernel that has CAN: see .ci/kernel.

package ecu_test

import (
	"testing"

	"periph.io/x/conn/v3/physic"

	"otabench/can/socketcan"
	"otabench/ecu"
	"otabench/ecu/sim"
)

// An update goes through the kernel's ISO-TP, to an ECU whose own is in software.
func TestKernelTransport(t *testing.T) {
	buses := make([]*socketcan.Bus, 2)
	for i := range buses {
		bus, err := socketcan.Open(t.Context(), "vcan0", socketcan.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer bus.Close()
		buses[i] = bus
	}
	simulated, err := sim.New(simulation(release("1.0.0", 1, nil)), buses[0], sim.Fixed(13500*physic.MilliVolt), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := simulated.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer simulated.Close()
	d := testDescription()
	d.Transport.Kernel = true
	unit, err := ecu.New("bcm", d, buses[1], ecu.Hooks{})
	if err != nil {
		t.Fatal(err)
	}
	defer unit.Close()
	if err := unit.AwaitBoot(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := unit.Update(t.Context(), release("1.1.0", 2, nil)); err != nil {
		t.Fatal(err)
	}
	if got, err := unit.Identify(t.Context()); err != nil || got.Software != "1.1.0" {
		t.Errorf("after the update: %v, %v", got, err)
	}
}
