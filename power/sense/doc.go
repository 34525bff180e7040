// Package sense measures voltage and current at a unit's terminals with a sensor chip of its own, so that what a supply
// says of itself can be doubted.
//
//	bus, err := i2creg.Open("1")
//	sensor, err := sense.Open("kl30", bus, sense.Options{
//		Shunt: 10 * physic.MilliOhm, MaxCurrent: 8 * physic.Ampere,
//	})
//	reading, err := sensor.Sense(ctx)
//
// The INA226 measures 0 to 36 V in steps of 1.25 mV, which covers a jump start but not a load dump, and a shunt voltage
// of ±81.92 mV in steps of 2.5 µV. Values beyond that are an error and never a clipped reading.
package sense
