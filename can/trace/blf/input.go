package blf

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"

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

// appendTo appends the next n bytes to b, or as many as there are. Memory is taken as data arrive, not as n promises
// them.
func (in *input) appendTo(b []byte, n int) ([]byte, error) {
	end := len(b) + n
	for len(b) < end && in.fail == nil {
		step := min(chunk, end-len(b))
		b = slices.Grow(b, step)
		got, err := io.ReadFull(in.r, b[len(b):len(b)+step])
		b = b[:len(b)+got]
		in.count(got, err)
	}
	return b, in.fail
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
