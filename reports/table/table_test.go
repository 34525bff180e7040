package table

import (
	"bytes"
	"encoding/csv"
	"math"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
	"otabench/reports/reportstest/golden"
)

func written(t *testing.T, l *reportstest.Log) []byte {
	t.Helper()
	run, err := reports.Derive(reportstest.Header, l.Events, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, run); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rows reads a table as a program does, by the names of its columns.
func rows(t *testing.T, text []byte) []map[string]string {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, cell := range line {
			row[lines[0][i]] = cell
		}
		all = append(all, row)
	}
	return all
}

func of(v float64) *float64 { return &v }

func TestGolden(t *testing.T) {
	l := reportstest.Mixed("x")
	l.Spec(reportstest.Start("aa05", "=HYPERLINK(\"http://x\")", "OTA-POST-1", "OTA-POST-2", "part:OTA-POST-2"), record.Void, "",
		record.Measurement{
			Name: "voltage, at rest\nor so", Value: -0.25, Unit: "V", Min: of(-0.5), Max: of(0), Uncertainty: of(0.3), Source: "-terminals",
			Basis: &record.Basis{Function: "lowest", Subject: "kl30", From: 1500 * time.Millisecond, To: 2 * time.Second},
		},
		record.Measurement{Name: "resistance", Value: 1e-9, Unit: "Ω", Source: "dmm"},
		record.Measurement{Name: "frames", Value: 12345678901, Max: of(7), Source: "trace"})
	got := written(t, l)
	path := filepath.Join("testdata", "mixed.csv")
	golden.Compare(t, path, got)
}

func TestVerdictsAndMargins(t *testing.T) {
	for name, c := range map[string]struct {
		m               record.Measurement
		verdict, margin string
	}{
		"within":        {record.Measurement{Value: 1, Max: of(3)}, "passed", "2"},
		"outside":       {record.Measurement{Value: 4, Max: of(3)}, "failed", "-1"},
		"too near":      {record.Measurement{Value: 2, Min: of(1), Uncertainty: of(1.5)}, "marginal", "1"},
		"no limits":     {record.Measurement{Value: 2, Uncertainty: of(1.5)}, "passed", ""},
		"at its limit":  {record.Measurement{Value: 3, Max: of(3)}, "passed", "0"},
		"nearer to min": {record.Measurement{Value: 1, Min: of(0), Max: of(3)}, "passed", "1"},
	} {
		l := &reportstest.Log{}
		l.Spec(reportstest.Start("a", "s"), record.Passed, "", c.m)
		l.Add(record.End{Status: "passed"})
		row := rows(t, written(t, l))[0]
		if row["verdict"] != c.verdict || row["margin"] != c.margin || row["spec_verdict"] != c.verdict {
			t.Errorf("%s: %v", name, row)
		}
	}
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	for _, v := range []float64{0, 0.1, 1. / 3, math.Pi * 1e-12, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1 << 53} {
		l := &reportstest.Log{}
		l.Spec(reportstest.Start("a", "s"), record.Passed, "", record.Measurement{Value: v})
		cell := rows(t, written(t, l))[0]["value"]
		if got, err := strconv.ParseFloat(cell, 64); err != nil || got != v {
			t.Errorf("%v is written as %q: %v, %v", v, cell, got, err)
		}
	}
}

func TestNothingOfAVoidRunIsPassed(t *testing.T) {
	l := &reportstest.Log{}
	l.Spec(reportstest.Start("a", "s"), record.Passed, "", record.Measurement{Value: 1})
	if got := rows(t, written(t, l))[0]["spec_verdict"]; got != "void" { // the record has no end
		t.Errorf("spec_verdict %q", got)
	}
}

func TestReadings(t *testing.T) {
	s := &reports.Spec{Samples: []reports.At[record.Sample]{
		{T: 1140 * time.Millisecond, Body: record.Sample{Rail: "kl30", Volts: 13.5, Amps: -0.25, Source: "terminals"}},
		{T: time.Hour, Body: record.Sample{Rail: "=kl15", Volts: 1e-3, Source: "psu"}},
	}}
	var b bytes.Buffer
	if err := Readings(&b, s); err != nil {
		t.Fatal(err)
	}
	want := "time,rail,volts,amperes,source\r\n1.14,kl30,13.5,-0.25,terminals\r\n3600,'=kl15,0.001,0,psu\r\n"
	if got := b.String(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNoTextIsAFormula(t *testing.T) {
	for given, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "＝1+1": "'＝1+1", "\t=1": "' =1", "  @x": "'  @x",
		"\r=1": "[U+000D]=1", "kl30": "kl30", "a=b": "a=b", "": "", "é": "é", "\xff=": "\\xFF=", "two\nlines": "two⏎lines",
	} {
		l := &reportstest.Log{}
		l.Spec(reportstest.Start("a", "s"), record.Passed, "", record.Measurement{Name: given, Unit: given, Source: given})
		row := rows(t, written(t, l))[0]
		for _, column := range []string{"name", "unit", "source"} {
			if row[column] != want {
				t.Errorf("%s %q is written as %q, want %q", column, given, row[column], want)
			}
		}
	}
}
