package pdf

import (
	"strconv"

	"otabench/bench/record"
	"otabench/reports"
)

// maxMeasurements bounds the rows of the table of all measurements, maxStatistics those of the statistics.
const (
	maxMeasurements = 400
	maxStatistics   = 200
)

// taken is a measurement with the spec that it belongs to.
type taken struct {
	record.Measurement
	spec int
}

// measurements are all values with their limits and uncertainties, those first that did not pass.
func (d *document) measurements() {
	d.begin("Measurements")
	var bad, good []taken
	unstated := 0
	for _, s := range d.Specs {
		for _, m := range s.Measurements {
			if m.Uncertainty == nil {
				unstated++
			}
			if reports.Measured(m) == reports.Passed {
				good = append(good, taken{m, d.number[s]})
			} else {
				bad = append(bad, taken{m, d.number[s]})
			}
		}
	}
	if len(bad)+len(good) == 0 {
		d.paragraph(regular, sizeText, soft, "No measurement is recorded.")
		return
	}
	d.say("Uncertainties are expanded ones with a coverage factor of k = 2, about 95 %% (JCGM 100), in the unit of the value. %d of %s passed.",
		len(good), reports.Count(len(bad)+len(good), "measurement"))
	if unstated > 0 {
		d.say("For %s no uncertainty is stated; they were compared with their limits as they are.", reports.Count(unstated, "value"))
	}
	d.statistics()
	d.part("Values")
	shown, more := upTo(append(bad, good...), maxMeasurements)
	t := d.table(measurementColumns(column{head: "Spec", width: 12})...)
	for _, m := range shown {
		t.row(append([]cell{{text: specName(m.spec), ink: black, key: specKey(m.spec)}}, measured(m.Measurement)...)...)
	}
	t.end("")
	switch failed := len(bad) - len(shown); {
	case failed > 0:
		d.remark("%d more did not pass and %d passed; all are in record.jsonl.", failed, len(good))
	case more > 0:
		d.remark("%d more passed, and are in record.jsonl.", more)
	}
}

func measurementColumns(first ...column) []column {
	return append(first, column{head: "Quantity", width: 52}, column{head: "Value", width: 26, right: true}, column{head: "Uncertainty\n(k = 2)", width: 22, right: true},
		column{head: "Limits", width: 30}, column{head: "Verdict", width: 20}, column{head: "Source", width: 24})
}

func measured(m record.Measurement) []cell {
	return []cell{
		plain(line(m.Name)), plain(num(m.Value) + " " + line(m.Unit)), uncertainty(m),
		plain(line(reports.Limits(m))), verdict(reports.Measured(m)), stated(m.Source),
	}
}

func uncertainty(m record.Measurement) cell {
	switch {
	case m.Uncertainty == nil:
		return faint("not stated")
	case *m.Uncertainty == 0:
		return plain("0, counted")
	}
	return plain("± " + num(*m.Uncertainty) + " " + line(m.Unit))
}

func (d *document) statistics() {
	if len(d.Statistics) == 0 {
		return
	}
	d.part("Statistics of repeated measurements")
	d.remark("MAD is the median of the absolute deviations from the median; s is the standard deviation of the sample. The verdict is the worst of all values.")
	t := d.table(column{head: "Quantity", width: 42}, column{head: "Limits", width: 26}, column{head: "n", width: 9, right: true}, column{head: "Least", width: 19, right: true},
		column{head: "Greatest", width: 19, right: true}, column{head: "Median\nMAD", width: 19, right: true}, column{head: "Mean\ns", width: 19, right: true}, column{head: "Verdict", width: 20})
	shown, more := upTo(d.Statistics, maxStatistics)
	for _, s := range shown {
		t.row(plain(line(s.Name)+"\nby "+line(s.Source)), plain(line(reports.Limits(s.Measurement))), plain(num(float64(s.N))), plain(num(s.Lowest)), plain(num(s.Highest)),
			plain(num(s.Median)+"\n"+num(s.MAD)), plain(num(s.Mean)+"\n"+scatter(s)), verdict(s.Verdict))
	}
	t.end("")
	if more > 0 {
		d.remark("%d more follow from record.jsonl.", more)
	}
}

// scatter is the standard deviation, without what rounding makes of equal values.
func scatter(s reports.Statistic) string {
	if s.Lowest == s.Highest {
		return "0"
	}
	return strconv.FormatFloat(s.Deviation, 'g', 3, 64)
}
