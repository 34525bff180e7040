package profile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"periph.io/x/conn/v3/physic"
)

// Point is a measured voltage at a time.
type Point struct {
	At    time.Duration
	Volts physic.ElectricPotential
}

// maxLine bounds a line of a recording.
const maxLine = 4096

// ReadCSV makes a curve of a recording: lines of a time in seconds and a voltage in volts, with any further columns, a
// heading if there is one, and ";" in place of "," if that is what the file uses. Between two points the curve is a
// straight line; its time begins at the first point. Times must rise. The error is an *Error or that of r.
func ReadCSV(file string, r io.Reader) (*Curve, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, maxLine), maxLine)
	var points []Point
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(string(bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff"))))
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		p, err := parsePoint(text)
		if err != nil && len(points) == 0 && isHeading(text) {
			continue
		}
		if err == nil && len(points) > 0 && p.At <= points[len(points)-1].At {
			err = errors.New("the time does not rise")
		}
		if err == nil && len(points) >= maxSegments {
			err = fmt.Errorf("%w: more than %d points", ErrTooLong, maxSegments)
		}
		if err != nil {
			return nil, &Error{file, []Problem{{n, 1, err.Error()}}}
		}
		points = append(points, p)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read the recording %s: %w", file, err)
	}
	return Replay(file, points)
}

// Replay makes a curve of measured points, which must be at least two at rising times.
func Replay(name string, points []Point) (*Curve, error) {
	if len(points) < 2 {
		return nil, fmt.Errorf("replay %s: want at least two points, not %d", name, len(points))
	}
	c := &Curve{Name: name, Tolerance: recordedTolerance(), Before: points[0].Volts}
	for i, p := range points[1:] {
		from := points[i]
		if p.At <= from.At {
			return nil, fmt.Errorf("replay %s: the time does not rise at point %d", name, i+2)
		}
		c.Segments = append(c.Segments, Segment{
			Name: "recorded", Recorded: true,
			Start: from.At - points[0].At, Length: p.At - from.At, From: from.Volts, To: p.Volts,
		})
	}
	return c, nil
}

// recordedTolerance is this package's: a recording has none of its own. It is as wide as that of the standards, and as
// long as a bench needs to be sure of a reading.
func recordedTolerance() Tolerance {
	return Tolerance{Above: 100 * physic.MilliVolt, Below: 100 * physic.MilliVolt, Shift: 5 * time.Millisecond}
}

func parsePoint(text string) (Point, error) {
	separator := ","
	if strings.Contains(text, ";") {
		separator = ";"
	}
	fields := strings.Split(text, separator)
	if len(fields) < 2 {
		return Point{}, errors.New("want time and voltage, such as 0.015,6.5")
	}
	seconds, err := number64(fields[0], maxTime.Seconds())
	if err != nil {
		return Point{}, fmt.Errorf("time in seconds: %w", err)
	}
	volts, err := number64(fields[1], float64(maxVolts)/float64(physic.Volt))
	if err != nil {
		return Point{}, fmt.Errorf("voltage in volts: %w", err)
	}
	return Point{
		At:    time.Duration(math.Round(seconds * float64(time.Second))),
		Volts: physic.ElectricPotential(math.Round(volts*1e6)) * physic.MicroVolt,
	}, nil
}

// isHeading tells a line of names from a damaged line of numbers.
func isHeading(text string) bool { return strings.IndexAny(text, "0123456789-+.") != 0 }

func number64(text string, most float64) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return 0, fmt.Errorf("%.20q is not a number", text)
	}
	if !(math.Abs(v) <= most) {
		return 0, fmt.Errorf("%.20q is out of range, -%g to %g", text, most, most)
	}
	return v, nil
}
