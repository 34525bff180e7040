package backend

import (
	"fmt"
	"slices"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// Repository is one of the two kinds of repositories.
type Repository string

// Repositories.
const (
	Director Repository = "director" // those of all vehicles
	Images   Repository = "images"
)

// ExpireMetadata issues the metadata of a role ("root", "timestamp", "snapshot", "targets") with new versions, good
// signatures, and an expiry one hour ago, until Heal. Without in, both repositories do so.
func (b *Backend) ExpireMetadata(role string, in ...Repository) error {
	return b.deceive("expire the metadata of role "+role, in, func(r *repository) error {
		return check(role, r.expire)
	})
}

// ForgeMetadata serves metadata of a role that is signed by keys which nobody trusts, until Heal: once in their own name
// and once in that of the true keys. A forged root names the foreign keys itself, and one of the two true keys has signed
// it as well. The forgery is newer than all before it, and what refers to it is signed as it should be. Without in, both
// repositories do so.
func (b *Backend) ForgeMetadata(role string, in ...Repository) error {
	return b.deceive("forge the metadata of role "+role, in, func(r *repository) error {
		return check(role, r.forge)
	})
}

// MixAndMatch issues a snapshot that names a new version of the targets metadata, and serves an older version in its
// place, until Heal. Without in, both repositories do so.
func (b *Backend) MixAndMatch(in ...Repository) error {
	return b.deceive("mix metadata", in, (*repository).mix)
}

// Replay serves the oldest timestamp metadata that has not expired, and so all that belongs to it, until Heal. Vehicles
// that have seen newer metadata notice it. It is an error if there is nothing older. Without in, both repositories do so.
func (b *Backend) Replay(in ...Repository) error {
	return b.deceive("replay metadata", in, (*repository).replay)
}

// Freeze serves the present timestamp metadata, and so all that belongs to it, until Thaw or Heal, whatever is published
// meanwhile. Vehicles notice it when the timestamp expires, 24 hours after it was issued at the latest. Without in, both
// repositories do so.
func (b *Backend) Freeze(in ...Repository) {
	b.each(in, func(r *repository) error { r.freeze(); return nil })
}

// Thaw ends Freeze and Replay.
func (b *Backend) Thaw(in ...Repository) {
	b.each(in, func(r *repository) error { r.thaw(); return nil })
}

// RotateRoot replaces the root keys and has the old ones sign the new root metadata: vehicles must follow. It is no
// attack, and Heal does not undo it. Without in, both repositories do so.
func (b *Backend) RotateRoot(in ...Repository) error {
	return b.deceive("rotate the root keys", in, (*repository).rotateRoot)
}

// deceive changes repositories and says what failed.
func (b *Backend) deceive(what string, in []Repository, change func(*repository) error) error {
	if err := b.each(in, change); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// each visits the repositories of the kinds, or all, up to the first error.
func (b *Backend) each(in []Repository, visit func(*repository) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(in) == 0 || slices.Contains(in, Images) {
		if err := visit(b.images); err != nil {
			return fmt.Errorf("image repository: %w", err)
		}
	}
	if len(in) != 0 && !slices.Contains(in, Director) {
		return nil
	}
	for vin, v := range b.vehicles {
		if err := visit(v.director); err != nil {
			return fmt.Errorf("director of vehicle %s: %w", vin, err)
		}
	}
	return nil
}

// check calls f with a role that there is.
func check(role string, f func(string) error) error {
	if !slices.Contains(metadata.TOP_LEVEL_ROLE_NAMES[:], role) {
		return fmt.Errorf("there is no role %q: use one of %q", role, metadata.TOP_LEVEL_ROLE_NAMES)
	}
	return f(role)
}
