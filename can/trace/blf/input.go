package blf

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"otabench/can/trace"
)

// input is a file that is read once, with the byte at which reading stands.
type input struct {
	r    *bufio.Reader
	at   int64
	fail error // the first failure to read, io.EOF included
}

// full reads len(b) bytes.
func (in *input) full(b []byte) error {
	n, err := io.ReadFull(in.r, b)
	in.count(n, err)
	return err
}

// skip reads over n bytes.
func (in *input) skip(n int) error {
	n, err := in.r.Discard(n)
	in.count(n, err)
	return err
}

// peek returns the next bytes without reading over them: n, or as many as there are.
func (in *input) peek(n int) ([]byte, error) {
	b, err := in.r.Peek(n)
	in.count(0, err)
	return b, err
}

func (in *input) count(n int, err error) {
	in.at += int64(n)
	if in.fail == nil {
		in.fail = err
	}
}

// damage tells why the input failed: because the file breaks off, or because it could not be read.
func (in *input) damage() error {
	if in.fail == io.EOF || errors.Is(in.fail, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w at byte %d", trace.ErrTruncated, in.at)
	}
	return fmt.Errorf("read trace at byte %d: %w", in.at, in.fail)
}

// section is a part of the input. It is an io.ByteReader so that package flate reads no byte beyond what it needs.
type section struct {
	in   *input
	left int
}

func (s *section) Read(b []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n, err := s.in.r.Read(b[:min(len(b), s.left)])
	s.left -= n
	s.in.count(n, err)
	return n, err
}

func (s *section) ReadByte() (byte, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	b, err := s.in.r.ReadByte()
	if err != nil {
		s.in.count(0, err)
		return 0, err
	}
	s.left--
	s.in.at++
	return b, nil
}
