package sim

import (
	"bytes"
	"context"
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
	case !w.authentic(p):
		return firmware.Manifest{}, badSignature
	case err != nil:
		return firmware.Manifest{}, incomplete
	}
	return p.Manifest, w.suits(p.Manifest, least)
}

func (w software) authentic(p *firmware.Package) bool {
	switch {
	case w.cfg.has(SignatureNotChecked):
		return true
	case w.cfg.has(UnsignedAccepted) && len(bytes.Trim(p.Signature, "\x00")) == 0:
		return true
	}
	return p.VerifySignature(w.cfg.TrustedKey) == nil
}

// suits says whether authentic software is for this ECU.
func (w software) suits(m firmware.Manifest, least uint32) verdict {
	switch {
	case m.ECU != w.cfg.Name && !w.cfg.has(ECUNotChecked):
		return wrongECU
	case m.Hardware != w.cfg.Hardware && !w.cfg.has(HardwareNotChecked):
		return wrongHardware
	case isDowngrade(m.Counter, least) && !w.cfg.has(DowngradeAccepted):
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
	if w.cfg.has(DigestNotChecked) || sameDigest(image, m.SHA256) || w.halfWhole(image, m) {
		return pass
	}
	last := (len(image) - 1) / w.flash.Page() * w.flash.Page()
	if len(bytes.Trim(image[last:], "\xff")) == 0 {
		return incomplete
	}
	return badDigest
}

// halfWhole is the check of ECUs that look at the first half only.
func (w software) halfWhole(image []byte, m firmware.Manifest) bool {
	a, err := parseApplication(image)
	if err != nil || len(image) < a.MinImage() || !w.cfg.has(DigestOfFirstHalf) {
		return false
	}
	sent := a.Image(len(image))
	half := len(image) / 2
	return sameDigest(sent, m.SHA256) && bytes.Equal(image[:half], sent[:half])
}

func sameDigest(image []byte, want string) bool {
	digest := sha256.Sum256(image)
	return hex.EncodeToString(digest[:]) == want
}
