package campaign

import (
	"errors"
	"fmt"
	"strings"

	"otabench/ecu"
)

// Outcome is what became of one ECU.
type Outcome string

// Outcomes.
const (
	Untouched Outcome = "untouched" // nothing was changed in it
	Updated   Outcome = "updated"   // the new software runs and is permanent
	Reverted  Outcome = "reverted"  // it was changed, and runs what it ran before
	Stranded  Outcome = "stranded"  // it is neither, or does not say
)

// Report is what became of one ECU.
type Report struct {
	ECU     string
	Outcome Outcome
	Before  ecu.Identity
	After   ecu.Identity // at the end; empty if it did not answer
	Err     error        // what went wrong in it, also while it was taken back
}

// Errors that callers decide on.
var (
	// ErrReverted: the campaign failed, and every ECU runs what it ran before.
	ErrReverted = errors.New("the campaign failed and all ECUs run their previous software")
	// ErrStranded: the campaign failed, and some ECU does not run what it ran before.
	ErrStranded = errors.New("the campaign failed and left ECUs that do not run their previous software")
	// ErrNoWayBack: an ECU could not be taken back, so the campaign did not begin.
	ErrNoWayBack = errors.New("there is no way back")
)

// failed makes the error of a campaign that failed because of cause.
func failed(reports []Report, cause error) error {
	var stranded []string
	for _, r := range reports {
		if r.Outcome == Stranded || r.Outcome == Updated {
			stranded = append(stranded, fmt.Sprintf("%s is %s", r.ECU, r.Outcome))
		}
	}
	if len(stranded) == 0 {
		return fmt.Errorf("%w: %w", ErrReverted, cause)
	}
	return fmt.Errorf("%w (%s): %w", ErrStranded, strings.Join(stranded, ", "), cause)
}
