package allure

import (
	"bytes"
	"fmt"

	"otabench/reports"
	"otabench/reports/table"
)

// file is an attachment with its content.
type file struct {
	attachment
	text []byte
}

// files are what a reader of a spec wants to see beside it. Their names are made of the result's, and of nothing recorded.
func (c converter) files(s *reports.Spec, uuid string) ([]file, error) {
	if len(c.run.Specs) > reports.Many && s.Verdict == reports.Passed {
		return nil, nil
	}
	var all []file
	if n := len(s.Samples); n > 0 {
		var csv bytes.Buffer
		if err := table.Readings(&csv, s); err != nil {
			return nil, err
		}
		all = append(all,
			file{attachment{"voltage at the terminals", uuid + "-voltage.svg", "image/svg+xml"}, curve(s.Samples)},
			file{attachment{partly("readings", n, s.Left.Samples), uuid + "-readings.csv", "text/csv"}, csv.Bytes()})
	}
	if len(s.Measurements) > 0 {
		var csv bytes.Buffer
		if err := table.Write(&csv, &reports.Run{Status: c.run.Status, Reason: c.run.Reason, Specs: []*reports.Spec{s}}); err != nil {
			return nil, err
		}
		all = append(all, file{attachment{"measurements", uuid + "-measurements.csv", "text/csv"}, csv.Bytes()})
	}
	if n := len(s.Console); n > 0 {
		all = append(all, file{attachment{partly("console", n, s.Left.Console), uuid + "-console.txt", "text/plain"}, console(s)})
	}
	return all, nil
}

// console is what the units printed, in time of the run.
func console(s *reports.Spec) []byte {
	var b bytes.Buffer
	for _, e := range s.Console {
		fmt.Fprintf(&b, "%12.6f s  %s: %s\n", e.T.Seconds(), line(e.Body.ECU), line(e.Body.Text))
	}
	return b.Bytes()
}

// partly says of a list that is not whole how much of it there is.
func partly(name string, kept, left int) string {
	if left == 0 {
		return name
	}
	return fmt.Sprintf("%s, %d of %d", name, kept, kept+left)
}
