// Package relay switches a line with a relay or a high-side switch on a GPIO output.
//
//	kl30, err := relay.Open("K1 (kl30)", "GPIO17", relay.Options{})
//	defer kl30.Close()
//	defer kl30.Break()
//	err = kl30.Make()
//
// Wire it so that nothing is fed and nothing disturbed when nothing drives the line: a normally open contact in a supply
// line and across a bus, a normally closed one in the wires of a bus, and a resistor on the drive line that pulls it to
// the inactive level (down for active high, up for active low). The resistor is what brings the contact to its rest while
// the computer boots and after the process that held the line has died.
package relay
