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

// MeasurementEntry is the name of the entries in Ginkgo's report that have measurements as they stand in the record.
const MeasurementEntry = "measurement"

// Basis says from which raw evidence a value follows, and how, so that a stranger can derive it again.
type Basis struct {
	Function string `json:"function"` // how, one of the constants of this package
	Subject  string `json:"subject"`  // role of the rail or ECU whose evidence it is
	// From and To bound the evidence on the run's clock; both belong to it.
	From time.Duration `json:"from_ns"`
	To   time.Duration `json:"to_ns"`
}

// Functions of a Basis. Those of a rail use its readings in [From, To]; those of an ECU the messages between the bench's
// tester and it, of which a frame is in [From, To].
const (
	// LowestVoltage and HighestVoltage are the extremes of a rail's readings, in V. Where From is To, that is one reading.
	LowestVoltage  = "lowest voltage"
	HighestVoltage = "highest voltage"
	// MiddleVoltage is the mean of the first and the last reading, in V.
	MiddleVoltage = "mean of first and last voltage"
	// VoltageDifference is the distance of the first and the last reading, in V.
	VoltageDifference = "difference of first and last voltage"
	// Energy is the integral of a rail's voltage times its current by trapezoids, in Wh.
	Energy = "energy"
	// Elapsed is the time between two frames: one at From and one at To.
	Elapsed = "time between two frames"
	// LongestResponse is the longest time from the end of a request to the beginning of its first response (P2).
	LongestResponse = "longest time to a response"
	// LongestAfterPending and ShortestPending are the longest time from the end of a response 0x78 to the beginning of the
	// next response (P2*), and the shortest to the next 0x78.
	LongestAfterPending = "longest time after a response 0x78"
	ShortestPending     = "shortest time between two responses 0x78"
	// FrameToVoltage is the time from a frame at From to a reading at To.
	FrameToVoltage = "time from a frame to a reading"
)

// Kind implements Body.
func (Measurement) Kind() string { return "measurement" }
