package master

import (
	"fmt"
	"slices"
	"time"

	"otabench/ecu/ota"
)

// compose makes what the user is shown.
func (l *life) compose() ota.View {
	r := &l.rec
	v := ota.View{
		State: r.State, Cause: r.Cause, Percent: l.shownPercent(), Attempt: r.Attempt, Attempts: l.cfg.Attempts,
		Software: slices.Clone(r.Software), Drivable: !l.off, Reference: "",
	}
	if l.notice != "" {
		v.Cause = l.notice
	}
	if r.Campaign != nil {
		v.Offer = l.offerShown()
	}
	if r.State == ota.Downloading || r.State == ota.Paused && r.Resume == ota.Downloading {
		v.Done, v.Total = l.done, l.total
	}
	if l.off {
		v.Off = slices.DeleteFunc(l.functionsOff(true), func(f string) bool { return f == driveInhibit })
	}
	v.Title, v.Text = l.message(v)
	v.Choices = l.choices()
	if advice := l.advise(v.Cause); advice != "" {
		v.Advice = []ota.Advice{advice}
	}
	switch r.State {
	case ota.Failed:
		v.Reference, v.Next = r.Reference, r.Next
		if !l.cfg.has(NoHints) {
			v.Hints = hints
		}
	case ota.Scheduled:
		v.Next = r.At
	}
	return v
}

// hints are what a user can try after an error.
var hints = []string{
	"Leave the vehicle parked and locked for 5 minutes, then try again",
	"Make sure that the battery is charged and the charger stays connected",
	"Have this reference at hand when you contact support",
}

func (l *life) shownPercent() int {
	switch l.rec.State {
	case ota.Downloading, ota.Installing, ota.Activating:
		return l.percent
	case ota.Paused:
		if l.rec.Resume == ota.Downloading {
			return l.percent
		}
	case ota.Verifying, ota.Ready, ota.Confirming, ota.Scheduled, ota.Succeeded:
		return 100
	}
	return 0
}

func (l *life) offerShown() *ota.Offer {
	o := l.rec.Campaign.Offer
	switch {
	case l.cfg.has(PurposeNotTold):
		o.Purpose = ""
	case l.cfg.has(UnavailableNotTold):
		o.Unavailable = nil
	case l.cfg.has(WrongVersionTold):
		o.Version = "1.0.0"
	}
	return &o
}

// choices are what the user can do now.
func (l *life) choices() []ota.Deed {
	switch l.rec.State {
	case ota.Offered:
		return []ota.Deed{ota.Download, ota.Later}
	case ota.Ready:
		return []ota.Deed{ota.Install, ota.Schedule, ota.Later}
	case ota.Confirming:
		return []ota.Deed{ota.Confirm, ota.Decline}
	case ota.Scheduled:
		return []ota.Deed{ota.Decline}
	case ota.Succeeded, ota.Withdrawn:
		return []ota.Deed{ota.Dismiss}
	case ota.Failed:
		switch {
		case l.rec.Next.IsZero():
			return []ota.Deed{ota.Dismiss}
		case l.rec.Mixed: // it cannot stay like that
			return []ota.Deed{ota.Retry}
		}
		return []ota.Deed{ota.Retry, ota.Dismiss}
	}
	return nil
}

// advise is what the user is recommended because of a cause.
func (l *life) advise(c ota.Cause) ota.Advice {
	if l.cfg.has(NoAdvice) {
		return ""
	}
	switch c {
	case ota.LowBattery:
		return ota.ConnectCharger
	case ota.LowVoltage:
		return ota.ChargeLowVoltage
	case ota.PoorConnection:
		return ota.StrongerNetwork
	case ota.BackendDown:
		return ota.WaitForRetry
	case ota.NoPermission:
		return ota.AskOwner
	case ota.NotParked:
		return ota.ParkVehicle
	case ota.ClockUnknown:
		return ota.SetClock
	case ota.StorageFull:
		return ota.FreeStorage
	case ota.BadPackage, ota.InstallError, ota.HealthError:
		return ota.CallSupport
	}
	return ""
}

// reasons are the causes in a user's words, but for those that name a number.
var reasons = map[ota.Cause]string{
	ota.LowVoltage:     "The 12 V battery is too low.",
	ota.PoorConnection: "The connection is too weak. Move to a place with a stronger Wi-Fi.",
	ota.NoPermission:   "You may not decide on updates of this vehicle. Ask its owner.",
	ota.NotParked:      "The vehicle has to be parked, in P and with closed doors.",
	ota.ClockUnknown:   "The vehicle does not know the time. It is set by the network.",
	ota.StorageFull:    "There is not enough storage for the update.",
	ota.BadMetadata:    "The update service cannot be trusted at the moment.",
	ota.BadPackage:     "The download was damaged or is not genuine.",
	ota.Incompatible:   "The update does not fit this vehicle.",
	ota.InstallError:   "The installation failed. Your vehicle has its previous software.",
	ota.HealthError:    "The new software did not start properly. Your vehicle has its previous software.",
	ota.BackendDown:    "The update service is not available at the moment.",
	ota.Cancelled:      "The maker has withdrawn the update.",
}

// reason is a cause in a user's words.
func (l *life) reason(c ota.Cause) string {
	if c == ota.LowBattery {
		return fmt.Sprintf("The battery is too low. Charge it to at least %g %% or connect a charger.", l.cfg.Gates.MinCharge)
	}
	return reasons[c]
}

// message is the title and the text of a view.
func (l *life) message(v ota.View) (title, text string) {
	title, text = l.stateMessage(v)
	if why := l.reason(v.Cause); why != "" {
		text = why
		if l.notice != "" {
			title = "Not now"
		}
	}
	if resting := slices.Contains([]ota.State{ota.Idle, ota.Withdrawn, ota.Failed}, l.rec.State); resting && l.rec.Mixed {
		return l.incomplete(title)
	}
	return title, text
}

// incomplete is what the user is told of a vehicle whose ECUs do not belong together.
func (l *life) incomplete(title string) (string, string) {
	if l.rec.State == ota.Idle {
		title = "Update not complete"
	}
	if !l.rec.Next.IsZero() {
		return title, "The installation is not complete, so the vehicle cannot be driven. It goes on with the next attempt."
	}
	return title, "The installation is not complete, so the vehicle cannot be driven. Contact support."
}

func (l *life) stateMessage(v ota.View) (title, text string) {
	version := ""
	if v.Offer != nil {
		version = v.Offer.Version
	}
	switch l.rec.State {
	case ota.Idle:
		if v.Cause == ota.PoorConnection {
			return "Weak connection", ""
		}
		return "Software up to date", "No update is available."
	case ota.Offered:
		return "Update " + version + " available", fmt.Sprintf("Download about %s, installation about %s.",
			minutes(v.Offer.Download), minutes(v.Offer.Installation))
	case ota.Downloading:
		return "Downloading update " + version, "You can drive on meanwhile."
	case ota.Verifying:
		return "Checking update " + version, ""
	case ota.Ready:
		return "Update " + version + " is ready", "Install it now or choose a time."
	case ota.Scheduled:
		return "Update " + version + " is scheduled", "It begins at " + l.rec.At.UTC().Format("2006-01-02 15:04:05") + " UTC."
	case ota.Confirming:
		return "Install update " + version + "?", fmt.Sprintf("The vehicle cannot be driven for about %s.", minutes(v.Offer.Installation))
	case ota.Installing:
		return "Installing update " + version, "Do not drive, and leave the vehicle closed."
	case ota.Activating:
		return "Starting the new software", "Almost done."
	case ota.Succeeded:
		if l.cfg.has(SuccessNotTold) {
			return "", ""
		}
		return "Update " + version + " installed", "Your software is up to date."
	case ota.Paused:
		return "Update paused", ""
	case ota.Reverting:
		return "Restoring the previous software", "Do not drive."
	case ota.Failed:
		return "Update failed", ""
	case ota.Withdrawn:
		return "Update withdrawn", ""
	}
	return "", ""
}

// minutes says a duration as a user is told it.
func minutes(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f min", d.Minutes())
}
