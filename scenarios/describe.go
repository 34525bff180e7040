package scenarios

import (
	. "github.com/onsi/ginkgo/v2"
)

// Procedures is a Describe whose specs start from the state that prepare makes and stand in the record.
//
// Each container brings these hooks itself, since Ginkgo's PreviewSpecs, by which a run knows its plan, loses hooks that
// stand at the top level.
func Procedures(text string, args ...any) bool {
	for i, arg := range args {
		if body, ok := arg.(func()); ok {
			args[i] = func() {
				ReportBeforeEach(recordStart)
				BeforeEach(func(ctx SpecContext) { prepare(ctx) }, NodeTimeout(specTime))
				body()
				AfterEach(func() { Bench.DisarmAll() })
				ReportAfterEach(recordEnd)
			}
		}
	}
	return Describe(text, append(args, Offset(1))...)
}
