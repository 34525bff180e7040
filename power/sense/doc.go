// Package sense measures voltage and current at a unit's terminals with a sensor chip of its own, so that what a supply
// says of itself can be doubted.
//
//	bus, err := i2creg.Open("1")
//	sensor, err := sense.Open("ina226", "kl30", bus, sense.Options{
//		Shunt: 10 * physic.MilliOhm, MaxCurrent: 8 * physic.Ampere,
//	})
//	reading, err := sensor.Sense(ctx)
//
// A chip converts by itself, voltage and shunt voltage in turn. By default both together take less than a millisecond, so
// that a reader at 1 kHz finds a new pair each time. A reading is two transactions on the bus, half a millisecond at
// 100 kHz each: run the bus at 400 kHz. The current is computed here, from the shunt voltage.
//
//	chip     voltage            shunt voltage
//	ina219   0 to 26 V, 4 mV    ±40 to ±320 mV, 10 µV
//	ina226   0 to 36 V, 1.25 mV ±81.92 mV, 2.5 µV
//	ina228   0 to 85 V, 195 µV  ±163.84 mV, 312.5 nV
//
// All of them stand a jump start, none a load dump. Values beyond the range are an error and never a clipped reading.
package sense
