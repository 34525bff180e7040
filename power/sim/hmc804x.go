package sim

import "slices"

// rsHMC804x is Rohde & Schwarz's HMC804x series.
func rsHMC804x() map[string]model {
	hmc := func(name string, channels int, amps float64) model {
		return model{
			maker: "Rohde&Schwarz", name: name, firmware: "HW42000000/SW01.410", serial: "020123456",
			ratings: slices.Repeat([]rating{{voltage: 32.05, current: amps, ovp: 32.5, ocp: amps}}, channels),
			dialect: hmc804x(),
		}
	}
	return map[string]model{
		"rs-hmc8041": hmc("HMC8041", 1, 10), "rs-hmc8042": hmc("HMC8042", 2, 5), "rs-hmc8043": hmc("HMC8043", 3, 3),
	}
}

// hmc804x is the dialect of its SCPI Programmers Manual: as that of the HMP, with other names for the switches and an
// overvoltage protection that can be disarmed.
func hmc804x() *dialect {
	return &dialect{commands: slices.Concat(
		commonCommands(), hamegCommands(),
		masterCommands("OUTPut", "OUTPut:CHANnel:[STATe]", "OUTPut:MASTer:[STATe]"),
		[]command{armedCommand("[SOURce]:VOLTage:PROTection:STATe", overvoltage())},
	)}
}
