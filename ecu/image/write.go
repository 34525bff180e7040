package image

import (
	"bytes"
	"errors"
	"fmt"
	"os"
)

// ErrWrite is wrapped where an image is one that a format cannot hold.
var ErrWrite = errors.New("the format cannot hold it")

// WriteFile writes an image to path. Errors wrap ErrWrite, or what the operating system says.
func WriteFile(path string, format Format, m *Image) error {
	data, err := Encode(format, m)
	if err != nil {
		return fmt.Errorf("write image %s: %w", path, err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("write image: %w", err)
	}
	return nil
}

// Encode returns the content of a file that has the image in a format. The same image always gives the same bytes.
// Errors wrap ErrWrite.
func Encode(format Format, m *Image) ([]byte, error) {
	switch format {
	case FormatRaw:
		return encodeRaw(m)
	case FormatIntelHex:
		return encodeIntelHex(m)
	case FormatSRecord:
		return encodeSRecord(m)
	case FormatVBF:
		return encodeVBF(m)
	}
	return nil, fmt.Errorf("%w: %q; there are %v", ErrFormat, format, Formats())
}

// encodeRaw writes the bytes from the first to the last. Raw files have no addresses, and thus no gaps.
func encodeRaw(m *Image) ([]byte, error) {
	if gaps := m.Gaps(); len(gaps) > 0 {
		return nil, fmt.Errorf("%w: raw bytes have no gaps, and %s has %d, the first at %v; Fill them first",
			ErrWrite, m.name(), len(gaps), gaps[0])
	}
	var data []byte
	for _, s := range m.Segments {
		data = bytes.Clone(s.Data)
	}
	return data, nil
}

// fits checks that data and entry are within the 32-bit addresses of all formats that have any.
func fits(m *Image) error {
	if m.Bounds().To > addressSpace {
		return fmt.Errorf("%w: addresses have 32 bits, and %s has data at %v", ErrWrite, m.name(), m.Bounds())
	}
	if m.Entry != nil && *m.Entry >= addressSpace {
		return fmt.Errorf("%w: addresses have 32 bits, and %s starts at 0x%X", ErrWrite, m.name(), *m.Entry)
	}
	if m.VBF != nil && m.VBF.Processed() {
		return fmt.Errorf("%w: %s has data in format 0x%02X; Unpack it first", ErrWrite, m.name(), m.VBF.DataFormat)
	}
	return nil
}

// records cuts the data of an image into pieces of at most size bytes, none of which crosses a multiple of boundary.
func records(m *Image, size, boundary uint64, yield func(address uint64, data []byte)) {
	for _, s := range m.Segments {
		for at := s.Address; at < s.end(); {
			to := min(at+size, s.end(), (at/boundary+1)*boundary)
			yield(at, s.Data[at-s.Address:to-s.Address])
			at = to
		}
	}
}
