// Package table writes the measurements of a run as one table for spreadsheets and programs.
//
// It is CSV as RFC 4180 has it, in UTF-8, with one line of names. Numbers have all their digits and a decimal point, and
// a cell is empty where nothing was stated. Times are seconds since the run's start. A text that a spreadsheet would take
// for a formula begins with an apostrophe.
//
//	err := table.Write(f, run)
//
// The verdict is that of the measurement alone; spec_verdict is what counts, since a void spec, or one of a void run,
// shows nothing whatever was measured during it.
package table

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/visible"
)

// row is a measurement of a spec.
type row struct {
	run  *reports.Run
	spec *reports.Spec
	record.Measurement
}

// column is a column with what it says of a row.
type column struct {
	name string
	cell func(row) string
}

var columns = []column{
	{"spec_id", func(r row) string { return text(r.spec.ID) }},
	{"containers", func(r row) string { return text(strings.Join(r.spec.Path, " / ")) }},
	{"spec", func(r row) string { return text(r.spec.Text) }},
	{"requirements", func(r row) string { return text(strings.Join(r.spec.Tags(), "; ")) }},
	{"spec_verdict", func(r row) string { return string(r.run.Counted(r.spec.Verdict)) }},
	{"name", func(r row) string { return text(r.Name) }},
	{"value", func(r row) string { return number(r.Value) }},
	{"unit", func(r row) string { return text(r.Unit) }},
	{"min", func(r row) string { return optional(r.Min) }},
	{"max", func(r row) string { return optional(r.Max) }},
	{"uncertainty", func(r row) string { return optional(r.Uncertainty) }},
	{"margin", func(r row) string { return number(reports.Margin(r.Measurement)) }},
	{"verdict", func(r row) string { return string(reports.Measured(r.Measurement)) }},
	{"source", func(r row) string { return text(r.Source) }},
	{"basis", basis(func(b record.Basis) string { return text(b.Function) })},
	{"basis_of", basis(func(b record.Basis) string { return text(b.Subject) })},
	{"basis_from", basis(func(b record.Basis) string { return seconds(b.From) })},
	{"basis_to", basis(func(b record.Basis) string { return seconds(b.To) })},
}

// Write writes a line for each measurement, in the order of the record.
func Write(w io.Writer, r *reports.Run) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.name
	}
	if err := out.Write(line); err != nil {
		return err
	}
	for _, s := range r.Specs {
		for _, m := range s.Measurements {
			for i, c := range columns {
				line[i] = c.cell(row{r, s, m})
			}
			if err := out.Write(line); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// Readings writes a line for each reading of a spec's rails that the run keeps.
func Readings(w io.Writer, s *reports.Spec) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write([]string{"time", "rail", "volts", "amperes", "source"}); err != nil {
		return err
	}
	for _, e := range s.Samples {
		b := e.Body
		if err := out.Write([]string{seconds(e.T), text(b.Rail), number(b.Volts), number(b.Amps), text(b.Source)}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func basis(cell func(record.Basis) string) func(row) string {
	return func(r row) string {
		if r.Basis == nil {
			return ""
		}
		return cell(*r.Basis)
	}
}

// formula are the characters with which a formula begins, also in their wide forms.
const formula = "=+-@＝＋－＠"

// text is a text in one line that no spreadsheet calculates with.
func text(s string) string {
	s = visible.Line(s, 1000)
	if first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " ")); strings.ContainsRune(formula, first) {
		return "'" + s
	}
	return s
}

// number has as many digits as it takes to read the same number again.
func number(v float64) string {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// seconds is a time to the nanosecond.
func seconds(t time.Duration) string {
	text := strconv.FormatFloat(t.Seconds(), 'f', 9, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

func optional(v *float64) string {
	if v == nil {
		return ""
	}
	return number(*v)
}
