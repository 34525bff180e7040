package master

import (
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that a master does wrong.
type Fault string

// Faults of the conditions.
const (
	ChargeNotChecked     Fault = "ota-charge-not-checked"
	ChargeTooLow         Fault = "ota-min-charge-too-low"
	ChargeTooHigh        Fault = "ota-min-charge-too-high"
	ChargerIgnored       Fault = "ota-charger-ignored"
	UnknownChargeIsGood  Fault = "ota-unknown-charge-is-good"
	VoltageNotChecked    Fault = "ota-voltage-not-checked"
	PermissionNotChecked Fault = "ota-permission-not-checked"
	LinkNotChecked       Fault = "ota-link-not-checked"
	ParkingNotChecked    Fault = "ota-parking-not-checked"
	GearNotChecked       Fault = "ota-gear-not-checked"
	DoorsNotChecked      Fault = "ota-doors-not-checked"
	GatesOnlyAtDownload  Fault = "ota-gates-only-at-download"
	GatesOnlyWhenAsked   Fault = "ota-gates-only-when-asked"
	DrainsBattery        Fault = "ota-drains-battery"
	RoomNotChecked       Fault = "ota-room-not-checked"
)

// Faults of trust.
const (
	AnyServer               Fault = "ota-any-server"
	ExpiryNotChecked        Fault = "ota-expiry-not-checked"
	MetadataForgotten       Fault = "ota-metadata-forgotten"
	ImagesNotCompared       Fault = "ota-images-not-compared"
	HashNotChecked          Fault = "ota-hash-not-checked"
	ManifestNotCompared     Fault = "ota-manifest-not-compared"
	CompatibilityNotChecked Fault = "ota-compatibility-not-checked"
	DependenciesNotChecked  Fault = "ota-dependencies-not-checked"
	ClockTrusted            Fault = "ota-clock-trusted"
	NotAskedAgain           Fault = "ota-not-asked-again"
)

// Faults of the download.
const (
	DownloadsAllAgain Fault = "ota-downloads-all-again"
	ResumesOneOff     Fault = "ota-resumes-one-off"
	SlowGoesOn        Fault = "ota-slow-goes-on"
	NeverResumes      Fault = "ota-never-resumes"
)

// Faults of the installation.
const (
	InstallsAtOnce       Fault = "ota-installs-at-once"
	NoConfirmation       Fault = "ota-no-confirmation"
	SilenceIsConsent     Fault = "ota-silence-is-consent"
	DeclineIgnored       Fault = "ota-decline-ignored"
	StartsLate           Fault = "ota-starts-late"
	NothingSwitchedOff   Fault = "ota-nothing-switched-off"
	EssentialSwitchedOff Fault = "ota-essential-switched-off"
	StaysDrivable        Fault = "ota-stays-drivable"
	MixedIsDrivable      Fault = "ota-mixed-is-drivable"
	MixedForgotten       Fault = "ota-mixed-forgotten"
	ClockNotAwaited      Fault = "ota-clock-not-awaited"
	FirstMemberOnly      Fault = "ota-first-member-only"
	HealthNotChecked     Fault = "ota-health-not-checked"
	ForgetsInstallation  Fault = "ota-forgets-installation"
	TrialLeftAlone       Fault = "ota-trial-left-alone"
	RetriesForEver       Fault = "ota-retries-for-ever"
	NoRetry              Fault = "ota-no-retry"
	CommandsRepeated     Fault = "ota-commands-repeated"
)

// Faults of what the user and the maker are told.
const (
	ProgressGoesBack   Fault = "ota-progress-goes-back"
	NoProgress         Fault = "ota-no-progress"
	FullTooEarly       Fault = "ota-full-too-early"
	PurposeNotTold     Fault = "ota-purpose-not-told"
	UnavailableNotTold Fault = "ota-unavailable-not-told"
	WrongVersionTold   Fault = "ota-wrong-version-told"
	SuccessNotTold     Fault = "ota-success-not-told"
	NoAdvice           Fault = "ota-no-advice"
	NoHints            Fault = "ota-no-hints"
	NoReference        Fault = "ota-no-reference"
	NothingReported    Fault = "ota-nothing-reported"
	SuccessNotReported Fault = "ota-success-not-reported"
	RegisterNotUpdated Fault = "ota-register-not-updated"
)

func (c Config) has(f Fault) bool { return slices.Contains(c.Faults, f) }

// checkFaults refuses faults that there are not.
func (c Config) checkFaults() error {
	var all []string
	for _, d := range Catalogue() {
		all = append(all, string(d.Name))
	}
	for _, f := range c.Faults {
		if !slices.Contains(all, string(f)) {
			return fmt.Errorf("simulated update master: faults: %q is none; there are %s", f, strings.Join(all, ", "))
		}
	}
	return nil
}

// spoilt is the configuration with the numbers that are wrong.
func (c Config) spoilt() Config {
	for _, f := range c.Faults {
		switch f {
		case ChargeTooLow:
			c.Gates.MinCharge--
		case ChargeTooHigh:
			c.Gates.MinCharge++
		case VoltageNotChecked:
			c.Gates.MinVoltage = 0
		}
	}
	return c
}
