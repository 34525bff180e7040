// Package sim simulates the electrical side of a bench: supplies that speak SCPI, contacts, rails with capacitors and
// consumers, and sensor chips. Drivers reach it over the same wires as hardware: a TCP connection or a pseudo terminal,
// a GPIO line, an I²C bus.
//
//	supply, err := sim.NewSupply("rigol-dp832", sim.SupplyOptions{})
//	channel, err := supply.Channel(1)
//	contact := sim.NewContact("K1")
//	kl30 := sim.NewRail("kl30", sim.RailOptions{})
//	err = kl30.Feed(channel, contact)
//	go supply.Serve(ctx, conn) // conn: what a driver talks to
//
// Each family of instruments is one file with its dialect and a line in the table of models: what it understands, what it
// answers, what it loses when it is hurried. Faults of instrument and link can be switched on (Stall, Vanish, Split, Garble,
// Delay, Stick).
//
// A [Rail] is event driven. Between two events (a setting, a contact, a load, a trip, a crossed level) every voltage is a
// ramp or an exponential in closed form, so nothing polls, a reading is exact at any instant, and an idle bench has only
// timers. It runs on plain package time, on the wall clock or in a synctest bubble.
//
// The model: an output rises with its slew rate and falls only as its capacitor is discharged by bleeder and load; at the
// current limit it is a current source; overvoltage and overcurrent protection latch it off. An open contact leaves the
// rail to its own capacitor: 470 µF at 13.5 V reach 5.5 V after 7.5 ms at 0.5 A. Making a contact shares the charge of
// both capacitors at once; the line's inductance and contact bounce are not modelled.
package sim
