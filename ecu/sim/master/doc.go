// Package master simulates the update master of a vehicle: the unit that downloads updates from the maker's backend,
// verifies them, asks the user and programs the ECUs behind it by UDS over CAN.
//
// It has a CAN transceiver, a connection to the backend, an eMMC for what it downloads, a record that survives power cuts,
// and a voltage at its terminals. It knows its backend by the interface of [otabench/ecu/ota/cloud] and speaks to its
// dashboard by the DBC file of [otabench/ecu/ota/dashboard].
//
//	m, err := master.New(master.Config{...}, master.Surroundings{Bus: bus, Terminal: terminal, Dial: link.Dial})
//	err = m.Start(ctx)
//	defer m.Close()
//
// An update goes through the states of [otabench/ecu/ota], each a function that returns the next one. The state is written
// down before it is entered, so that a power cut finds the master in the state in which it was, or in the one before.
//
// A [Fault] makes a master that is wrong in one way, to show that a suite notices.
package master
