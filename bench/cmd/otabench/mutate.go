package main

import (
	"slices"

	"github.com/spf13/cobra"

	"otabench/bench/config"
	"otabench/ecu/sim"
	"otabench/ecu/sim/master"
)

// mutantFlag lets a command run on a bench whose ECUs have a fault. It is for mutants, which starts such commands.
func mutantFlag(c *cobra.Command, name *string) {
	c.Flags().StringVar(name, "mutant", "", "")
	_ = c.Flags().MarkHidden("mutant")
}

// mutate gives a fault to the update master, or to all ECUs of a bench that can have one.
func mutate(f *config.File, name string) error {
	switch {
	case name == "":
		return nil
	case isMasterFault(name):
		return mutateMaster(f, name)
	case !slices.Contains(sim.Faults(), sim.Fault(name)):
		return usage("there is no mutant %q; otabench mutants --list shows all", name)
	case f.Simulation == nil || len(f.Simulation.ECUs) == 0:
		return usage("%s has no simulated ECU that can have a fault", f.Name)
	}
	for role, c := range f.Simulation.ECUs {
		c.Faults = append(slices.Clone(c.Faults), sim.Fault(name))
		f.Simulation.ECUs[role] = c
	}
	return nil
}

func isMasterFault(name string) bool {
	return slices.ContainsFunc(master.Catalogue(), func(d master.Description) bool { return string(d.Name) == name })
}

func mutateMaster(f *config.File, name string) error {
	m := f.SimulatedMaster()
	if m == nil {
		return usage("%s has no simulated update master that can have a fault", f.Name)
	}
	m.Faults = append(slices.Clone(m.Faults), master.Fault(name))
	return nil
}
