package catalogue

import "regexp"

// maxID bounds ids of catalogues and requirements, in bytes.
const maxID = 100

var (
	labelForm = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*(/[0-9]+(\.[0-9a-z]+)*|-[0-9]+)$`)
	nearForm  = regexp.MustCompile(`(?i)^(ota-|un-?r ?[0-9]|iso[- ]?[0-9]|unece)`)
	// idForm has nothing that label filters, paths or shells read as their own.
	idForm     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$`)
	sourceForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`) // of a catalogue's id and edition
)

// LooksLike says whether a label is meant as a requirement, well formed or not, so that a misspelt one is reported.
func LooksLike(label string) bool {
	return labelForm.MatchString(label) || nearForm.MatchString(label)
}

// isID says whether a requirement can have an id, which may be a customer's: CUST_SWU_001, REQ-123, SYS/4.2.
func isID(id string) bool { return len(id) <= maxID && idForm.MatchString(id) }
