package record

// Tester says whether the bench keeps from the bus what its own tester of an ECU sends, from now on: the tester takes its
// frames for sent then. So it is silenced, and so it leaves the ECU to a vehicle's update master.
type Tester struct {
	ECU      string `json:"ecu"`
	Withheld bool   `json:"withheld"`
}

// Kind implements Body.
func (Tester) Kind() string { return "tester" }
