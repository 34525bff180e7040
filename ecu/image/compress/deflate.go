package compress

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
)

func packDeflate(data []byte) ([]byte, error) {
	return pack(data, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
}

func packZlib(data []byte) ([]byte, error) {
	return pack(data, func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriterLevel(w, zlib.BestCompression) })
}

func packGzip(data []byte) ([]byte, error) {
	return pack(data, func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestCompression) })
}

func pack(data []byte, open func(io.Writer) (io.WriteCloser, error)) ([]byte, error) {
	var packed bytes.Buffer
	w, err := open(&packed)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

func unpackDeflate(data []byte, limit int) ([]byte, error) {
	return unpack(data, limit, func(r io.Reader) (io.Reader, error) { return flate.NewReader(r), nil })
}

func unpackZlib(data []byte, limit int) ([]byte, error) {
	return unpack(data, limit, func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) })
}

// unpackGzip takes one member: a bootloader knows no concatenated files.
func unpackGzip(data []byte, limit int) ([]byte, error) {
	return unpack(data, limit, func(r io.Reader) (io.Reader, error) {
		z, err := gzip.NewReader(r)
		if err == nil {
			z.Multistream(false)
		}
		return z, err
	})
}

// unpack reads one byte more than the limit at most. Package flate reads no byte after the end of its data, because a
// bytes.Reader gives single bytes; what is left is not of the data.
func unpack(data []byte, limit int, open func(io.Reader) (io.Reader, error)) ([]byte, error) {
	src := bytes.NewReader(data)
	r, err := open(src)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	unpacked, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	switch {
	case len(unpacked) > limit:
		return nil, ErrTooLarge
	case err != nil:
		return nil, fmt.Errorf("%w after %d bytes: %w", ErrCorrupt, len(unpacked), err)
	case src.Len() > 0:
		return nil, fmt.Errorf("%w: %d bytes follow their end", ErrCorrupt, src.Len())
	}
	return unpacked, nil
}
