package tracefile

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"otabench/can/trace"
	"otabench/can/trace/asc"
	"otabench/can/trace/blf"
	"otabench/can/trace/candump"
)

// File is a trace that is read from a file.
type File struct {
	trace.Source
	Format Format
	file   *os.File
}

// Open opens a trace of any format, by what it begins with. Dates in ASC and BLF are taken for local ones, unless
// the file itself names their zone. A file that is no trace gives an error that wraps [ErrFormat].
func Open(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	src, format, err := NewSource(file)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return &File{Source: src, Format: format, file: file}, nil
}

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }

// NewSource reads a trace of any format, as [Open] does.
func NewSource(r io.Reader) (trace.Source, Format, error) {
	plain, err := unpack(bufio.NewReaderSize(r, headSize))
	if err != nil {
		return nil, "", err
	}
	format, err := detect(plain)
	if err != nil {
		return nil, "", err
	}
	switch format {
	case Candump:
		return candump.NewReader(plain), format, nil
	case ASC:
		return asc.NewReader(plain, time.Local), format, nil
	case BLF:
		return blf.NewReader(plain), format, nil
	}
	return trace.NewReader(plain), PCAPNG, nil
}

// unpack returns what is in a file, which may be compressed.
func unpack(r *bufio.Reader) (*bufio.Reader, error) {
	head, _ := r.Peek(len(gzipMagic)) // detect meets the error again
	if !bytes.Equal(head, gzipMagic) {
		return r, nil
	}
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return nil, damage(err)
	}
	return bufio.NewReaderSize(packed{unpacked}, headSize), nil
}

// packed is compressed data. Its damage is damage of the trace.
type packed struct{ r io.Reader }

func (p packed) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	return n, damage(err)
}

// damage tells damaged data from a failure to read them.
func damage(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%w: gzip: %w", trace.ErrTruncated, err)
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return fmt.Errorf("%w: %w", trace.ErrCorrupt, err)
	}
	return err
}
