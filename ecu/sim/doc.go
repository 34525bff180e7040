// Package sim is an electronic control unit in software: flash with real physics, a bootloader with two slots, trial
// boots and anti-rollback, and a UDS server, so honest that a test bench can be proven on it.
//
// An ECU reaches the world through its CAN bus, its serial console and its supply terminal only, and nothing of it
// outlives a power cut but its flash. What it says of itself (DID 0xF189 and others) is read from the slot that runs.
//
//	unit, err := sim.New(sim.Config{Factory: release, TrustedKey: key}, bus, sim.Fixed(13500*physic.MilliVolt), console)
//	...
//	err = unit.Start(ctx)
//	defer unit.Close()
//
// # Update
//
// The update region (see [Flash]) is always the slot that does not run: the header of the package at its base, the image
// HeaderSize behind it. The sequence is: session 0x03, routine 0x0203, session 0x02, security access, erase 0xFF00,
// 0x34/0x36/0x37 for header and image, verify 0x0202, dependencies 0xFF01, activate 0x0210, reset 0x11 01. The next boot
// is a trial; routine 0x0211 confirms it, 0x0212 abandons it, and a reset or ConfirmWindow without confirmation reverts.
package sim
