package record

import "time"

// Measurement is a value with its limits, apart from the code that took it.
type Measurement struct {
	Name   string   `json:"name"`
	Value  float64  `json:"value"`
	Unit   string   `json:"unit"`
	Min    *float64 `json:"min,omitempty"` // no lower limit if nil
	Max    *float64 `json:"max,omitempty"`
	Source string   `json:"source"` // what measured: the role of a device, or a clock of the bench
	// Uncertainty is the expanded uncertainty in Unit, with a coverage factor of 2 (about 95 %, JCGM 100). Nil if nobody
	// stated it; 0 for what is counted.
	Uncertainty *float64 `json:"uncertainty,omitempty"`
	// Basis is nil for a value that only the suite can vouch for.
	Basis *Basis `json:"basis,omitempty"`
}

// Basis says from which raw evidence a value follows, and how, so that a stranger can derive it again.
type Basis struct {
	Function string `json:"function"` // how, one of the constants of this package
	Subject  string `json:"subject"`  // role of the rail or ECU whose evidence it is
	// From and To bound the evidence on the run's clock; both belong to it.
	From time.Duration `json:"from_ns"`
	To   time.Duration `json:"to_ns"`
}

// Kind implements Body.
func (Measurement) Kind() string { return "measurement" }
