package firmware

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"io"
)

// magic opens a header in an ECU's memory.
const magic = "OTAH"

// MaxHeader is the longest header in bytes.
const MaxHeader = len(magic) + 4 + MaxManifest + ed25519.SignatureSize

// Header returns the manifest and its signature as an ECU's bootloader reads them: the magic "OTAH", the manifest's
// length as a big-endian 32-bit number, the manifest and the 64 bytes of its signature.
func (p *Package) Header() []byte {
	h := make([]byte, 0, len(magic)+4+len(p.Raw)+len(p.Signature))
	h = append(h, magic...)
	h = binary.BigEndian.AppendUint32(h, uint32(len(p.Raw)))
	h = append(h, p.Raw...)
	return append(h, p.Signature...)
}

// ParseHeader reads what Header wrote from the start of data, and returns it as a package without an image together
// with its length in bytes. Errors wrap ErrFormat; a header that is cut short also wraps [io.ErrUnexpectedEOF].
//
// Where only the manifest's JSON is unreadable, the package comes back beside the error, with Raw and Signature set:
// a bootloader checks the signature of the bytes before it looks into them.
func ParseHeader(data []byte) (p *Package, n int, err error) {
	if len(data) < len(magic)+4 {
		return nil, 0, fmt.Errorf("%w: %d bytes are no header: %w", ErrFormat, len(data), io.ErrUnexpectedEOF)
	}
	if string(data[:len(magic)]) != magic {
		return nil, 0, fmt.Errorf("%w: it begins with % X and not with %q", ErrFormat, data[:len(magic)], magic)
	}
	length := binary.BigEndian.Uint32(data[len(magic):])
	if length > MaxManifest {
		return nil, 0, fmt.Errorf("%w: its header speaks of a manifest of %d bytes, at most %d are allowed", ErrFormat, length, MaxManifest)
	}
	rest := data[len(magic)+4:]
	if want := int(length) + ed25519.SignatureSize; len(rest) < want {
		return nil, 0, fmt.Errorf("%w: manifest and signature need %d bytes and %d are there: %w", ErrFormat, want, len(rest), io.ErrUnexpectedEOF)
	}
	p = &Package{Raw: bytes.Clone(rest[:length]), Signature: bytes.Clone(rest[length : int(length)+ed25519.SignatureSize])}
	n = len(magic) + 4 + int(length) + ed25519.SignatureSize
	p.Manifest, err = ParseManifest(p.Raw)
	return p, n, err
}
