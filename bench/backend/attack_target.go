package backend

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"otabench/ecu/ota/cloud"
)

// Corrupt flips the lowest bit of the byte at offset in what is served of a target, until Heal.
func (b *Backend) Corrupt(target string, offset int64) error {
	return b.spoil("corrupt", target, func(content []byte) ([]byte, error) {
		if offset < 0 || offset >= int64(len(content)) {
			return nil, fmt.Errorf("offset %d is not within its %d bytes", offset, len(content))
		}
		spoilt := bytes.Clone(content)
		spoilt[offset] ^= 1
		return spoilt, nil
	})
}

// Truncate serves only the first size bytes of a target, as if it had no more, until Heal.
func (b *Backend) Truncate(target string, size int64) error {
	return b.spoil("truncate", target, func(content []byte) ([]byte, error) {
		if size < 0 || size > int64(len(content)) {
			return nil, fmt.Errorf("size %d is not within its %d bytes", size, len(content))
		}
		return content[:size], nil
	})
}

// Endless serves a target and then zeros without an end, whatever range is asked for, until Heal.
func (b *Backend) Endless(target string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	key, err := b.published(target)
	if err != nil {
		return fmt.Errorf("make a target endless: %w", err)
	}
	if b.faults.endless == nil {
		b.faults.endless = make(map[fetchedKey]bool)
	}
	b.faults.endless[key] = true
	return nil
}

// Swap says of a target, in one repository but not in the other, what is true of another target of it, until Heal. With
// Director, it is the director of the vehicle.
func (b *Backend) Swap(vin, target, other string, in Repository) error {
	return b.mislead("swap", vin, target, in, func(r *repository, truth metadata.TargetFiles) (metadata.TargetFiles, error) {
		swapped, ok := r.targets[other]
		if !ok {
			return truth, fmt.Errorf("target %q, which is to take its place, is not in the repository", other)
		}
		truth.Length, truth.Hashes = swapped.Length, swapped.Hashes
		return truth, nil
	})
}

// SwapForeign is Swap with a package that nobody has released: noise of the same size.
func (b *Backend) SwapForeign(vin, target string, in Repository) error {
	return b.mislead("swap", vin, target, in, func(_ *repository, truth metadata.TargetFiles) (metadata.TargetFiles, error) {
		noise := make([]byte, max(truth.Length, 1))
		rand.Read(noise)
		foreign, err := metadata.TargetFile().FromBytes(target, noise, "sha256")
		if err != nil {
			return truth, err
		}
		b.blobs[hexHash(foreign)] = noise
		truth.Length, truth.Hashes = foreign.Length, foreign.Hashes
		return truth, nil
	})
}

// WrongHardware says in a vehicle's director that a target is for other hardware, until Heal. The description of the
// campaign, which all can read, stays as it is.
func (b *Backend) WrongHardware(vin, target, hardware string) error {
	return b.mislead("change the hardware", vin, target, Director, func(_ *repository, truth metadata.TargetFiles) (metadata.TargetFiles, error) {
		var custom cloud.Custom
		if err := json.Unmarshal(*truth.Custom, &custom); err != nil {
			return truth, fmt.Errorf("read what the director says: %w", err)
		}
		custom.Hardware = hardware
		lie, err := withCustom(&truth, custom)
		if err != nil {
			return truth, err
		}
		return *lie, nil
	})
}

// mislead has one repository say something false of a target.
func (b *Backend) mislead(what, vin, target string, in Repository,
	lie func(r *repository, truth metadata.TargetFiles) (metadata.TargetFiles, error),
) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	fail := func(err error) error {
		return fmt.Errorf("%s of target %q in repository %s: %w", what, target, in, err)
	}
	v, err := b.vehicle(vin)
	if err != nil {
		return fail(err)
	}
	r := b.images
	if in == Director {
		r = v.director
	}
	truth, ok := r.targets[target]
	if !ok {
		return fail(errors.New("it is not there: publish it first"))
	}
	told, err := lie(r, *truth)
	if err != nil {
		return fail(err)
	}
	if err := r.tell(target, &told); err != nil {
		return fail(err)
	}
	return nil
}

// spoil replaces what is served of a target, on top of what is done to it already.
func (b *Backend) spoil(what, target string, change func([]byte) ([]byte, error)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	key, err := b.published(target)
	if err != nil {
		return fmt.Errorf("%s a target: %w", what, err)
	}
	content, ok := b.faults.contents[key]
	if !ok {
		content = b.blobs[key.hash]
	}
	spoilt, err := change(content)
	if err != nil {
		return fmt.Errorf("%s target %q: %w", what, target, err)
	}
	if b.faults.contents == nil {
		b.faults.contents = make(map[fetchedKey][]byte)
	}
	b.faults.contents[key] = spoilt
	return nil
}

// published finds a target of the image repository. b.mu is held.
func (b *Backend) published(target string) (fetchedKey, error) {
	t, ok := b.images.targets[target]
	if !ok {
		return fetchedKey{}, fmt.Errorf("target %q is not in the image repository: publish it first", target)
	}
	return fetchedKey{target, hexHash(t)}, nil
}

// size is that of a target in bytes.
func (b *Backend) size(target string) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key, err := b.published(target)
	return int64(len(b.blobs[key.hash])), err
}
