package example

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"otabench/ecu/image"
	"otabench/ecu/sim/inverter"
)

// maker is somebody whose releases are files in formats of their own.
type maker struct {
	ecu, hardware string
	files         func(version string) map[string]file
}

// file is one file of a release.
type file struct {
	name   string
	format image.Format
	image  *image.Image
}

func makers() map[string]maker {
	return map[string]maker{
		"inverter": {inverter.Name, inverter.Hardware, inverterFiles},
		"cluster":  {"IPC", "IPC-HW-3", clusterFiles},
	}
}

// Makers are the names of the makers of [WriteReleases].
func Makers() []string { return []string{"cluster", "inverter"} }

// WriteReleases writes the releases "current" and "next" of a maker into a folder, and returns the paths of their release
// files.
func WriteReleases(dir, name string) ([]string, error) {
	m, known := makers()[name]
	if !known {
		return nil, fmt.Errorf("there is no example maker %q; there are %v", name, Makers())
	}
	var paths []string
	for _, r := range recipes() {
		if r.name != "current" && r.name != "next" {
			continue
		}
		path, err := m.write(dir, r.name, r.version)
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

func (m maker) write(dir, name, version string) (string, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "format: otabench-release/1\necu: %s\nhardware: %s\nversion: %q\nrxswin: R156 EXAMPLE %s\nfiles:\n",
		m.ecu, m.hardware, version, version)
	files := m.files(version)
	for _, source := range slices.Sorted(maps.Keys(files)) {
		f := files[source]
		data, err := image.Encode(f.format, f.image)
		if err != nil {
			return "", err
		}
		beside := name + "-" + f.name
		if err := os.WriteFile(filepath.Join(dir, beside), data, 0o644); err != nil {
			return "", err
		}
		fmt.Fprintf(&text, "  %s: {file: %s, sha256: %x}\n", source, beside, sha256.Sum256(data))
	}
	path := filepath.Join(dir, name+".yaml")
	return path, os.WriteFile(path, text.Bytes(), 0o644)
}

// content is data that looks like code: neither random nor all the same. text stands in it at an offset.
func content(size, offset int, text string) []byte {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(i>>4 ^ i*i>>9)
	}
	copy(data[offset:], text)
	return data
}

// versionField is how long a version is in the software of these makers, in bytes.
const versionField = 16

func field(version string) string {
	return version + string(make([]byte, max(versionField-len(version), 0)))
}

// at is an image of pieces by their addresses.
func at(pieces map[uint64][]byte) *image.Image {
	m := &image.Image{}
	for _, address := range slices.Sorted(maps.Keys(pieces)) {
		m.Segments = append(m.Segments, image.Segment{Address: address, Data: pieces[address]})
	}
	return m
}

// inverterFiles are two VBF files, which say themselves where they go.
func inverterFiles(version string) map[string]file {
	vbf := func(name, kind, part string, m *image.Image) file {
		m.VBF = &image.VBF{
			Version: "2.6", SoftwareVersion: version, PartNumbers: []string{part}, PartType: kind,
			Networks: []string{"CAN_HS"}, ECUAddresses: []uint32{0x1D}, FrameFormat: "CAN_EXTENDED",
		}
		return file{name, image.FormatVBF, m}
	}
	return map[string]file{
		"application": vbf("application.vbf", "EXE", "INV-A", at(map[uint64][]byte{0x80000: content(20<<10, 0x100, field(version))})),
		"calibration": vbf("calibration.vbf", "DATA", "INV-C", at(map[uint64][]byte{0xA0000: content(6<<10, 0, field(version))})),
	}
}

// clusterFiles are one Intel HEX file of software with gaps, and one of pictures.
func clusterFiles(version string) map[string]file {
	return map[string]file{
		"software": {"software.hex", image.FormatIntelHex, at(map[uint64][]byte{
			0x10000: content(9<<10, 0x20, field(version)), 0x14000: content(777, 0, "end "+version),
		})},
		"pictures": {"pictures.hex", image.FormatIntelHex, at(map[uint64][]byte{0x40000: content(12<<10, 0, "pictures "+version)})},
	}
}
