package sim

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"otabench/ecu/firmware"
)

// verdict is the outcome of a check of a slot, and the status byte of routine 0x0202.
type verdict byte

const (
	pass verdict = iota
	badSignature
	badDigest
	wrongHardware
	wrongECU
	counterTooLow
	incomplete
)

func (v verdict) String() string {
	names := []string{"pass", "bad signature", "bad digest", "wrong hardware", "wrong ECU", "security counter too low", "incomplete"}
	if int(v) < len(names) {
		return names[v]
	}
	return fmt.Sprintf("verdict(%d)", v)
}

// check verifies what a slot holds against the trusted key, this ECU, and the least security counter. It takes the time
// that reading the image takes, and fails only when ctx ends.
func (w software) check(ctx context.Context, s slot, least uint32) (verdict, error) {
	if err := w.pass(ctx, w.cfg.Flash.HeaderSize); err != nil {
		return incomplete, err
	}
	m, v := w.checkHeader(s, least)
	if v != pass {
		return v, nil
	}
	if err := w.pass(ctx, int(m.Size)); err != nil {
		return incomplete, err
	}
	return w.checkImage(s, m), nil
}

// checkHeader verifies everything but the image.
func (w software) checkHeader(s slot, least uint32) (firmware.Manifest, verdict) {
	p, err := w.header(s)
	switch {
	case p == nil:
		return firmware.Manifest{}, incomplete
	case !authentic(p, w.cfg.TrustedKey):
		return firmware.Manifest{}, badSignature
	case err != nil:
		return firmware.Manifest{}, incomplete
	}
	return p.Manifest, w.suits(p.Manifest, least)
}

func authentic(p *firmware.Package, key ed25519.PublicKey) bool { return p.VerifySignature(key) == nil }

// suits says whether authentic software is for this ECU.
func (w software) suits(m firmware.Manifest, least uint32) verdict {
	switch {
	case m.ECU != w.cfg.Name:
		return wrongECU
	case m.Hardware != w.cfg.Hardware:
		return wrongHardware
	case isDowngrade(m.Counter, least):
		return counterTooLow
	case m.Size > int64(w.cfg.Flash.imageRoom()):
		return incomplete
	}
	return pass
}

func isDowngrade(counter, least uint32) bool { return counter < least }

// checkImage compares the image with its digest. An image whose last page is still erased was never sent whole.
func (w software) checkImage(s slot, m firmware.Manifest) verdict {
	image, err := w.image(s, int(m.Size))
	if err != nil {
		return incomplete
	}
	if sameDigest(image, m.SHA256) {
		return pass
	}
	last := (len(image) - 1) / w.flash.Page() * w.flash.Page()
	if len(bytes.Trim(image[last:], "\xff")) == 0 {
		return incomplete
	}
	return badDigest
}

func sameDigest(image []byte, want string) bool {
	digest := sha256.Sum256(image)
	return hex.EncodeToString(digest[:]) == want
}
