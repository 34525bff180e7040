package reportstest

import (
	"time"

	"otabench/bench/record"
)

// at appends an event at a time of the run's clock.
func (l *Log) at(t time.Duration, b record.Body) {
	l.Events = append(l.Events, record.Event{Seq: uint64(len(l.Events) + 1), T: t, Spec: l.spec, Body: b})
}

// both shows a notice on the dashboard and, a little later, in the app.
func (l *Log) both(t time.Duration, n record.Notice) {
	n.Display = "dashboard"
	l.at(t, n)
	n.Display = "app"
	l.at(t+150*time.Millisecond, n)
}

// climb shows percentages on both displays, ten a second.
func (l *Log) climb(t time.Duration, n record.Notice, from, to int) time.Duration {
	n.Progress = true
	for n.Percent = from; n.Percent <= to; n.Percent++ {
		for _, n.Display = range []string{"dashboard", "app"} {
			l.at(t, n)
		}
		l.at(t, record.Traffic{Down: 41_300, Up: 210})
		t += 100 * time.Millisecond
	}
	return t
}

// Told is a run of two updates as a user lived them: one that goes well, and one with a low battery and an installation
// error.
func Told() *Log {
	l := &Log{}
	good := Start("well", "tells the user of an update from the offer to the success", "OTA-MAIN-1", "OTA-MAIN-2", "OTA-MAIN-5", "OTA-MAIN-8", "UN-R156/7.2.2.2")
	ill := Start("ill", "tells the user what to do with a low battery and after an installation error", "OTA-ALT-1", "OTA-ALT-4", "OTA-ALT-5")
	l.Add(record.Device{Role: "master", Class: "ecu", Model: "update master", Firmware: "1.2.0", Simulated: true}, record.Planned{Specs: []record.SpecStart{good, ill}})
	l.Begin(good)
	end := l.goesWell(time.Second)
	l.at(end, record.SpecEnd{ID: good.ID, Outcome: record.Passed, Duration: end - time.Second})
	l.Begin(ill)
	l.Events[len(l.Events)-1].T = end
	last := l.goesIll(end + time.Second)
	l.at(last, record.SpecEnd{ID: ill.ID, Outcome: record.Passed, Duration: last - end})
	l.spec = ""
	l.at(last, record.End{Status: "passed"})
	return l
}

var offer = record.Notice{
	State: "offered", Title: "Software update 1.3.0 is available", Version: "1.3.0", Drivable: true,
	Text: "It mends a fault of the door control unit and brings keyless entry for a second key. You can drive on while it is downloaded.",
	Details: []string{
		"Purpose: repair and new functions", "Changes: keyless entry for a second key; window lift after a crash",
		"Size: 4.2 MB; download about 1 min, installation about 12 min", "Not available meanwhile: windows, central locking, seat heating",
		"Park the vehicle and close all doors before the installation",
	},
	Choices: []string{"download", "later"},
}

func (l *Log) goesWell(t time.Duration) time.Duration {
	const s = time.Second
	l.at(t, record.Link{Profile: "good LTE", Detail: "20 Mbit/s, 40 ms, no loss"})
	l.at(t, record.Step{Text: "Publish campaign 1.3.0 for this vehicle"})
	l.at(t+s/2, record.Backend{Event: "published", Text: "campaign 1.3.0 for WVWZZZ00000000001"})
	l.at(t+s, record.Vehicle{Signal: "state of charge", Value: "62 %"})
	l.both(t+2*s, offer)
	l.at(t+3*s, record.UserAction{Display: "app", User: "owner", Action: "download"})
	load := record.Notice{State: "downloading", Title: "Update 1.3.0 is being downloaded", Version: "1.3.0", Text: "You can drive on.", Drivable: true, Choices: []string{"later"}}
	l.both(t+3*s, load)
	t = l.climb(t+4*s, load, 1, 100)
	l.both(t, record.Notice{State: "verifying", Title: "The download is checked", Version: "1.3.0", Drivable: true})
	l.at(t+s/2, record.Backend{Event: "report", Text: "verifying by owner"})
	l.both(t+2*s, record.Notice{
		State: "ready", Title: "Update 1.3.0 is ready", Version: "1.3.0", Drivable: true,
		Text: "The installation takes about 12 minutes. The vehicle cannot be driven meanwhile.", Choices: []string{"install", "schedule", "later"},
	})
	l.at(t+4*s, record.UserAction{Display: "dashboard", User: "owner", Action: "install"})
	l.both(t+4*s, record.Notice{
		State: "confirming", Title: "Install now?", Version: "1.3.0", Drivable: true,
		Text: "Windows, central locking and seat heating are off until it is done. Stay with the vehicle.", Choices: []string{"confirm", "decline"},
	})
	l.at(t+5*s, record.UserAction{Display: "dashboard", User: "owner", Action: "confirm"})
	install := record.Notice{
		State: "installing", Title: "Update 1.3.0 is being installed", Version: "1.3.0", Text: "Do not drive. Do not switch off the vehicle.",
		Off: []string{"windows", "central locking", "seat heating"},
	}
	l.both(t+5*s, install)
	for _, service := range []string{"DiagnosticSessionControl", "SecurityAccess", "SecurityAccess", "RequestDownload", "TransferData", "TransferData", "TransferData", "RequestTransferExit", "RoutineControl"} {
		l.at(t+5*s+200*time.Millisecond, record.Exchange{ECU: "bcm", Service: service, RespLen: 2, Sent: t + 5*s + 180*time.Millisecond, Took: 20 * time.Millisecond})
	}
	for i, v := range []float64{12.62, 12.41, 12.38, 12.55} {
		l.at(t+5*s+time.Duration(300+i*400)*time.Millisecond, record.Sample{Rail: "kl30", Volts: v, Source: "terminals"})
	}
	t = l.climb(t+6*s, install, 2, 100)
	l.both(t+s, record.Notice{
		State: "succeeded", Percent: 100, Title: "Update 1.3.0 is installed", Version: "1.3.0", Drivable: true,
		Text: "All functions are back. New: keyless entry for a second key.", Choices: []string{"dismiss"},
	})
	l.at(t+s, record.Backend{Event: "report", Text: "succeeded; bcm 1.3.0 RXSWIN R156-0042"})
	return t + 2*s
}

func (l *Log) goesIll(t time.Duration) time.Duration {
	const s = time.Second
	l.at(t, record.Vehicle{Signal: "state of charge", Value: "24 %"})
	l.at(t, record.Vehicle{Signal: "charger", Value: "not connected"})
	l.at(t, record.Step{Text: "Offer an update with 24 % in the battery and no charger"})
	l.both(t+s, record.Notice{
		State: "paused", Cause: "low battery", Title: "Battery too low for the update", Version: "1.3.0", Drivable: true,
		Text: "The update needs 30 %. It goes on by itself when the battery is charged.", Advice: []string{"connect a charger"}, Choices: []string{"later"},
	})
	l.at(t+2*s, record.UserAction{Display: "app", User: "guest", Action: "install", Error: "403: no permission"})
	l.at(t+4*s, record.Step{Text: "Charge to 31 % and cut the supply while the second block is written"})
	l.at(t+4*s, record.Vehicle{Signal: "state of charge", Value: "31 %"})
	l.at(t+5*s, record.TriggerArmed{ID: 1, Condition: "TransferData of block 2", Action: "kl30: cut for 2 s"})
	install := record.Notice{State: "installing", Title: "Update 1.3.0 is being installed", Version: "1.3.0", Text: "Do not drive."}
	l.both(t+6*s, install)
	t = l.climb(t+7*s, install, 1, 37)
	l.at(t, record.Exchange{ECU: "bcm", Service: "TransferData", Error: "no response within 5 s", Sent: t - s, Took: s})
	l.at(t, record.TriggerFired{ID: 1, Event: "block 2", At: t - s})
	l.at(t, record.Link{Profile: "lost", Detail: "no network for 20 s"})
	l.at(t, record.Traffic{Dials: 3, Accepted: 1, Up: 800})
	l.both(t+s, record.Notice{State: "reverting", Percent: 37, Cause: "installation error", Title: "The update failed and is taken back", Version: "1.3.0", Text: "Please wait."})
	l.at(t+2*s, record.Setting{Device: "kl30", Action: "set", Value: "13.50 V"})
	l.both(t+3*s, record.Notice{
		State: "failed", Cause: "installation error", Title: "Update 1.3.0 was not installed", Version: "1.2.0", Drivable: true,
		Text:  "The vehicle runs the software that it ran before. You can try again, or contact support with the reference below.",
		Hints: []string{"Charge the battery and park in a place with a good network", "Close all doors and lock the vehicle for ten minutes", "Then choose retry"}, Advice: []string{"contact support", "wait for the next attempt"},
		Reference: "BCM-0x72-7F3A-0042", Next: Header.Started.Add(13 * time.Hour), Choices: []string{"retry", "dismiss"},
	})
	l.at(t+4*s, record.Backend{Event: "report", Text: "failed: installation error, reference BCM-0x72-7F3A-0042"})
	return t + 5*s
}
