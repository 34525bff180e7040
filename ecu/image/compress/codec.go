package compress

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Errors that callers decide on.
var (
	ErrUnknown  = errors.New("unknown compression")
	ErrCorrupt  = errors.New("compressed data are corrupt")
	ErrTooLarge = errors.New("unpacked data are too large")
)

// Codec is a way to compress. The zero value is none at all; Lookup gives one.
type Codec struct {
	name   string
	pack   func(data []byte) ([]byte, error)
	unpack func(data []byte, limit int) ([]byte, error)
}

// Name is the name that Lookup finds the codec by.
func (c Codec) Name() string { return c.name }

func (c Codec) String() string { return c.name }

// Compress packs data. The same data always give the same bytes.
func (c Codec) Compress(data []byte) ([]byte, error) {
	if c.pack == nil {
		return nil, fmt.Errorf("%w: none is given", ErrUnknown)
	}
	packed, err := c.pack(data)
	if err != nil {
		return nil, fmt.Errorf("compress %d bytes with %s: %w", len(data), c.name, err)
	}
	return packed, nil
}

// Decompress unpacks data to at most limit bytes. Errors wrap ErrCorrupt or ErrTooLarge.
func (c Codec) Decompress(data []byte, limit int) ([]byte, error) {
	if c.unpack == nil {
		return nil, fmt.Errorf("%w: none is given", ErrUnknown)
	}
	unpacked, err := c.unpack(data, limit)
	switch {
	case errors.Is(err, ErrTooLarge):
		return nil, fmt.Errorf("decompress %d bytes of %s: %w: more than %d bytes", len(data), c.name, err, limit)
	case err != nil:
		return nil, fmt.Errorf("decompress %d bytes of %s: %w", len(data), c.name, err)
	}
	return unpacked, nil
}

// Lookup finds a codec by its name, one of Names in any case. The error wraps ErrUnknown and says what there is.
func Lookup(name string) (Codec, error) {
	for _, c := range codecs() {
		if strings.EqualFold(c.name, name) {
			return c, nil
		}
	}
	return Codec{}, fmt.Errorf("%w %q; there are %s", ErrUnknown, name, strings.Join(Names(), ", "))
}

// Names lists the codecs in alphabetical order.
func Names() []string {
	var names []string
	for _, c := range codecs() {
		names = append(names, c.name)
	}
	slices.Sort(names)
	return names
}

func codecs() []Codec {
	return []Codec{
		{"none", packNone, unpackNone},
		{"deflate", packDeflate, unpackDeflate},
		{"zlib", packZlib, unpackZlib},
		{"gzip", packGzip, unpackGzip},
		{"lz4", packLZ4, unpackLZ4},
		{"lzss", packLZSS, unpackLZSS},
		{"lzss-vbf", packLZSSBits, unpackLZSSBits},
	}
}

func packNone(data []byte) ([]byte, error) { return slices.Clone(data), nil }

func unpackNone(data []byte, limit int) ([]byte, error) {
	if len(data) > limit {
		return nil, ErrTooLarge
	}
	return slices.Clone(data), nil
}
