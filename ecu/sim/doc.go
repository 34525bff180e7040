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
// is a trial; routine 0x0211 confirms it, 0x0212 abandons it at the next reset, and a reset or the time in
// [Timing].Confirm without a confirmation reverts. Neither the slot that runs nor the one that a trial falls back to can
// be written. The security counter advances with the confirmation.
//
// Routine status records begin with 0 for success. 0x0203 lists unmet conditions instead: 1 voltage low, 2 voltage high,
// 3 state of charge, 4 vehicle moving. 0x0202 says 1 signature, 2 digest, 3 hardware, 4 ECU, 5 security counter,
// 6 incomplete. 0x0213 is a self test, which changes nothing and takes [Timing].SelfTest.
//
// # Security access
//
// The key is, by algorithm: xor, seed[i] XOR secret[i mod length] of a 4-byte seed; add, seed plus the first 4 bytes of
// the secret as big-endian numbers, modulo 2^32; hmac-sha256, the first 16 bytes of HMAC-SHA256(secret, 16-byte seed).
// The secret is [ExampleSecret] unless the configuration has another one.
//
// # Faults
//
// An ECU can be made with mistakes, to prove that a bench finds them: [Catalogue] has them, each with its story.
//
// # Identifiers of its own
//
// 0xFD00 active slot ("A", "B", "-" in the bootloader), 0xFD01 boot state ("confirmed", "trial", "reverted",
// "bootloader"), 0xFD02 security counter (4 bytes), 0xFD03 supply voltage in mV (2 bytes), 0xFD04 state of charge in
// 0.5 % (0xFF: not known), 0xFD05 reason of the last reset (text). 0xF1EF is the RXSWIN of the confirmed software, and an
// application may bring more (see [Application]).
package sim
