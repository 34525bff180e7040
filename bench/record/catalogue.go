package record

// Catalogue says which version of a catalogue of requirements the run is judged by.
type Catalogue struct {
	ID      string `json:"id"`
	Version string `json:"version"` // of the data
	Digest  string `json:"digest"`  // SHA-256 of the file, hexadecimal
	// File is its name in the run folder; empty if it is no more than part of the otabench that wrote the record.
	File string `json:"file,omitempty"`
}

// Kind implements Body.
func (Catalogue) Kind() string { return "catalogue" }
