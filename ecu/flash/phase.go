package flash

import "fmt"

// Phase is a part of the reprogramming sequence.
type Phase uint8

// Phases in the order of ISO 14229-1:2020, clause 15.
const (
	Check         Phase = iota // package against description; nothing is sent
	Preconditions              // extended session and routine checkProgrammingPreconditions
	Quiet                      // DTC setting off and normal communication off
	Session                    // programming session
	Unlock                     // security access
	Fingerprint                // who programs, written before anything is erased
	Erase
	Transfer     // request download, transfer data, transfer exit
	Verify       // the ECU's check of signature, digest and fitness
	Dependencies // routine checkProgrammingDependencies
	Activate     // the new software is marked for a trial boot
	Reset
	Boot    // from the reset to the first answer
	Restore // communication and DTC setting on, default session
	Confirm // the trial boot is made permanent
	Rollback
)

var phaseNames = [...]string{
	"check", "preconditions", "quiet", "session", "unlock", "fingerprint", "erase", "transfer", "verify",
	"dependencies", "activate", "reset", "boot", "restore", "confirm", "rollback",
}

// Phases returns all phases in order.
func Phases() []Phase {
	all := make([]Phase, len(phaseNames))
	for i := range all {
		all[i] = Phase(i)
	}
	return all
}

func (p Phase) String() string {
	if int(p) < len(phaseNames) {
		return phaseNames[p]
	}
	return fmt.Sprintf("Phase(%d)", p)
}
