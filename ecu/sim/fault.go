package sim

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Fault is a mistake that an ECU can be made with, to show that a suite finds it. [Catalogue] tells the story of each.
type Fault string

// Faults of the verification.
const (
	SignatureNotChecked Fault = "signature-not-checked"
	UnsignedAccepted    Fault = "unsigned-accepted"
	DigestNotChecked    Fault = "digest-not-checked"
	DigestOfFirstHalf   Fault = "digest-of-first-half"
	HardwareNotChecked  Fault = "hardware-not-checked"
	ECUNotChecked       Fault = "ecu-not-checked"
	VerdictIgnored      Fault = "verdict-ignored"
	VerdictRemembered   Fault = "verdict-remembered"
	VerdictAlwaysPass   Fault = "verdict-always-pass"
)

// Faults of the boot metadata.
const (
	MetadataInPlace         Fault = "metadata-in-place"
	MetadataErasedFirst     Fault = "metadata-erased-first"
	MetadataNeedsBothCopies Fault = "metadata-needs-both-copies"
	MetadataWithoutChecksum Fault = "metadata-without-checksum"
	ActivationInTwoWrites   Fault = "activation-in-two-writes"
	ConfirmationInTwoWrites Fault = "confirmation-in-two-writes"
	ConfirmationTooLate     Fault = "confirmation-too-late"
)

// Faults of the trial.
const (
	ConfirmsItself        Fault = "confirms-itself"
	SelfTestIgnored       Fault = "self-test-ignored"
	NoConfirmationTimeout Fault = "no-confirmation-timeout"
	TrialNeverCounted     Fault = "trial-never-counted"
	OneTrialTooMany       Fault = "one-trial-too-many"
	NoWatchdog            Fault = "no-watchdog"
	FatalBoot             Fault = "fatal-boot"
)

// Faults of the revert.
const (
	NoRevert               Fault = "no-revert"
	RevertLoops            Fault = "revert-loops"
	RevertFormatsNVM       Fault = "revert-formats-nvm"
	RollbackErasesFallback Fault = "rollback-erases-fallback"
	RollbackNotSupervised  Fault = "rollback-not-supervised"
	PreviousErasedTooEarly Fault = "previous-erased-too-early"
	FallbackNotProtected   Fault = "fallback-not-protected"
)

// Faults of the protection from downgrades.
const (
	DowngradeAccepted        Fault = "downgrade-accepted"
	CounterAtActivation      Fault = "counter-at-activation"
	CounterNeverAdvances     Fault = "counter-never-advances"
	CounterAfterConfirmation Fault = "counter-after-confirmation"
)

// Faults of the flash driver.
const (
	ErasesRunningSoftware Fault = "erases-running-software"
	BlankCheckOfFirstPage Fault = "blank-check-of-first-page"
	SlowErase             Fault = "slow-erase"
	FatalDip              Fault = "fatal-dip"
)

// Faults of the NVM.
const (
	EraseTakesNVM            Fault = "erase-takes-nvm"
	NVMFormattedAtLowVoltage Fault = "nvm-formatted-at-low-voltage"
	NVMInPlace               Fault = "nvm-in-place"
	NVMErasedFirst           Fault = "nvm-erased-first"
	NVMNeedsBothCopies       Fault = "nvm-needs-both-copies"
	NVMWithoutChecksum       Fault = "nvm-without-checksum"
	UpdateClearsTroubleCodes Fault = "update-clears-trouble-codes"
	FingerprintNotStored     Fault = "fingerprint-not-stored"
)

// Faults of the gates.
const (
	MinVoltageTooLow     Fault = "min-voltage-1-percent-low"
	MaxVoltageTooHigh    Fault = "max-voltage-1-percent-high"
	NoHysteresis         Fault = "no-hysteresis"
	LatchedGate          Fault = "latched-gate"
	NoOvervoltageGate    Fault = "no-overvoltage-gate"
	GatesNotEnforced     Fault = "gates-not-enforced"
	EraseAtAnyVoltage    Fault = "erase-at-any-voltage"
	TransferAtAnyVoltage Fault = "transfer-at-any-voltage"
	ActivateAtAnyVoltage Fault = "activate-at-any-voltage"
	MinChargeTooLow      Fault = "min-charge-1-percent-low"
	NoChargeGate         Fault = "no-charge-gate"
	ChargerIgnored       Fault = "charger-ignored"
	StaleChargeBelieved  Fault = "stale-charge-believed"
)

// Faults of security access.
const (
	ConstantSeed               Fault = "constant-seed"
	SeedsRepeatAfterReset      Fault = "seeds-repeat-after-reset"
	AnyKeyAccepted             Fault = "any-key-accepted"
	KeyComparedInPart          Fault = "key-compared-in-part"
	SeedUsedAgain              Fault = "seed-used-again"
	NoLockOut                  Fault = "no-lock-out"
	LockOutLostOverReset       Fault = "lock-out-lost-over-reset"
	LockOutTooShort            Fault = "lock-out-too-short"
	OneAttemptTooMany          Fault = "one-attempt-too-many"
	UnlockedOverSession        Fault = "unlocked-over-session"
	ProgrammingWithoutSecurity Fault = "programming-without-security"
	VINWithoutSecurity         Fault = "vin-without-security"
	RXSWINWritable             Fault = "rxswin-writable"
)

// Faults of sessions and resets.
const (
	SessionNeverEnds      Fault = "session-never-ends"
	SessionEndsEarly      Fault = "session-ends-early"
	TesterPresentNotHeard Fault = "tester-present-not-heard"
	CommunicationLeftOff  Fault = "communication-left-off"
	ResetNotDone          Fault = "reset-not-done"
	ResetWithoutResponse  Fault = "reset-without-response"
	SlowTrialBoot         Fault = "slow-trial-boot"
)

// Faults of the transfer.
const (
	TransferSurvivesSession Fault = "transfer-survives-session"
	AnyBlockCounter         Fault = "any-block-counter"
	RepeatedBlockWritten    Fault = "repeated-block-written-twice"
	RepeatedBlockRefused    Fault = "repeated-block-refused"
	ShortTransferAccepted   Fault = "short-transfer-accepted"
	LongTransferAccepted    Fault = "long-transfer-accepted"
)

// Faults of the way in which requests are answered.
const (
	SuppressionIgnored Fault = "suppression-ignored"
	LengthNotChecked   Fault = "length-not-checked"
	GeneralReject      Fault = "general-reject"
	PendingForEver     Fault = "pending-for-ever"
	NoResponsePending  Fault = "no-response-pending"
	FunctionalRefusals Fault = "functional-refusals"
)

// Faults of what the ECU says of itself.
const (
	VersionRemembered        Fault = "version-remembered"
	VersionWrittenTooEarly   Fault = "version-written-too-early"
	RXSWINBeforeConfirmation Fault = "rxswin-before-confirmation"
	TrialCalledConfirmed     Fault = "trial-called-confirmed"
)

// Faults returns every fault that there is, in the order of the catalogue.
func Faults() []Fault {
	var all []Fault
	for _, d := range Catalogue() {
		all = append(all, d.Name)
	}
	return all
}

func (c Config) has(f Fault) bool { return slices.Contains(c.Faults, f) }

// checkFaults refuses faults that there are not.
func (c Config) checkFaults() error {
	all := Faults()
	for _, f := range c.Faults {
		if !slices.Contains(all, f) {
			return fmt.Errorf("faults: %q is none; there are %s", f, list(all))
		}
	}
	return nil
}

func list(all []Fault) string {
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}

// beyond is a voltage that no supply has.
const beyond = 1000 * physic.KiloVolt

// spoilt is the configuration with the numbers that are wrong.
func (c Config) spoilt() Config {
	for _, f := range c.Faults {
		switch f {
		case MinVoltageTooLow:
			c.Gates.MinVoltage -= c.Gates.MinVoltage / 100
		case MaxVoltageTooHigh:
			c.Gates.MaxVoltage += c.Gates.MaxVoltage / 100
		case NoHysteresis:
			c.Gates.Hysteresis = 0
		case NoOvervoltageGate:
			c.Gates.MaxVoltage = beyond
		case MinChargeTooLow:
			c.Gates.MinCharge = new(*c.Gates.MinCharge - 1)
		case NoChargeGate:
			c.Gates.MinCharge = new(0.0)
		case OneTrialTooMany:
			c.TrialBoots++
		case NoLockOut:
			c.Security.Attempts = math.MaxInt
		case OneAttemptTooMany:
			c.Security.Attempts++
		case LockOutTooShort:
			c.Security.Delay /= 2
		case SessionNeverEnds:
			c.Timing.S3 = 24 * time.Hour
		case SessionEndsEarly:
			c.Timing.S3 /= 2
		case SlowErase:
			c.Flash.EraseTime *= 100
		}
	}
	return c
}

// dip is told that the voltage has become too low to write flash.
func (e *ECU) dip() {
	e.flash.Disturb()
	e.mu.Lock()
	l := e.life
	e.mu.Unlock()
	if l != nil && e.cfg.has(FatalDip) && l.programming.Load() {
		e.dead.Store(true)
		l.end(watchdog)
	}
}

// booted is told that a boot has come to the choice of its software, and says whether the ECU is still alive.
func (e *ECU) booted() bool {
	v, g := e.supply.terminal.Voltage(), e.cfg.Gates
	if e.cfg.has(FatalBoot) && (v < g.MinVoltage || v > g.MaxVoltage) {
		e.dead.Store(true)
	}
	return !e.dead.Load()
}
