package history_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"

	"otabench/bench/record"
	"otabench/reports/history"
	"otabench/reports/reportstest/golden"
)

var place = regexp.MustCompile(`(in )/\S*history\.db`)

// The words of a history in which a spec is flaky, one regressed, one was not run and a measurement creeps to a limit.
func TestTerminal(t *testing.T) {
	var runs []made
	for i := range 12 {
		m := measuring(11+0.05*float64(i), time.Second)
		m.specs = append(m.specs, passed("b", "c")...)
		switch {
		case i == 4:
			m.specs[1].outcome = record.Failed
		case i == 6:
			m.fault = true
		case i == 7:
			m.specs[2].outcome = ""
		case i > 9:
			m.firmware, m.specs[2].outcome = "1.5.0\x1b[2J", record.Failed
		}
		runs = append(runs, m)
	}
	var b bytes.Buffer
	if err := history.Terminal(&b, overview(t, with(t, runs...))); err != nil {
		t.Fatal(err)
	}
	got := place.ReplaceAllString(b.String(), "${1}history.db")
	if strings.Contains(got, "\x1b") {
		t.Error("an escape sequence reached the terminal")
	}
	golden.Compare(t, "testdata/terminal.txt", got)
}
