package profile

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"periph.io/x/conn/v3/physic"
)

// dimension is what a quantity measures.
type dimension int

const (
	number    dimension = iota // only zero has no unit
	voltage                    // in nanovolts
	duration                   // in nanoseconds
	frequency                  // in microhertz
	rate                       // in nanovolts per period
)

func (d dimension) String() string {
	return [...]string{
		"a number", "a voltage such as 4.5V or 95% Usmin", "a time such as 100ms", "a frequency such as 2Hz",
		"a rate such as 0.5V/min",
	}[d]
}

// quantity is a number of the base units of its dimension.
type quantity struct {
	n      int64
	dim    dimension
	period time.Duration // of a rate
}

func (q quantity) volts() physic.ElectricPotential { return physic.ElectricPotential(q.n) }
func (q quantity) time() time.Duration             { return time.Duration(q.n) }

// unit is what a name behind a number stands for.
type unit struct {
	dim   dimension
	scale int64
}

func units() map[string]unit {
	return map[string]unit{
		"V": {voltage, int64(physic.Volt)}, "mV": {voltage, int64(physic.MilliVolt)},
		"uV": {voltage, int64(physic.MicroVolt)},
		"us": {duration, int64(time.Microsecond)}, "µs": {duration, int64(time.Microsecond)},
		"ms": {duration, int64(time.Millisecond)}, "s": {duration, int64(time.Second)},
		"min": {duration, int64(time.Minute)}, "h": {duration, int64(time.Hour)},
		"Hz": {frequency, int64(physic.Hertz)}, "kHz": {frequency, int64(physic.KiloHertz)},
	}
}

const (
	// maxDigits bounds the text of a number.
	maxDigits = 18
	// maxVolts and maxTime bound every value: more is a slip of the pen.
	maxVolts = 1000 * physic.Volt
	maxTime  = 7 * 24 * time.Hour
)

// scaled returns text times scale, exactly.
func scaled(text string, scale int64) (int64, error) {
	if len(text) > maxDigits || strings.ContainsAny(text, "eE/_xX") {
		return 0, fmt.Errorf("%.20q is not a decimal number of at most %d digits", text, maxDigits)
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return 0, fmt.Errorf("%.20q is not a number", text)
	}
	r.Mul(r, new(big.Rat).SetInt64(scale))
	n := new(big.Int).Quo(r.Num(), r.Denom())
	if !n.IsInt64() {
		return 0, fmt.Errorf("%s is too large", text)
	}
	return n.Int64(), nil
}

// literal reads a number with its unit, or a rate.
func literal(digits, name string) (quantity, error) {
	if name == "" {
		n, err := scaled(digits, 1)
		if err == nil && n != 0 {
			err = fmt.Errorf("%s has no unit", digits)
		}
		return quantity{n: n, dim: number}, err
	}
	top, bottom, isRate := strings.Cut(name, "/")
	u, ok := units()[top]
	if !ok {
		return quantity{}, fmt.Errorf("%q is no unit; known are V, mV, uV, us, ms, s, min, h, Hz, kHz", top)
	}
	n, err := scaled(digits, u.scale)
	if err != nil || !isRate {
		return quantity{n: n, dim: u.dim}, bounded(n, u.dim, err)
	}
	per, ok := units()[bottom]
	if !ok || u.dim != voltage || per.dim != duration {
		return quantity{}, fmt.Errorf("%q is no rate; want volts per time such as V/min", name)
	}
	return quantity{n: n, dim: rate, period: time.Duration(per.scale)}, bounded(n, voltage, nil)
}

// bounded refuses values beyond anything that a profile may hold.
func bounded(n int64, dim dimension, err error) error {
	switch {
	case err != nil:
		return err
	case dim == voltage && (n > int64(maxVolts) || n < -int64(maxVolts)):
		return fmt.Errorf("more than %v", maxVolts)
	case dim == duration && (n > int64(maxTime) || n < -int64(maxTime)):
		return fmt.Errorf("longer than %v", maxTime)
	}
	return nil
}

var errDimension = errors.New("do not add up")

// plus adds two quantities of one dimension; a bare zero has any.
func (q quantity) plus(other quantity) (quantity, error) {
	switch {
	case other.dim == number && other.n == 0:
		return q, nil
	case q.dim == number && q.n == 0:
		return other, nil
	case q.dim != other.dim || q.period != other.period:
		return q, fmt.Errorf("%v and %v %w", q.dim, other.dim, errDimension)
	}
	sum := quantity{q.n + other.n, q.dim, q.period}
	return sum, bounded(sum.n, sum.dim, nil)
}
