package record

// RawFile is a file of raw evidence beside the record, once nothing is written to it any more. So nobody can alter one of
// the two alone.
type RawFile struct {
	Name   string `json:"name"` // in the run folder
	Size   int64  `json:"size"`
	Digest string `json:"digest"` // SHA-256, hexadecimal
}

// Kind implements Body.
func (RawFile) Kind() string { return "raw" }
