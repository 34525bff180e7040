package flash

import "fmt"

// Phase is a part of the reprogramming sequence.
type Phase uint8

// Phases in the order of the non-volatile memory programming process (ISO 14229-1:2013, clause 15); the last ones have
// their place in a description.
const (
	PhaseCheck         Phase = iota // package against description; nothing is sent
	PhasePreconditions              // extended session and routine checkProgrammingPreconditions
	PhaseQuiet                      // DTC setting off and normal communication off
	PhaseSession                    // programming session
	PhaseUnlock                     // security access
	PhaseFingerprint                // who programs, written before anything is erased
	PhaseErase
	PhaseTransfer     // request download, transfer data, transfer exit
	PhaseVerify       // the ECU's check of signature, digest and fitness
	PhaseDependencies // routine checkProgrammingDependencies
	PhaseActivate     // the new software is marked for a trial boot
	PhaseReset
	PhaseBoot    // from the reset to the first answer
	PhaseRestore // communication and DTC setting on, default session
	PhaseConfirm // the trial boot is made permanent
	PhaseRollback
	PhaseAuthenticate // service 0x29
	PhaseRoutine      // a step of the maker's
	PhaseWrite        // a step of the maker's
)

var phaseNames = [...]string{
	"check", "preconditions", "quiet", "session", "unlock", "fingerprint", "erase", "transfer", "verify",
	"dependencies", "activate", "reset", "boot", "restore", "confirm", "rollback",
	"authenticate", "routine", "write",
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
