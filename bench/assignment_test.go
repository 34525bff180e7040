package bench_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
)

func TestWhatTheLaboratoryStatesIsRecorded(t *testing.T) {
	stated := func(f *config.File, _ *bench.Options) {
		f.Report = &config.Report{
			Customer: "customer", Contact: "contact", Order: "order", Address: "address", Accreditation: "accreditation",
			Method: "method", Exceptions: "exceptions", Sampling: "sampling", Condition: "new", Received: "2026-02-23", External: "none",
			Environment:  config.Environment{Temperature: "23 °C", Humidity: "45 %", Remarks: "quiet"},
			AuthorisedBy: config.Person{Name: "A. Example", Role: "head"},
		}
	}
	onBench(t, stated, func(t *testing.T, _ *bench.Bench, j *journal) {
		want := []record.Assignment{{
			Customer: "customer", Contact: "contact", Order: "order", Address: "address", Accreditation: "accreditation",
			Method: "method", Exceptions: "exceptions", Sampling: "sampling", Condition: "new", Received: "2026-02-23", External: "none",
			Environment:  record.Environment{Temperature: "23 °C", Humidity: "45 %", Remarks: "quiet"},
			AuthorisedBy: record.Person{Name: "A. Example", Role: "head"},
		}}
		if diff := cmp.Diff(want, said[record.Assignment](j)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNothingStatedIsNothingRecorded(t *testing.T) {
	onBench(t, nil, func(t *testing.T, _ *bench.Bench, j *journal) {
		if a := said[record.Assignment](j); len(a) != 0 {
			t.Errorf("%+v", a)
		}
	})
}
