package html

import "strings"

// statement is something that only the laboratory knows. Its value is empty if it does not state it.
type statement struct{ Name, Value string }

// Statements are what ISO/IEC 17025 wants to be stated and a record cannot know. What is not stated says so.
func (p page) Statements() []statement {
	a := p.Assignment
	return []statement{
		{"Customer", together(a.Customer, a.Contact)},
		{"Order", a.Order},
		{"Laboratory's address", a.Address},
		{"Accreditation", a.Accreditation},
		{"Method", a.Method},
		{"Exceptions to the method", a.Exceptions},
		{"Sampling", a.Sampling},
		{"Items received", together(a.Received, a.Condition)},
		{"Environment", together(a.Environment.Temperature, a.Environment.Humidity, a.Environment.Remarks)},
		{"Results of others", a.External},
		{"Authorised by", together(a.AuthorisedBy.Name, a.AuthorisedBy.Role)},
	}
}

// together joins what is stated.
func together(parts ...string) string {
	var stated []string
	for _, p := range parts {
		if p != "" {
			stated = append(stated, p)
		}
	}
	return strings.Join(stated, ", ")
}
