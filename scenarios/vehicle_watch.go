package scenarios

import (
	"context"
	"fmt"
	"slices"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/bench/link"
	"otabench/can"
	"otabench/ecu/ota"
	"otabench/ecu/uds"
)

// watch keeps what displays show from now on.
func watch(displays ...ota.Display) (seen func(ota.Display) []ota.View) {
	var mu sync.Mutex
	all := map[string][]ota.View{}
	for _, d := range displays {
		stop := d.Watch(func(v ota.View) {
			mu.Lock()
			defer mu.Unlock()
			all[d.String()] = append(all[d.String()], v)
		})
		DeferCleanup(stop)
	}
	return func(d ota.Display) []ota.View {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(all[d.String()])
	}
}

// states are those of views, each once in a row.
func states(views []ota.View) []ota.State {
	var all []ota.State
	for _, v := range views {
		all = append(all, v.State)
	}
	return slices.Compact(all)
}

// slowly gives the vehicle a connection that is good enough and on which a download takes a while.
func slowly(context.Context) {
	GinkgoHelper()
	const down = 2 * link.Mbit
	Expect(vehicle().Link.Shape(link.Profile{Name: "a slow Wi-Fi", Down: down, Up: down})).To(Succeed())
}

// troubleCodes are those of the ECUs behind the master.
func troubleCodes(ctx SpecContext) map[string][]uds.DTC {
	GinkgoHelper()
	defer vehicle().Ask()()
	all := map[string][]uds.DTC{}
	for _, role := range vehicle().Config().Behind {
		codes, err := Bench.ECU(role).Client().ReadDTCs(ctx, 0xFF)
		Expect(err).NotTo(HaveOccurred())
		all[role] = codes
	}
	return all
}

// clearTroubleCodes empties the fault memories of the ECUs behind the master.
func clearTroubleCodes(ctx SpecContext) {
	GinkgoHelper()
	defer vehicle().Ask()()
	for _, role := range vehicle().Config().Behind {
		Expect(Bench.ECU(role).Client().ClearDiagnosticInformation(ctx, allGroups)).To(Succeed())
	}
}

// allGroups is groupOfDTC for all (ISO 14229-1:2020, D.1).
const allGroups = 0xFFFFFF

// heardOf wants every ECU to send some message of its own, diagnostics apart, where the simulation says that it has one.
func heardOf(ctx SpecContext, roles []string) error {
	for _, role := range roles {
		sim, ok := Bench.File().SimulatedECU(role)
		if !ok || sim.Status.ID == 0 {
			continue
		}
		frames := Bench.ECU(role).Bus().Subscribe(0, can.Exactly(sim.Status.ID, sim.Status.ID > can.MaxStandardID))
		limited, cancel := context.WithTimeout(ctx, listening)
		select {
		case <-frames.C():
		case <-limited.Done():
		}
		silent := limited.Err() != nil
		cancel()
		frames.Cancel()
		if silent {
			return fmt.Errorf("%s does not send its message %X", role, sim.Status.ID)
		}
	}
	return nil
}
