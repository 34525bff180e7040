// Package sim is a simulated serial-line CAN adapter (SLCAN): it speaks the protocol at one end and takes part in a bus at
// the other.
//
//	adapter := sim.New(bus, sim.Quirks{})
//	go adapter.Serve(ctx, port)
package sim
