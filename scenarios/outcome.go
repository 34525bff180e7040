package scenarios

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/bench/record"
	"otabench/ecu"
)

// keeps waits until the unit runs confirmed software and returns it: the previous one as it was or the next one whole,
// and never a mixture of both.
func keeps(ctx SpecContext, before ecu.Identity) ecu.Identity {
	GinkgoHelper()
	unit := Bench.Unit()
	next := unit.Package("next").Manifest
	var kept ecu.Identity
	Expect(unit.AwaitIdentity(ctx, reverting(unit), func(id ecu.Identity) bool {
		kept = id
		return id.Same(before) || id.Confirmed() && id.Same(before.Updated(next, id.Slot))
	})).To(Succeed())
	return kept
}

// remark leaves the tester's error in the record where it is no verdict.
func remark(err error) {
	text := "the tester saw no error"
	if err != nil {
		text = "the tester saw: " + err.Error()
	}
	Bench.Record().Add(record.Note{Text: text})
}
