package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"otabench/bench/record"
	"otabench/bench/sweep"
)

// planOf is a plan as it stands in the record.
func (s *sweeping) planOf(p sweep.Plan) record.SweepPlan {
	r := record.SweepPlan{
		Unit: s.o.ecu, Package: s.o.pkg, Seed: s.o.seed, OtherSlot: s.o.otherSlot, Faults: p.Faults, Points: len(p.Points), Exhaustive: s.bubble != nil && s.o.sample == 0 && !s.o.brief && s.o.point == "",
	}
	for _, x := range p.Procedures {
		r.Procedures = append(r.Procedures, record.SweepProcedure{
			Name: string(x.Procedure), Frames: x.Frames(), Operations: len(x.Moments) - x.Frames(), Length: x.Length,
		})
	}
	return r
}

// samePlan says whether two plans are of the same sweep.
func samePlan(a, b record.SweepPlan) bool {
	same := func(x, y record.SweepProcedure) bool {
		return x.Name == y.Name && x.Frames == y.Frames && x.Operations == y.Operations
	}
	return a.Unit == b.Unit && a.Package == b.Package && a.Seed == b.Seed && a.OtherSlot == b.OtherSlot && a.Points == b.Points &&
		slices.Equal(a.Faults, b.Faults) && slices.EqualFunc(a.Procedures, b.Procedures, same)
}

func sweepResult(r sweep.Result) record.SweepResult {
	return record.SweepResult{
		Point: r.Point.String(), Procedure: string(r.Procedure), Phase: r.Phase, Offset: r.Offset.Words(), At: r.At,
		Fault: r.Fault, Outcome: string(r.Outcome), Recovered: r.Recovered, Wrong: r.Wrong, Unit: r.Unit, Tester: r.Tester,
		Like: r.Like,
	}
}

// sweepPlan is a plan in JSON.
type sweepPlan struct {
	Points     int              `json:"points"`
	Estimate   float64          `json:"estimate_s"`
	Procedures []sweepProcedure `json:"procedures"`
}

type sweepProcedure struct {
	Name       string         `json:"name"`
	Frames     int            `json:"frames"`
	Operations int            `json:"operations"`
	Length     float64        `json:"length_s"`
	Points     map[string]int `json:"points,omitempty"` // by fault; only of a plan
}

func planJSON(p sweep.Plan, workers int) sweepPlan {
	out := sweepPlan{Points: len(p.Points), Estimate: p.Estimate(workers).Seconds()}
	for _, x := range p.Procedures {
		points := map[string]int{}
		for _, f := range p.Faults {
			points[f] = p.Count(x.Procedure, f)
		}
		out.Procedures = append(out.Procedures, sweepProcedure{
			Name: string(x.Procedure), Frames: x.Frames(), Operations: len(x.Moments) - x.Frames(),
			Length: x.Length.Seconds(), Points: points,
		})
	}
	return out
}

func printSweep(w io.Writer, p sweep.Plan, workers int) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "procedure\tframes\tflash operations\tlength\tfault\tpoints")
	for _, x := range planJSON(p, workers).Procedures {
		for _, f := range p.Faults {
			fmt.Fprintf(t, "%s\t%d\t%d\t%.1f s\t%s\t%d\n", x.Name, x.Frames, x.Operations, x.Length, f, x.Points[f])
		}
	}
	_ = t.Flush()
	fmt.Fprintf(w, "%d points, about %v\n", len(p.Points), p.Estimate(workers).Round(time.Second))
}
