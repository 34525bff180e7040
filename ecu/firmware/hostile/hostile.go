// Package hostile damages firmware packages the way transport, storage and attackers do, so that a test can show that
// an ECU refuses them.
//
// Only damage that needs no signing key is made here. Packages that are wrong and well signed (another hardware, an old
// security counter, another ECU's image) or signed with a foreign key are made with [firmware.Build].
package hostile

import (
	"fmt"

	"otabench/ecu/firmware"
)

// Variant is a damaged package. Its Manifest still reads as before the damage, so that a tester sends it without
// complaint.
type Variant struct {
	Name    string // what was done, for reports
	Package *firmware.Package
}

func (v Variant) String() string { return v.Name }

// Region is a part of a package.
type Region uint8

// Regions. The image has three, since checks that look at only the first or last block are a known weakness.
const (
	Manifest Region = iota
	Signature
	ImageStart
	ImageMiddle
	ImageEnd
)

// Regions returns all of them.
func Regions() []Region { return []Region{Manifest, Signature, ImageStart, ImageMiddle, ImageEnd} }

func (r Region) String() string {
	switch r {
	case Manifest:
		return "manifest"
	case Signature:
		return "signature"
	case ImageStart:
		return "image start"
	case ImageMiddle:
		return "image middle"
	case ImageEnd:
		return "image end"
	}
	return fmt.Sprintf("Region(%d)", r)
}

// Tamper flips one bit in a region of a copy of p. It panics if p has nothing there.
func Tamper(p *firmware.Package, r Region) Variant {
	c := p.Clone()
	switch r {
	case Manifest:
		c.Raw[len(c.Raw)/2] ^= 1
	case Signature:
		c.Signature[len(c.Signature)/2] ^= 1
	case ImageStart:
		c.Image[0] ^= 1
	case ImageMiddle:
		c.Image[len(c.Image)/2] ^= 1
	case ImageEnd:
		c.Image[len(c.Image)-1] ^= 1
	}
	return Variant{Name: "bit flipped in " + r.String(), Package: c}
}

// Truncate keeps the first n bytes of the image in a copy of p.
func Truncate(p *firmware.Package, n int) Variant {
	c := p.Clone()
	c.Image = c.Image[:min(max(n, 0), len(c.Image))]
	return Variant{Name: fmt.Sprintf("image cut to %d of %d bytes", len(c.Image), len(p.Image)), Package: c}
}
