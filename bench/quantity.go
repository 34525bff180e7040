package bench

import (
	"otabench/bench/record"
)

// Quantity is a value that the bench measured, with all that a record says of it but its name and its limits.
type Quantity struct {
	Value  float64
	Unit   string
	Source string // role of what measured
	// Uncertainty is expanded, with k = 2; nil where nobody states it.
	Uncertainty *float64
	// Basis is the raw evidence that the value follows from; nil where there is none.
	Basis *record.Basis
}

// Measurement is the quantity as the record has it.
func (q Quantity) Measurement(name string, least, most *float64) record.Measurement {
	return record.Measurement{
		Name: name, Value: q.Value, Unit: q.Unit, Min: least, Max: most, Source: q.Source, Uncertainty: q.Uncertainty, Basis: q.Basis,
	}
}
