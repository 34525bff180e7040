package bench

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// supplyLog writes all readings of a rail as comma-separated values. A nil supplyLog writes none.
type supplyLog struct {
	since   func(time.Time) time.Duration // the run's clock
	buffer  *bufio.Writer
	end     func() error
	flushed time.Time
	line    []byte
	err     error
}

// flushEvery bounds what a crash takes of a log.
const flushEvery = time.Second

// openLog begins the log of a rail.
func (r *Rail) openLog() (*supplyLog, error) {
	if r.bench.opts.SupplyLog == nil {
		return nil, nil
	}
	w, err := r.bench.opts.SupplyLog(r.role)
	if err != nil {
		return nil, fmt.Errorf("log the readings of %s: %w", r.role, err)
	}
	l := &supplyLog{since: r.bench.opts.Record.Since, buffer: bufio.NewWriter(w), end: w.Close}
	_, l.err = io.WriteString(l.buffer, "seconds,volts,amperes\n")
	return l, nil
}

// add writes a line: the time on the run's clock in seconds, voltage, current.
func (l *supplyLog) add(r power.Reading) {
	if l == nil || l.err != nil {
		return
	}
	l.line = strconv.AppendFloat(l.line[:0], l.since(r.Time).Seconds(), 'f', 6, 64)
	l.line = append(l.line, ',')
	l.line = decimal(l.line, int64(r.Voltage), int64(physic.Volt))
	l.line = append(l.line, ',')
	l.line = decimal(l.line, int64(r.Current), int64(physic.Ampere))
	_, l.err = l.buffer.Write(append(l.line, '\n'))
	if l.err == nil && r.Time.Sub(l.flushed) >= flushEvery {
		l.flushed, l.err = r.Time, l.buffer.Flush()
	}
}

// decimal appends a quantity to the millionth of its unit.
func decimal(b []byte, q, unit int64) []byte {
	const digits = 1_000_000
	return strconv.AppendFloat(b, float64(q/(unit/digits))/digits, 'f', -1, 64)
}

// close ends the log and returns its first error.
func (l *supplyLog) close() error {
	if l == nil {
		return nil
	}
	err := errors.Join(l.err, l.buffer.Flush(), l.end())
	if err != nil {
		return fmt.Errorf("log the readings of a rail: %w", err)
	}
	return nil
}
