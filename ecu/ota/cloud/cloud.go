// Package cloud is the interface between the bench's update backend and the update masters that know it: HTTPS with
// client certificates, TUF metadata in the two repositories of Uptane, and JSON.
//
// For a vehicle with an identification number VIN, below the backend's address:
//
//	GET  /v1/vehicles/VIN/director/NAME      TUF metadata of the director: root, timestamp, snapshot, targets
//	GET  /v1/images/metadata/NAME            TUF metadata of the image repository
//	GET  /v1/images/targets/HASH.PATH        a target by its SHA-256, with ranges
//	GET  /v1/probe/N                         N bytes, at most [MaxProbe], by which a vehicle measures its connection
//	GET  /v1/vehicles/VIN/users/USER         an [Account] with its permissions on the vehicle
//	GET  /v1/vehicles/VIN/commands?after=N   [Commands] of the app, as soon as there are any, or none after [PollTime]
//	PUT  /v1/vehicles/VIN/view               an ota.View, which the app shows
//	POST /v1/vehicles/VIN/reports            a [Report]
//
// For the app, with the account's token as bearer:
//
//	GET  /app/v1/vehicles/VIN/view?after=N   a [Seen], as soon as it is newer than N, or what there is after [PollTime]
//	POST /app/v1/vehicles/VIN/actions        an ota.Action; 403 without the permission
//
// The metadata is versioned as in a TUF repository with consistent snapshots. The director's targets have [Custom] with
// what belongs to them.
package cloud

import (
	"crypto/tls"
	"crypto/x509"
	"time"

	"otabench/ecu/ota"
)

// PollTime is how long the backend keeps a request that waits for news, at most.
const PollTime = 20 * time.Second

// MaxProbe bounds a probe of the connection, in bytes.
const MaxProbe = 32 << 10

// MayUpdate is the permission to decide on updates of a vehicle.
const MayUpdate = "update"

// Account is a user of a vehicle.
type Account struct {
	User        string   `json:"user"`
	Permissions []string `json:"permissions"`
}

// Command is what a user has done in the app.
type Command struct {
	Seq    int        `json:"seq"` // from 1
	Action ota.Action `json:"action"`
}

// Commands is the answer to a vehicle that asks for them.
type Commands struct {
	Commands []Command `json:"commands"`
}

// Seen is what the app shows, with a number that rises with each change.
type Seen struct {
	Seq  int      `json:"seq"`
	View ota.View `json:"view"`
}

// Report is what the master tells the backend, which keeps it.
type Report struct {
	Campaign  string        `json:"campaign,omitempty"`
	Event     string        `json:"event"` // an ota.State, or "refused" and "error"
	Cause     ota.Cause     `json:"cause,omitempty"`
	Text      string        `json:"text,omitempty"`
	User      string        `json:"user,omitempty"`
	Reference string        `json:"reference,omitempty"`
	Software  []ota.Running `json:"software,omitempty"`
	At        time.Time     `json:"at"` // by the vehicle's clock
}

// CampaignPath is the target that describes a campaign: a JSON [Campaign].
const CampaignPath = "campaign.json"

// Campaign is what belongs to all packages of an update.
type Campaign struct {
	ota.Offer
	// Members are its packages, in the order in which they are installed.
	Members []Member `json:"members"`
}

// Member is one package of a campaign.
type Member struct {
	ECU      string   `json:"ecu"`    // role in the vehicle
	Target   string   `json:"target"` // path of the package in both repositories
	Version  string   `json:"version"`
	RXSWIN   string   `json:"rxswin,omitempty"`
	Hardware string   `json:"hardware"`
	Requires []string `json:"requires,omitempty"` // "ECU VERSION" that must run in another ECU, or come with this campaign
}

// Custom is what the director says of a target.
type Custom struct {
	ECU      string `json:"ecu,omitempty"`
	Hardware string `json:"hardware,omitempty"`
	Counter  uint32 `json:"counter,omitempty"` // security counter of the package
}

// Credentials are what a vehicle has of its backend when it leaves the factory.
type Credentials struct {
	VIN          string
	Address      string          // base of all addresses, such as https://updates.example
	Authority    []byte          // that the backend's certificate is of, in PEM
	Authorities  *x509.CertPool  // the same
	Certificate  tls.Certificate // of the vehicle
	DirectorRoot []byte          // TUF root metadata, version 1
	ImagesRoot   []byte
}
