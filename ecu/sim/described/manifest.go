package described

import (
	"otabench/ecu/description"
	"otabench/ecu/firmware"
)

// manifest is the signed manifest of software; nil if no block has one that can be read.
func (s software) manifest(p description.Programming) *firmware.Package {
	header, _ := s.source(p, description.SourceManifest)
	if pkg, _, err := firmware.ParseHeader(header); err == nil {
		return pkg
	}
	return nil
}

// source is what the software has of a source of signed packages; false if no block is for it, or nobody can tell.
func (s software) source(p description.Programming, name string) ([]byte, bool) {
	for _, b := range p.Blocks {
		if one := s[partitionOf(p, b)]; b.Source == name && one != nil {
			return one.software()
		}
	}
	return nil, false
}

// authentic judges the manifest of an update, if there is to be one: whether it is for this ECU, is not older than what
// is confirmed, belongs to its image, and is signed by whom the ECU trusts.
func (m *memory) authentic() bool {
	p := m.desc.Programming
	if _, wanted := m.target().source(p, description.SourceManifest); !wanted {
		return true
	}
	pkg := m.target().manifest(p)
	if pkg == nil || pkg.Manifest.Hardware != p.Hardware || p.System != "" && pkg.Manifest.ECU != p.System {
		return false
	}
	if before := m.confirmedManifest(); before != nil && pkg.Manifest.Counter < before.Manifest.Counter {
		return false
	}
	if m.trust != nil && pkg.VerifySignature(m.trust) != nil {
		return false
	}
	var there bool
	pkg.Image, there = m.target().source(p, description.SourceImage)
	return !there || pkg.VerifyImage() == nil
}

// confirmedManifest is that of the software that an ECU goes back to.
func (m *memory) confirmedManifest() *firmware.Package {
	if m.previous != nil {
		return m.previous.manifest(m.desc.Programming)
	}
	return m.runs.manifest(m.desc.Programming)
}
