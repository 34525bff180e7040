package record

// Assignment is what a laboratory states about the work that a record can't know: who asked for it, by which method, and who
// answers for the report. Empty is not stated.
type Assignment struct {
	Customer      string `json:"customer,omitempty"`
	Contact       string `json:"contact,omitempty"`       // of the customer
	Order         string `json:"order,omitempty"`         // the customer's, or the laboratory's number of it
	Address       string `json:"address,omitempty"`       // of the laboratory
	Accreditation string `json:"accreditation,omitempty"` // number and body
	Method        string `json:"method,omitempty"`
	Exceptions    string `json:"exceptions,omitempty"` // additions to, deviations and exclusions from the method
	Sampling      string `json:"sampling,omitempty"`   // how the items were chosen, and who chose them
	Condition     string `json:"condition,omitempty"`  // of the items, when they were received
	Received      string `json:"received,omitempty"`   // day on which the items were, as in 2026-03-01
	External      string `json:"external,omitempty"`   // which results others provided

	Environment  Environment `json:"environment,omitzero"`
	AuthorisedBy Person      `json:"authorised_by,omitzero"`
}

// Environment is what a laboratory states about the place and time of the test.
type Environment struct {
	Temperature string `json:"temperature,omitempty"`
	Humidity    string `json:"humidity,omitempty"`
	Remarks     string `json:"remarks,omitempty"`
}

// Person is somebody who answers for something.
type Person struct {
	Name string `json:"name,omitempty"`
	Role string `json:"role,omitempty"`
}

// Kind implements Body.
func (Assignment) Kind() string { return "assignment" }
