// Package restbus sends the messages of ECUs that are not on the bench, so that those that are find the bus they
// expect.
//
//	schedule := restbus.Schedule{OnMiss: func(m restbus.Miss) { ... }}
//	schedule.Entries, err = restbus.Rest(db, "BCM") // all cyclic messages but those of the body control module
//	...
//	sim, err := restbus.Start(ctx, bus, schedule)
//	...
//	defer sim.Stop()
//	err = sim.Set("Engine", "Speed", signal.Physical(3000))
//
// Each [Entry] is a message with its cycle and the values of its signals. Alive counters and checksums run by
// themselves ([Counter], [Checksum]), and so does the protection of package e2e. A value takes effect with the next
// frame, all values of one call together.
//
// Frames fall due at fixed instants that do not drift, spread over the cycles ([Phases]). A frame that the bus has not
// taken before the next one is due is missed: it is counted, reported and never made up for. See [Stats].
package restbus
