// Package described simulates an ECU of which there is nothing but its description, and perhaps a trace of a real one.
//
// It has the sessions, security levels, identifiers, routines and trouble codes of the description, and is programmed as
// the description says, for a tester that is driven by another copy of it.
//
//	unit, err := described.New(described.Config{Description: d, Factory: current}, bus, sim.Fixed(13*physic.Volt))
//	err = unit.Start(ctx)
//
// # What it judges
//
// Addressing and transport; sessions, and the security levels that the sequence unlocks; voltage gates; that memory is
// erased before it is written; block, size, data format and compression of a transfer; the options of routines as their
// templates have them; checksums, of what arrived; a signed manifest, if a block has one: hardware, name, size and digest
// of the image, and its signature if the [Config] has a key. Software that was not checked, or of which a block is
// missing, does not run. Where the description has routines to activate or to confirm, new software runs after a reset,
// on trial until it is confirmed in time; otherwise it is programmed in the place of the old.
//
// # What it does not judge
//
// What a description cannot say: signatures in other files, what an encryption makes of the data, what a routine of the
// maker's is good for, states of charge and other conditions. It takes all of that for right. Keys are those that the
// tester would make; where a maker's program makes none, none is right. An ECU that has to authenticate itself by
// certificate (bidirectional 0x29) cannot be simulated, since nobody but the ECU has its key. Blocks whose place only their
// files know share one piece of memory, so that one of them which is missing is not noticed.
//
// A recording gives identifiers, status records of routines, trouble codes with their status, the lengths of seeds, and
// the answers of services that a description says nothing of. Snapshots and extended data of trouble codes are not among
// them, nor is what was refused.
//
// # What power does
//
// Memory holds what was programmed when the power went, down to the byte: a block that was being written is there in
// part, and one that was being erased is neither old nor empty. What the ECU acknowledged is there. Data that is unpacked
// first is programmed at the end of its transfer, and a transfer that was cut leaves memory that has to be erased.
//
// # Identifiers
//
// Values come from [Config.Values], from a recording, or else are what their codec makes of nothing. One with a region in
// the description is read from the memory of the software that runs, and those of a signed manifest from there: that is
// how the version changes with an update.
package described
