package record

// Proof says that the run tried whether its own verdicts can be trusted, and what came of it.
type Proof struct {
	Proof    string  `json:"proof"`   // KnownBad or Loopback
	Subject  string  `json:"subject"` // mutant, or what was looped back
	Spec     string  `json:"spec,omitempty"`
	Text     string  `json:"text,omitempty"` // the spec in words
	Expected Outcome `json:"expected"`
	Got      Outcome `json:"got"`
	Detail   string  `json:"detail,omitempty"` // why it was so, such as the message of the failure
	// Folder is that of the proof's own record below the run folder, and Digest the SHA-256 of this, hexadecimal. Empty
	// where the proof is a part of the run itself.
	Folder string `json:"folder,omitempty"`
	Digest string `json:"digest,omitempty"`
}

// Kinds of proof.
const (
	// KnownBad is a unit with a known fault, of which the suite has to say that it failed.
	KnownBad = "known-bad"
	// Loopback is a unit, or a path of the bench, without fault, of which it has to say that it passed.
	Loopback = "loopback"
)

// Holds says whether the suite said what it had to.
func (p Proof) Holds() bool {
	switch p.Proof {
	case KnownBad:
		return p.Expected == Failed && p.Got == Failed
	case Loopback:
		return p.Expected == Passed && p.Got == Passed
	}
	return false
}

// Kind implements Body.
func (Proof) Kind() string { return "proof" }
