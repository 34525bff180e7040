package flash

import (
	"encoding/hex"
	"fmt"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/uds"
)

// Segment is one block of the description with what a package puts there.
type Segment struct {
	Name    string
	Address uint64
	Erase   uint64 // bytes to be erased, at least len(Data)
	Data    []byte
}

// Segments divides a package into the blocks of d, in their order.
func Segments(d description.ECU, p *firmware.Package) ([]Segment, error) {
	d = d.WithDefaults()
	segments := make([]Segment, len(d.Programming.Blocks))
	for i, b := range d.Programming.Blocks {
		s := Segment{Name: b.Name, Address: b.Address}
		switch b.Source {
		case description.SourceManifest:
			s.Data = p.Header()
		case description.SourceImage:
			s.Data = p.Image
		default:
			return nil, fmt.Errorf("block %s has the unknown source %q", b.Name, b.Source)
		}
		s.Erase = max(b.Size, uint64(len(s.Data)))
		if len(s.Data) == 0 {
			return nil, fmt.Errorf("block %s has no data", b.Name)
		}
		segments[i] = s
	}
	return segments, nil
}

// memory describes a region in the widths that the ECU wants.
func memory(p description.Programming, address, size uint64) uds.Memory {
	return uds.Memory{Address: address, Size: size, AddressLength: p.AddressLength, SizeLength: p.SizeLength}
}

// fingerprint returns the bytes to be written before erasing; none if the description has none.
func fingerprint(p description.Programming) ([]byte, error) {
	data, err := hex.DecodeString(p.Fingerprint)
	if err != nil {
		return nil, fmt.Errorf("the description's fingerprint %q is not hexadecimal", p.Fingerprint)
	}
	return data, nil
}

// fits checks a package against what the description says of the ECU.
func fits(d description.ECU, p *firmware.Package) error {
	m := p.Manifest
	if want := d.Programming.Hardware; m.Hardware != want {
		return fmt.Errorf("%w: it is for hardware %q, and this is %q", ErrPackage, m.Hardware, want)
	}
	if want := d.Programming.System; want != "" && m.ECU != want {
		return fmt.Errorf("%w: it is for %q, and this is %q", ErrPackage, m.ECU, want)
	}
	return nil
}
