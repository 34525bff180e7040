package power

// Accuracy is how far an instrument's readings of one quantity may be off, as its data sheet states it: limits, of which
// none depends on the others. Values are in V or A, gains in parts of the reading.
type Accuracy struct {
	Offset, OffsetPerKelvin float64
	Gain, GainPerKelvin     float64
	Step                    float64 // of the scale
}
