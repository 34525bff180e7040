package bench

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"time"

	"otabench/bench/backend"
	"otabench/ecu/firmware"
	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// Campaign is an update of the vehicle by its packages' roles in the bench file.
type Campaign struct {
	// Packages has the role of the package for each ECU that gets one.
	Packages map[string]string
	// Requires has for an ECU what must run in others: "ECU VERSION".
	Requires map[string][]string
	// Hardware replaces the hardware number that the campaign says an ECU has to have.
	Hardware map[string]string
	// Version of the whole; that of the last package if it is empty.
	Version string
}

// Release makes the release of a campaign. Each call gives it a new id.
func (v *Vehicle) Release(c Campaign) (backend.Release, error) {
	v.offers++
	r := backend.Release{Files: map[string][]byte{}, Custom: map[string]cloud.Custom{}}
	r.Offer = ota.Offer{
		Campaign: fmt.Sprintf("%s-%d", time.Now().UTC().Format("20060102"), v.offers), Version: c.Version,
		Download: time.Minute, Installation: 2 * time.Minute,
	}
	for _, role := range v.config.Behind {
		name, ok := c.Packages[role]
		if !ok {
			continue
		}
		if err := v.add(&r, c, role, name); err != nil {
			return r, err
		}
	}
	if len(r.Members) != len(c.Packages) {
		return r, fmt.Errorf("vehicle: a campaign for %v; behind the master are %v", slices.Sorted(maps.Keys(c.Packages)), v.config.Behind)
	}
	return r, nil
}

// add puts a package into a release.
func (v *Vehicle) add(r *backend.Release, c Campaign, role, name string) error {
	e := v.bench.ECU(role)
	p := e.Package(name)
	var file bytes.Buffer
	if err := firmware.Write(&file, p); err != nil {
		return fmt.Errorf("vehicle: package %s of %s: %w", name, role, err)
	}
	m := cloud.Member{
		ECU: role, Target: fmt.Sprintf("%s-%s-%s.ota", role, name, p.Manifest.Version), Version: p.Manifest.Version, RXSWIN: p.Manifest.RXSWIN,
		Hardware: e.Description().Programming.Hardware, Requires: c.Requires[role],
	}
	if hw, ok := c.Hardware[role]; ok {
		m.Hardware = hw
	}
	r.Members = append(r.Members, m)
	r.Files[m.Target] = file.Bytes()
	r.Size += int64(file.Len())
	if c.Version == "" {
		r.Version = p.Manifest.Version
	}
	v.tell(r, p.Manifest)
	return nil
}

// tell adds to an offer what a package says to the user.
func (v *Vehicle) tell(r *backend.Release, m firmware.Manifest) {
	n := m.Notice
	if n == nil {
		n = &firmware.Notice{Purpose: "Release " + m.Version}
	}
	r.Purpose = n.Purpose
	for list, more := range map[*[]string][]string{&r.Changes: n.Changes, &r.Unavailable: n.Unavailable, &r.Instructions: {n.Instructions}} {
		for _, text := range more {
			if text != "" && !slices.Contains(*list, text) {
				*list = append(*list, text)
			}
		}
	}
}

// Publish offers a campaign to the vehicle.
func (v *Vehicle) Publish(c Campaign) (backend.Release, error) {
	r, err := v.Release(c)
	if err != nil {
		return r, err
	}
	return r, v.Backend.Publish(v.config.VIN, r)
}
