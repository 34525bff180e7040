package rederive

import (
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"otabench/bench/record"
	"otabench/reports"
)

// rail compares the samples of a rail with its readings.
type rail struct {
	c        *checker
	role     string
	readings *readings
	next     reading // that was not looked at yet
	have     bool
	ended    bool // there are no more
	gone     bool // the file is not there, or damaged

	curve   *reading      // the last sample; nil before
	before  time.Duration // of the last reading
	longest time.Duration // between two readings
	count   uint64
	last    time.Duration // of the last reading in the file
	derive  *deriving
}

// rail returns the comparison of a rail's samples.
func (c *checker) rail(role string) *rail {
	r := c.rails[role]
	if r == nil {
		r = &rail{c: c, role: role, readings: newReadings(c.open, role)}
		c.rails[role] = r
		if _, known := c.file.Rails[role]; !known {
			c.found(reports.BenchFile, "rail", role, "no such rail")
			r.gone = true
		}
		r.derive = c.basesOf(role)
	}
	return r
}

func (r *rail) file() string { return r.readings.parts.String() }

// tick is the resolution of the times in the files.
const tick = time.Microsecond

// sample looks for a sample among the readings, and looks at those before it.
func (r *rail) sample(t time.Duration, s record.Sample) {
	want := reading{t, micro(s.Volts), micro(s.Amps)}
	for r.peek() && r.next.t < t-tick {
		r.between(r.next)
		r.take()
	}
	switch {
	case r.gone:
	case !r.have && r.c.cut():
		r.c.res.uncompared("samples of %s: the run was cut short, and %s ends before the record", r.role, r.file())
	case !r.have || r.next.t > t+tick:
		r.c.found(r.file(), "sample of "+r.role, want.String(), "has no reading then")
	case distance(r.next.micros, want.micros) > 1 || distance(r.next.amps6, want.amps6) > 1:
		r.c.found(r.file(), "sample of "+r.role, want.String(), r.next.String())
		r.take()
	default:
		r.c.res.Samples++
		r.take()
	}
	r.curve = &want
}

// micro is a value of the record in millionths, cut off as the files have it.
func micro(v float64) int64 { return int64(math.Trunc(v*1e6 + math.Copysign(1e-3, v))) }

func distance(a, b int64) int64 { return max(a-b, b-a) }

// between looks at a reading that is no sample of the record.
func (r *rail) between(one reading) {
	const step = int64(record.CurveStep * 1e6)
	switch {
	case r.curve == nil:
		r.c.foundAt(one.t, r.c.spec, r.file(), "first reading of "+r.role, "nothing", one.String())
	case distance(one.micros, r.curve.micros) > step:
		r.c.foundAt(one.t, r.c.spec, r.file(), "curve of "+r.role, "that it stays near "+r.curve.String(), one.String())
	case one.t-r.curve.t > record.CurveStill+tick:
		r.c.foundAt(one.t, r.c.spec, r.file(), "curve of "+r.role, fmt.Sprintf("no sample after %v", r.curve.t), "has readings")
	default:
		return
	}
	r.curve = &one // or each further one would be a finding
}

// peek reads the next reading if there is none yet.
func (r *rail) peek() bool {
	if r.have || r.ended || r.gone {
		return r.have
	}
	one, err := r.readings.next()
	switch {
	case err == nil:
		r.next, r.have = one, true
		return true
	case errors.Is(err, io.EOF) && r.readings.parts.n > 0:
		r.ended = true
	case errors.Is(err, io.EOF):
		r.gone = true
		r.c.res.uncompared("samples of %s: there is no %s", r.role, r.file())
	case errors.Is(err, io.ErrUnexpectedEOF) && r.c.cut():
		r.ended = true
	default:
		r.gone = true
		r.c.found(r.file(), "readings of "+r.role, "no fault of the file", err.Error())
		r.c.res.uncompared("samples of %s: %s, %v", r.role, r.file(), err)
	}
	return false
}

// take is done with the reading that comes next.
func (r *rail) take() {
	one := r.next
	r.have = false
	if r.count > 0 {
		if one.t < r.before {
			r.c.foundAt(one.t, r.c.spec, r.file(), "time of a reading of "+r.role, fmt.Sprintf("at least %v", r.before), one.t.String())
		}
		r.longest = max(r.longest, one.t-r.before)
	}
	r.count++
	r.c.res.Readings++
	r.before, r.last = one.t, one.t
	r.derive.at(r.c, one.t, r.file(), func(e evaluator) { e.reading(one) })
	r.c.bus.triggers.reading(r.role, one)
}

// sampling compares how often the rail was read with the file, once sampling is over.
func (r *rail) sampling(s record.Sampling) {
	for r.peek() && r.next.t <= r.c.t+tick {
		r.between(r.next)
		r.take()
	}
	if r.gone || r.readings.parts.n > 1 {
		return
	}
	if s.Readings != r.count {
		r.c.found(r.file(), "number of readings of "+r.role, fmt.Sprint(s.Readings), fmt.Sprint(r.count))
	}
	if d := s.Longest - r.longest; d > 2*tick || d < -2*tick {
		r.c.found(r.file(), "longest time between readings of "+r.role, s.Longest.String(), r.longest.String())
	}
}

// finish looks at the readings behind the last sample.
func (r *rail) finish() {
	for r.peek() {
		r.between(r.next)
		r.take()
	}
	r.derive.finish(r.c, r.file())
}

func (r *rail) close() { r.readings.parts.close() }
