package backend

import (
	"crypto/x509"
	"fmt"
	"regexp"
	"slices"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"otabench/ecu/ota/cloud"
)

// vehicle is what the backend has of one vehicle.
type vehicle struct {
	vin      string
	director *repository
	release  *Release // that is offered; nil if none
	accounts map[string][]string
	commands []cloud.Command
	seen     cloud.Seen
	reports  []cloud.Report
	changed  chan struct{} // closed with the next change of commands or seen
}

// wake lets all requests look again that wait for news of the vehicle. b.mu is held.
func (v *vehicle) wake() {
	close(v.changed)
	v.changed = make(chan struct{})
}

// vinPattern is wider than ISO 3779, so that benches may name vehicles that no maker could.
var vinPattern = regexp.MustCompile(`^[A-Z0-9]{1,17}$`)

// Provision makes the credentials of a vehicle, as its maker would before it leaves the factory. VIN has up to 17 digits
// and capital letters. A vehicle that is provisioned again gets another certificate, and both are good.
func (b *Backend) Provision(vin string) (cloud.Credentials, error) {
	if !vinPattern.MatchString(vin) {
		return cloud.Credentials{}, fmt.Errorf("provision vehicle %q: a VIN has up to 17 digits and capital letters", vin)
	}
	certificate, err := b.authority.client(vin)
	if err != nil {
		return cloud.Credentials{}, fmt.Errorf("make the certificate of vehicle %s: %w", vin, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	v, err := b.enrol(vin)
	if err != nil {
		return cloud.Credentials{}, fmt.Errorf("make the director of vehicle %s: %w", vin, err)
	}
	root := fileName(metadata.ROOT, 1)
	return cloud.Credentials{
		VIN:          vin,
		Address:      b.Address(),
		Authority:    b.authority.pem(),
		Authorities:  b.authority.pool(),
		Certificate:  certificate,
		DirectorRoot: slices.Clone(v.director.files[root]),
		ImagesRoot:   slices.Clone(b.images.files[root]),
	}, nil
}

// Authority is the certificate that the backend's and the vehicles' are issued with: what a vehicle must trust that is not
// simulated.
func (b *Backend) Authority() *x509.Certificate { return b.authority.certificate }

// enrol finds a vehicle or makes it. b.mu is held.
func (b *Backend) enrol(vin string) (*vehicle, error) {
	if v, ok := b.vehicles[vin]; ok {
		return v, nil
	}
	director, err := newRepository()
	if err != nil {
		return nil, err
	}
	v := &vehicle{vin: vin, director: director, accounts: make(map[string][]string), changed: make(chan struct{})}
	b.vehicles[vin] = v
	return v, nil
}
