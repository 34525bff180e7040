package backend

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"otabench/ecu/ota/cloud"
)

// Release is a campaign with its packages. The sizes and times of the offer are told as they stand there.
type Release struct {
	cloud.Campaign
	// Files are the packages by their target paths. Each member needs its own.
	Files map[string][]byte
	// Custom is what the director says of a target, where it is not the ECU and the hardware of the member.
	Custom map[string]cloud.Custom
}

// Publish offers a release to a vehicle in place of what was offered before. Its packages and its description
// (cloud.CampaignPath) become targets of the image repository and of the vehicle's director.
//
// A path has one content in the image repository. So what another vehicle is offered under the same path, its campaign
// above all, must be the same; otherwise Publish changes nothing and returns an error, as for a release that does not fit
// together.
func (b *Backend) Publish(vin string, release Release) error {
	files, err := release.files()
	if err != nil {
		return fmt.Errorf("publish %q for vehicle %s: %w", release.Offer.Campaign, vin, err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.publish(vin, &release, files); err != nil {
		return fmt.Errorf("publish %q for vehicle %s: %w", release.Offer.Campaign, vin, err)
	}
	b.enter(Entry{VIN: vin, Text: fmt.Sprintf("published campaign %q, version %q", release.Offer.Campaign, release.Version)})
	return nil
}

func (b *Backend) publish(vin string, release *Release, files map[string][]byte) error {
	v, err := b.vehicle(vin)
	if err != nil {
		return err
	}
	images, director, err := release.targets(files)
	if err != nil {
		return err
	}
	if err := b.conflict(v, images); err != nil {
		return err
	}
	for path, content := range files {
		b.blobs[hexHash(images[path])] = content
	}
	targets := maps.Clone(b.images.targets)
	if targets == nil {
		targets = make(map[string]*metadata.TargetFiles)
	}
	maps.Copy(targets, images)
	b.images.targets = targets
	if err := b.images.issue(); err != nil {
		return err
	}
	v.director.targets = director
	v.release = release
	return v.director.issue()
}

// conflict says which other vehicle is offered something else under one of the paths. b.mu is held.
func (b *Backend) conflict(v *vehicle, images map[string]*metadata.TargetFiles) error {
	for vin, other := range b.vehicles {
		if other == v {
			continue
		}
		for path, target := range other.director.targets {
			if mine, ok := images[path]; ok && !mine.Equal(*target) {
				return fmt.Errorf("target %q has another content for vehicle %s: cancel that first", path, vin)
			}
		}
	}
	return nil
}

// Cancel takes everything out of the vehicle's director. The image repository keeps it, as it does with all that has
// been released.
func (b *Backend) Cancel(vin string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, err := b.vehicle(vin)
	if err != nil {
		return fmt.Errorf("cancel a campaign: %w", err)
	}
	v.release = nil
	v.director.targets = nil
	if err := v.director.issue(); err != nil {
		return fmt.Errorf("cancel the campaign of vehicle %s: %w", vin, err)
	}
	b.enter(Entry{VIN: vin, Text: "cancelled the campaign"})
	return nil
}

// files are all targets of the release, copied, with its description.
func (r *Release) files() (map[string][]byte, error) {
	files := make(map[string][]byte, len(r.Files)+1)
	for path, content := range r.Files {
		if !fs.ValidPath(path) || path == "." || path == cloud.CampaignPath {
			return nil, fmt.Errorf("%q cannot be the path of a package", path)
		}
		files[path] = bytes.Clone(content)
	}
	for _, m := range r.Members {
		if _, ok := files[m.Target]; !ok {
			return nil, fmt.Errorf("the package of member %q is missing: add file %q", m.ECU, m.Target)
		}
	}
	for path := range r.Custom {
		if _, ok := files[path]; !ok {
			return nil, fmt.Errorf("something is said of target %q, which is no file of the release", path)
		}
	}
	description, err := json.Marshal(r.Campaign)
	if err != nil {
		return nil, fmt.Errorf("describe the campaign: %w", err)
	}
	files[cloud.CampaignPath] = description
	return files, nil
}

// targets describes all files as the image repository does, and as the director does.
func (r *Release) targets(files map[string][]byte) (images, director map[string]*metadata.TargetFiles, err error) {
	images = make(map[string]*metadata.TargetFiles, len(files))
	director = make(map[string]*metadata.TargetFiles, len(files))
	customs := r.customs()
	for path, content := range files {
		image, err := metadata.TargetFile().FromBytes(path, content, "sha256")
		if err != nil {
			return nil, nil, fmt.Errorf("describe target %q: %w", path, err)
		}
		images[path] = image
		if director[path], err = withCustom(image, customs[path]); err != nil {
			return nil, nil, fmt.Errorf("describe target %q: %w", path, err)
		}
	}
	return images, director, nil
}

func (r *Release) customs() map[string]cloud.Custom {
	customs := make(map[string]cloud.Custom)
	for _, m := range r.Members {
		customs[m.Target] = cloud.Custom{ECU: m.ECU, Hardware: m.Hardware}
	}
	maps.Copy(customs, r.Custom)
	return customs
}

// withCustom is a target with what the director says of it.
func withCustom(target *metadata.TargetFiles, custom cloud.Custom) (*metadata.TargetFiles, error) {
	raw, err := json.Marshal(custom)
	if err != nil {
		return nil, err
	}
	with := *target
	with.Custom = (*json.RawMessage)(&raw)
	return &with, nil
}

// hexHash is the SHA-256 of a target as it stands in its address.
func hexHash(t *metadata.TargetFiles) string { return hex.EncodeToString(t.Hashes["sha256"]) }
