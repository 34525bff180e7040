// Package power controls what feeds a unit under test: supplies, switches and the sensors that watch them.
//
// A driver (power/scpi) implements [Channel], the raw commands of one supply output. Callers never see a Channel:
// [Limit] switches it off, programs its limits and protections, reads them back and only then hands out an [Output],
// so that nothing can be energised before its limits are set and verified.
//
//	out, err := power.Limit(ctx, channel, power.Limits{
//		Voltage: 16 * physic.Volt, Current: 5 * physic.Ampere,
//		OVP: 17 * physic.Volt, OCP: 6 * physic.Ampere,
//	})
//	if err != nil {
//		return err // the output is off
//	}
//	err = out.On(ctx, 13500*physic.MilliVolt)
//
// What an instrument can do beyond that is said by small interfaces, which not every one has: [Guarded] says which
// protections are missing, so that the limits claim none that is not there, a [Sequencer] steps through voltages by its own
// clock, and a [Watchdog] switches everything off when it no longer hears from us.
//
// Quantities are physic.ElectricPotential and physic.ElectricCurrent. A [Switch] sits in the line between supply and
// unit and is fast; a supply is not. A [Sensor] measures at the unit's terminals, independent of the supply.
package power
