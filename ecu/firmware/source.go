package firmware

import (
	"maps"
	"slices"

	"otabench/ecu/image"
)

// Names of the sources that signed packages have.
const (
	sourceManifest = "manifest"
	sourceImage    = "image"
)

// Source returns what the package has under a name: "manifest" is the signed manifest as an ECU's bootloader reads it,
// "image" the image, both without addresses; a release has its files.
func (p *Package) Source(name string) (*image.Image, bool) {
	switch {
	case p.Files != nil:
		file, found := p.Files[name]
		return file, found
	case name == sourceManifest:
		return raw(name, p.Header()), true
	case name == sourceImage:
		return raw(name, p.Image), true
	}
	return nil, false
}

// raw is an image of bytes without an address.
func raw(name string, data []byte) *image.Image {
	m := &image.Image{Name: name, Format: image.FormatRaw}
	if len(data) > 0 {
		m.Segments = []image.Segment{{Data: data}}
	}
	return m
}

// Sources are the names of the sources that the package has.
func (p *Package) Sources() []string {
	if p.Files == nil {
		return []string{sourceManifest, sourceImage}
	}
	return slices.Sorted(maps.Keys(p.Files))
}
