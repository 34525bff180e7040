package scenarios

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/bench/record"
	"otabench/ecu/conformance"
)

// One spec for each rule of the diagnostic server. A clause has more rules than can be seen from outside without harm,
// so that no spec stands for a whole one. The ID of a check, as a label, chooses it alone.
var _ = Procedures("Diagnostic server", Label("conformance"), func() {
	for _, check := range conformance.Checks() {
		It(check.Text, Label(check.ID), Contributes(check.Clauses...), func(ctx SpecContext) {
			conform(ctx, check)
		})
	}
})

// conform holds the unit to a rule. What is measured stands in the record with its limits, and so does each violation.
// A rule that does not apply to the unit is not run.
func conform(ctx SpecContext, check conformance.Check) {
	GinkgoHelper()
	unit := Bench.Unit()
	if check.Cost != "" {
		Step("%s: %s", check.ID, check.Cost)
	}
	probe := conformance.NewProbe(unit.Unit, unit.Bus())
	DeferCleanup(probe.Close)
	finding, err := check.Run(ctx, probe)
	for _, m := range finding.Measurements {
		recordMeasurement(m.Name, inMilliseconds(unit.Between(m.Value, functions[m.Kind], m.From, m.To)), limitsOf(m))
	}
	for _, v := range finding.Violations {
		Bench.Record().Add(record.Note{Text: "violation: " + v.String()})
	}
	Expect(err).NotTo(HaveOccurred())
	switch finding.Outcome {
	case conformance.NotApplicable:
		Skip("not applicable: " + finding.Reason)
	case conformance.Failed:
		Fail(finding.String())
	}
}

// functions say in the record what a time is between.
var functions = map[conformance.Kind]string{
	conformance.ToResponse: record.LongestResponse, conformance.AfterPending: record.LongestAfterPending,
	conformance.BetweenPending: record.ShortestPending, conformance.FromTo: record.Elapsed,
}

func limitsOf(m conformance.Measurement) limit {
	var l limit
	if m.Min != 0 {
		l.min = new(ms(m.Min))
	}
	if m.Max != 0 {
		l.max = new(ms(m.Max))
	}
	return l
}
