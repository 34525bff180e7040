package scenarios

import (
	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	. "github.com/onsi/gomega"

	"otabench/bench"
	"otabench/bench/trigger"
	"otabench/ecu/description"
	"otabench/ecu/flash"
	"otabench/ecu/uds"
)

// phase is a part of an update, or of the rollback after one, in which something happens to the unit.
type phase struct {
	text, label string
	// holds says that the tester is about to begin the phase, or is in the middle of it.
	holds func(flash.Progress) bool
	// moment is a frame in the phase.
	moment func(*bench.ECU) trigger.Condition
	// latest is the phase in which a unit has to refuse at the latest if its gates were closed before this one began.
	latest flash.Phase
	// decided says that the new software is there, verified and activated, so that the unit may keep it or not.
	decided  bool
	rollback bool
}

func (p phase) String() string { return p.text }

// inEachPhase is a table with a line for each phase. It stands where it is called.
func inEachPhase(text string, body func(SpecContext, phase)) {
	place := types.NewCodeLocation(1)
	lines := []any{place, body}
	for _, p := range phases() {
		lines = append(lines, Entry(p.text, place, Label(p.label), p))
	}
	DescribeTable(text, lines...)
}

// phases are those of an update, in order, and the rollback.
func phases() []phase {
	return []phase{
		{
			text: "before the update", label: "before", latest: flash.PhaseSession,
			holds: beginning(flash.PhasePreconditions), moment: firstRequest,
		},
		{
			text: "during the erase", label: "erase", latest: flash.PhaseErase,
			holds: beginning(flash.PhaseErase), moment: starting(description.Erase),
		},
		{
			text: "during the transfer", label: "transfer", latest: flash.PhaseTransfer,
			holds: halfway, moment: fifthBlock,
		},
		{
			text: "during the verification", label: "verification", latest: flash.PhaseActivate,
			holds: beginning(flash.PhaseVerify), moment: starting(description.Verify),
		},
		{
			text: "during the activation", label: "activation", latest: flash.PhaseActivate,
			holds: beginning(flash.PhaseActivate), moment: starting(description.Activate),
		},
		{
			text: "during the trial boot", label: "trial", decided: true,
			holds: beginning(flash.PhaseReset), moment: resetting,
		},
		{
			text: "during the rollback", label: "rollback", rollback: true,
			holds: beginning(flash.PhaseRollback), moment: starting(description.Rollback),
		},
	}
}

func beginning(want flash.Phase) func(flash.Progress) bool {
	return func(p flash.Progress) bool { return p.Phase == want }
}

// halfway is between two requests of the transfer.
func halfway(p flash.Progress) bool { return p.Phase == flash.PhaseTransfer && 2*p.Done >= p.Total }

func firstRequest(u *bench.ECU) trigger.Condition {
	return trigger.Request(u.Name(), uds.SIDDiagnosticSessionControl, u.Description().Sessions.Extended).Sent()
}

func fifthBlock(u *bench.ECU) trigger.Condition { return u.TransferData(5).Sent() }

func resetting(u *bench.ECU) trigger.Condition { return u.Resetting().Sent() }

func starting(routine string) func(*bench.ECU) trigger.Condition {
	return func(u *bench.ECU) trigger.Condition {
		return u.Routine(needRoutine(routine, u.Description().Routines[routine].ID)).Sent()
	}
}

// held is how far the tester came.
type held struct {
	reached  bool        // it was in the phase
	furthest flash.Phase // that it began; steps of the maker, which have no order, do not count
}

// hold makes the tester wait in the phase for f, once.
func (p phase) hold(f func()) (h *held, stop func()) {
	h = &held{}
	return h, Bench.Unit().OnProgress(func(at flash.Progress) {
		if at.Phase <= flash.PhaseRollback {
			h.furthest = max(h.furthest, at.Phase)
		}
		if p.holds(at) && !h.reached {
			h.reached = true
			defer GinkgoRecover()
			f()
		}
	})
}

// run takes the unit through an update, or through an update and its rollback, and returns the tester's error.
func (p phase) run(ctx SpecContext) error {
	GinkgoHelper()
	unit := Bench.Unit()
	next := unit.Package("next")
	if !p.rollback {
		Step("update; something happens %s", p)
		return unit.Update(ctx, next)
	}
	needRoutine(description.Rollback, unit.Description().Routines[description.Rollback].ID)
	Step("install release %s, which is then on trial", next.Manifest.Version)
	Expect(unit.Install(ctx, next)).To(Succeed())
	Step("roll back; something happens meanwhile")
	return unit.Rollback(ctx)
}
