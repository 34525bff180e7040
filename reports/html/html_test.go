package html

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/reportstest"
)

func TestAReportOfTenThousandSpecsStaysSmall(t *testing.T) {
	l := &reportstest.Log{}
	var steps []record.Body
	for i := range 20 {
		steps = append(steps, record.Step{Text: fmt.Sprint("step ", i)}, record.Exchange{Service: "ReadDataByIdentifier", Request: strings.Repeat("22", 64)})
	}
	for i := range 10_000 {
		l.Spec(reportstest.Start(fmt.Sprint("s", i), "reads", "OTA-POST-1"), record.Passed, "", steps...)
	}
	l.Add(record.End{Status: "passed"})
	run, err := reports.Derive(reportstest.Header, l.Events, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, run, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 20<<20 {
		t.Errorf("%d bytes", b.Len())
	}
	if !strings.Contains(b.String(), "15 more steps are in record.jsonl") || !strings.Contains(b.String(), "20 more rows of exchanges are left out; all are in record.jsonl") {
		t.Error("the page does not say what it leaves out")
	}
}

func TestThinKeepsADip(t *testing.T) {
	p := make([][2]float64, 100_000)
	for i := range p {
		p[i] = [2]float64{float64(i), 13}
	}
	p[54_321][1] = 2
	got := thin(p)
	if len(got) > maxPoints {
		t.Errorf("%d points", len(got))
	}
	for _, q := range got {
		if q == p[54_321] {
			return
		}
	}
	t.Error("the dip is gone")
}
