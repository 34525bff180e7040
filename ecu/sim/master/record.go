package master

import (
	"encoding/json"
	"slices"
	"time"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// Files of the master's own: the record, and the number of the app's last command, which is written by another task.
const (
	recordFile  = ".record"
	commandFile = ".command"
)

// record is what the master knows over power cuts.
type record struct {
	State    ota.State       `json:"state"`
	Cause    ota.Cause       `json:"cause,omitempty"`
	Resume   ota.State       `json:"resume,omitempty"` // of Paused: where it goes on
	Campaign *cloud.Campaign `json:"campaign,omitempty"`
	Targets  []target        `json:"targets,omitempty"` // of the campaign's members, in order
	// Confirmed says that the user has agreed, By who, and At when it may begin; zero is at once.
	Confirmed bool      `json:"confirmed,omitempty"`
	By        string    `json:"by,omitempty"`
	At        time.Time `json:"at,omitzero"`
	Attempt   int       `json:"attempt,omitempty"`
	// Begun says that an installation has begun, so that ECUs may have been touched, and has not ended.
	Begun     bool      `json:"begun,omitempty"`
	Next      time.Time `json:"next,omitzero"`
	Reference string    `json:"reference,omitempty"`
	// Good are the versions that ran together before an installation, and Mixed says that others run since and do not
	// belong together: neither the old nor the new vehicle, which stays where it is until the rest is installed.
	Good  []ota.Running `json:"good,omitempty"`
	Mixed bool          `json:"mixed,omitempty"`
	// Committing says that at least one ECU may have made the new software permanent.
	Committing bool          `json:"committing,omitempty"`
	Downloads  int           `json:"downloads,omitempty"` // that were not good
	Software   []ota.Running `json:"software,omitempty"`
	// Latest is the latest time that the backend has confirmed; the clock never goes back behind it.
	Latest time.Time `json:"latest,omitzero"`
	// Done are campaigns that were installed or given up, and are not offered again.
	Done    []string       `json:"done,omitempty"`
	Reports []cloud.Report `json:"reports,omitempty"` // that the backend has not had yet
	// Director and Images are the trusted metadata.
	Director trusted `json:"director"`
	Images   trusted `json:"images"`
}

// target is a package as the metadata of both repositories knows it.
type target struct {
	Path   string `json:"path"`
	Length int64  `json:"length"`
	SHA256 string `json:"sha256"` // hexadecimal
}

// runs says that an ECU ran a version when it was asked last.
func (r *record) runs(ecu, version string) bool {
	return slices.ContainsFunc(r.Software, func(s ota.Running) bool { return s.ECU == ecu && s.Version == version })
}

// load reads the record. A master without one is new.
func (m *Master) load() record {
	r := record{State: ota.Idle}
	if raw := m.storage.read(recordFile); raw != nil {
		if err := json.Unmarshal(raw, &r); err != nil {
			r = record{} // written by another version
		}
	}
	r.mend()
	return r
}

// mend makes a record hold together that another version has written. What it knows of trust and of the vehicle is kept.
func (r *record) mend() {
	withCampaign := r.Campaign != nil && len(r.Targets) == len(r.Campaign.Members)
	if !slices.Contains(ota.States, r.State) || !withCampaign && r.State != ota.Withdrawn {
		r.State, r.Cause = ota.Idle, ""
	}
	if r.State == ota.Paused && r.Resume != ota.Installing {
		r.Resume = ota.Downloading
	}
	if !withCampaign {
		r.Campaign, r.Targets, r.Begun, r.Committing = nil, nil, false, false
	}
	r.Attempt = min(max(r.Attempt, 0), maxAttempts)
}

// maxDone bounds the campaigns that are remembered; the backend does not offer the oldest any more.
const maxDone = 100

// close notes that a campaign has ended.
func (r *record) close(campaign string) {
	r.Done = append(r.Done, campaign)
	r.Done = r.Done[max(0, len(r.Done)-maxDone):]
}

// save writes the record down. It survives a power cut from then on.
func (l *life) save() {
	l.rec.Latest = l.clock.confirmed()
	l.waiting.Lock()
	raw, err := json.Marshal(l.rec)
	l.waiting.Unlock()
	if err != nil {
		panic(err) // it holds nothing that JSON does not
	}
	l.storage.replace(recordFile, raw)
}
