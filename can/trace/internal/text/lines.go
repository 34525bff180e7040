package text

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"otabench/can/trace"
)

// maxLine is what a line may have in bytes. Traces have less than 1 KiB, with CAN XL less than 7 KiB.
const maxLine = 64 << 10

// Lines splits a file into lines.
type Lines struct {
	r *bufio.Reader
	n int // the line that was read last, from 1
}

// NewLines reads from r.
func NewLines(r io.Reader) *Lines {
	return &Lines{r: bufio.NewReaderSize(r, maxLine)}
}

// Next returns the next line without its end, valid until the next call. At the end it fails with io.EOF. A last line
// that has no end is returned together with an error that wraps [trace.ErrTruncated]: part of it may be missing.
func (l *Lines) Next() ([]byte, error) {
	l.n++
	line, err := l.r.ReadSlice('\n')
	switch {
	case err == nil:
		line = line[:len(line)-1]
		if n := len(line); n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
		return line, l.check(line)
	case err == io.EOF && len(line) == 0:
		return nil, io.EOF
	case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
		return line, fmt.Errorf("%w in line %d, which has no end", trace.ErrTruncated, l.n)
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, l.Corrupt("it has more than %d bytes", maxLine)
	}
	return nil, fmt.Errorf("read trace at line %d: %w", l.n, err)
}

// check refuses what is no text.
func (l *Lines) check(line []byte) error {
	rest := line
	for len(rest) >= 8 && !anyControl(binary.NativeEndian.Uint64(rest)) {
		rest = rest[8:]
	}
	for _, b := range rest {
		if b < ' ' && b != '\t' {
			return l.Corrupt("byte %#02x is no text", b)
		}
	}
	return nil
}

// anyControl reports whether any of eight bytes is below a blank. It may also say so when a byte is above 127.
func anyControl(eight uint64) bool {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	return (eight-ones*' ')&high != 0
}

// Missing returns an error that wraps [trace.ErrTruncated] and names the line at which the file ends.
func (l *Lines) Missing(what string) error {
	return fmt.Errorf("%w in line %d: there is no %s", trace.ErrTruncated, l.n, what)
}

// Corrupt returns an error that wraps [trace.ErrCorrupt] and names the line that was read last.
func (l *Lines) Corrupt(format string, args ...any) error {
	return fmt.Errorf("%w in line %d: %w", trace.ErrCorrupt, l.n, fmt.Errorf(format, args...))
}

// Field returns the first word of a line, and what follows it. Words are separated by blanks and tabs.
func Field(line []byte) (word, rest []byte) {
	start := 0
	for start < len(line) && blank(line[start]) {
		start++
	}
	end := start
	for end < len(line) && !blank(line[end]) {
		end++
	}
	return line[start:end], line[end:]
}

func blank(b byte) bool { return b == ' ' || b == '\t' }
