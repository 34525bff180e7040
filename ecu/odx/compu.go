package odx

import (
	"fmt"
	"math"
	"strconv"

	"otabench/ecu/description"
)

// maxNames bounds how many values of a text table get their names one by one.
const maxNames = 256

// compute puts a COMPU-METHOD into a codec. What it cannot say comes back as text; numbers are shown as they are then.
func compute(c *description.Codec, method *element) (loss string) {
	kind := method.value("CATEGORY")
	if method == nil || kind == "IDENTICAL" || kind == "" {
		return ""
	}
	number := c.Format == description.Uint || c.Format == description.Int
	switch kind {
	case "LINEAR", "SCALE-LINEAR":
		if number || c.Format == description.Float {
			return linear(c, method)
		}
	case "TEXTTABLE":
		if number {
			return textTable(c, method)
		}
	}
	return fmt.Sprintf("its COMPU-METHOD %s is not applied", clean(kind))
}

// linear applies a scale that holds for all numbers.
func linear(c *description.Codec, method *element) (loss string) {
	first := true
	for scale := range scales(method) {
		factor, offset, ok := coefficients(scale)
		switch {
		case !ok:
			return "its COMPU-METHOD has no line that a description could have, so the number is shown as it is"
		case first:
			c.Scale, c.Offset = factor, offset
		case factor != c.Scale || offset != c.Offset:
			c.Scale, c.Offset = 0, 0
			return "its COMPU-METHOD has several lines, so the number is shown as it is"
		}
		first = false
	}
	if c.Scale == 1 {
		c.Scale = 0 // which says the same
	}
	return ""
}

func scales(method *element) func(func(*element) bool) {
	return method.all("COMPU-INTERNAL-TO-PHYS", "COMPU-SCALES", "COMPU-SCALE")
}

// coefficients reads (offset + factor * x) / denominator. A factor of 0 would be no line but a constant.
func coefficients(scale *element) (factor, offset float64, ok bool) {
	var top []float64
	for v := range scale.all("COMPU-RATIONAL-COEFFS", "COMPU-NUMERATOR", "V") {
		n, err := strconv.ParseFloat(v.text, 64)
		if err != nil {
			return 0, 0, false
		}
		top = append(top, n)
	}
	bottom := 1.0
	if v := scale.child("COMPU-RATIONAL-COEFFS", "COMPU-DENOMINATOR", "V"); v != nil {
		n, err := strconv.ParseFloat(v.text, 64)
		if err != nil {
			return 0, 0, false
		}
		bottom = n
	}
	if len(top) != 2 {
		return 0, 0, false
	}
	factor, offset = top[1]/bottom, top[0]/bottom
	return factor, offset, factor != 0 && finite(factor) && finite(offset)
}

func finite(v float64) bool { return !math.IsInf(v, 0) && !math.IsNaN(v) }

// textTable names numbers. Ranges of numbers are listed, as long as there are not too many.
func textTable(c *description.Codec, method *element) (loss string) {
	for scale := range scales(method) {
		name := clean(scale.value("COMPU-CONST", "VT"))
		if name == "" {
			name = clean(scale.value("SHORT-LABEL"))
		}
		low, high, ok := limits(scale)
		if !ok || name == "" || !nameAll(c, low, high, name) {
			loss = "not all ranges of its text table are taken over"
		}
	}
	if method.child("COMPU-INTERNAL-TO-PHYS", "COMPU-DEFAULT-VALUE") != nil {
		loss = "numbers outside its text table are shown as they are"
	}
	return loss
}

// nameAll gives all numbers of a range a name, unless they have one already. It refuses ranges that are too long.
func nameAll(c *description.Codec, low, high int64, name string) bool {
	if high < low || high-low < 0 || high-low+1 > int64(maxNames-len(c.Values)) {
		return false
	}
	if c.Values == nil {
		c.Values = map[int64]string{}
	}
	for n := low; n <= high; n++ {
		if _, named := c.Values[n]; !named {
			c.Values[n] = name
		}
	}
	return true
}

// limits reads LOWER-LIMIT and UPPER-LIMIT, of which one may be missing, as whole numbers that belong to the range.
func limits(e *element) (low, high int64, ok bool) {
	lower, upper := e.child("LOWER-LIMIT"), e.child("UPPER-LIMIT")
	if lower == nil {
		lower = upper
	}
	if upper == nil {
		upper = lower
	}
	low, lowOK := limit(lower, 1)
	high, highOK := limit(upper, -1)
	return low, high, lowOK && highOK
}

// limit reads one limit; inward is the step from it into the range, for limits that do not belong to it.
func limit(e *element, inward int64) (int64, bool) {
	if e == nil || e.attr("INTERVAL-TYPE") == "INFINITE" {
		return 0, false
	}
	n, err := parseInteger(e.text)
	if err != nil || n > 1<<62 || n < -1<<62 {
		return 0, false
	}
	if e.attr("INTERVAL-TYPE") == "OPEN" {
		n += inward
	}
	return n, true
}
