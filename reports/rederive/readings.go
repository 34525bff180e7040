package rederive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// reading is a line of a rail's CSV file.
type reading struct {
	t             time.Duration // to the microsecond
	micros, amps6 int64         // µV, µA
}

func (r reading) volts() float64   { return float64(r.micros) / 1e6 }
func (r reading) amperes() float64 { return float64(r.amps6) / 1e6 }

func (r reading) String() string { return fmt.Sprintf("%g V, %g A", r.volts(), r.amperes()) }

// readings reads the CSV files of a rail.
type readings struct {
	parts  parts
	lines  *bufio.Reader
	number int // of the line in its file
	err    error
}

const (
	csvHeader  = "seconds,volts,amperes"
	maxReading = 128 // bytes of a line
)

var errReading = errors.New("not a reading")

func newReadings(open func(string) (io.ReadCloser, error), role string) *readings {
	return &readings{parts: parts{open: open, base: "supply-" + role + ".csv", mark: "."}}
}

// next returns the next reading, io.EOF behind the last one. An error is final.
func (r *readings) next() (reading, error) {
	if r.err != nil {
		return reading{}, r.err
	}
	line, err := r.line()
	if err != nil {
		r.err = err
		return reading{}, err
	}
	one, err := parseReading(line)
	if err != nil {
		r.err = fmt.Errorf("line %d: %w", r.number, err)
	}
	return one, r.err
}

// line returns the next line behind a header, of whatever file.
func (r *readings) line() ([]byte, error) {
	for {
		if r.lines == nil {
			if err := r.begin(); err != nil {
				return nil, err
			}
		}
		r.number++
		line, err := r.lines.ReadSlice('\n')
		switch {
		case err == nil && len(line) <= maxReading:
			return line[:len(line)-1], nil
		case errors.Is(err, io.EOF) && len(line) == 0:
			r.lines = nil
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("line %d: %w: it has no end", r.number, io.ErrUnexpectedEOF)
		case err == nil || errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("line %d: %w: more than %d bytes", r.number, errReading, maxReading)
		default:
			return nil, err
		}
	}
}

// begin opens the next file and reads its header.
func (r *readings) begin() error {
	if err := r.parts.next(); err != nil {
		return err
	}
	r.lines, r.number = bufio.NewReaderSize(r.parts.file, 1<<16), 1
	switch header, err := r.lines.ReadSlice('\n'); {
	case errors.Is(err, io.EOF) && len(header) == 0: // nothing was read before a crash
		return nil
	case err != nil || string(bytes.TrimSpace(header)) != csvHeader:
		return fmt.Errorf("line 1: %w: want %q", errReading, csvHeader)
	}
	return nil
}

// parseReading reads a line: seconds, volts and amperes, each with up to 6 decimals.
func parseReading(line []byte) (reading, error) {
	var numbers [3]int64
	for i := range numbers {
		field, rest, more := bytes.Cut(line, []byte{','})
		if more != (i < len(numbers)-1) {
			return reading{}, errReading
		}
		n, err := millionths(field)
		if err != nil {
			return reading{}, err
		}
		numbers[i], line = n, rest
	}
	const most = math.MaxInt64 / 1000
	if numbers[0] < -most || numbers[0] > most {
		return reading{}, fmt.Errorf("%w: a time of %d µs", errReading, numbers[0])
	}
	return reading{time.Duration(numbers[0]) * time.Microsecond, numbers[1], numbers[2]}, nil
}

// millionths reads a decimal number.
func millionths(text []byte) (int64, error) {
	const decimals, digits = 6, 18
	negative := len(text) > 0 && text[0] == '-'
	if negative {
		text = text[1:]
	}
	n, behind, point := int64(0), 0, false
	for _, b := range text {
		switch {
		case b == '.' && !point:
			point = true
			continue
		case b < '0' || b > '9':
			return 0, fmt.Errorf("%w: %.20q is no decimal number", errReading, text)
		}
		n = n*10 + int64(b-'0')
		if point {
			behind++
		}
	}
	if len(text) == 0 || behind > decimals || len(text)-behind+decimals > digits || point && behind == 0 {
		return 0, fmt.Errorf("%w: %.20q is no decimal number with up to %d decimals", errReading, text, decimals)
	}
	for range decimals - behind {
		n *= 10
	}
	if negative {
		n = -n
	}
	return n, nil
}
