package scenarios

import (
	"errors"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"otabench/bench/record"
	"otabench/ecu"
	"otabench/ecu/flash"
)

// refusedIn expects that the unit refused, in the phase or before it. An update that only fails later has changed what
// it should not have.
func refusedIn(latest flash.Phase, err error) {
	GinkgoHelper()
	Expect(err).To(beRejected())
	var where *flash.Error
	Expect(errors.As(err, &where)).To(BeTrue(), "%v does not say where the update failed", err)
	Expect(where.Phase <= latest).To(BeTrue(), "the unit refuses in phase %s; %s should have been the last", where.Phase, latest)
}

// keeps waits until the unit runs confirmed software and returns it: the previous one as it was or the next one whole,
// and never a mixture of both.
func keeps(ctx SpecContext, before ecu.Identity) ecu.Identity {
	GinkgoHelper()
	unit := Bench.Unit()
	next := unit.Package("next").Manifest
	var kept ecu.Identity
	Expect(unit.AwaitIdentity(ctx, reverting(unit), func(id ecu.Identity) bool {
		kept = id
		whole := before
		whole.Software, whole.RXSWIN, whole.Slot = next.Version, next.RXSWIN, id.Slot
		whole.Counter = max(before.Counter, next.Counter)
		confirmed := id.BootState == "" || id.BootState == "confirmed"
		return id.Same(before) || confirmed && id.Same(whole)
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
