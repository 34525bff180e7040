package scenarios

import (
	"fmt"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"otabench/bench/record"
)

func specID(r types.SpecReport) string {
	return record.SpecID(r.ContainerHierarchyTexts, r.LeafNodeText)
}

// recordStart opens a spec in the record.
func recordStart(r SpecReport) {
	if suite.record == nil || r.State.Is(types.SpecStateSkipped|types.SpecStatePending) {
		return
	}
	s := specOf(r)
	suite.running = s.ID
	suite.record.Spec(s.ID)
	suite.record.Add(s)
}

// recordEnd closes it with its outcome.
func recordEnd(r SpecReport) {
	// Ginkgo also reports specs that the filter left out or that an abort never reached.
	if suite.record == nil || suite.running != specID(r) {
		return
	}
	suite.running = ""
	end := record.SpecEnd{ID: specID(r), Outcome: outcomeOf(r.State), Duration: r.RunTime}
	if r.State.Is(types.SpecStateFailureStates) {
		end.Message = r.Failure.Message
		if r.State.Is(types.SpecStatePanicked) {
			end.Message = fmt.Sprintf("panic: %s", r.Failure.ForwardedPanic)
		}
		end.Where = fmt.Sprintf("%s:%d", filepath.Base(r.Failure.Location.FileName), r.Failure.Location.LineNumber)
	}
	if r.State.Is(types.SpecStateSkipped) {
		end.Message = r.Failure.Message
	}
	if Bench != nil {
		if faults := Bench.TakeFaults(); len(faults) > 0 {
			end.Outcome = record.Void
			end.Message = strings.TrimSpace(fmt.Sprintf("the bench failed: %s: %s\n%s", faults[0].Device, faults[0].Text, end.Message))
		}
	}
	suite.record.Add(end)
	suite.record.Spec("")
}

func outcomeOf(s types.SpecState) record.Outcome {
	switch {
	case s.Is(types.SpecStatePassed):
		return record.Passed
	case s.Is(types.SpecStateSkipped | types.SpecStatePending):
		return record.NotRun
	case s.Is(types.SpecStateInterrupted | types.SpecStateAborted):
		return record.Aborted
	}
	return record.Failed
}
