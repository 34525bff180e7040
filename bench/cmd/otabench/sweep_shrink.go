package main

import (
	"otabench/bench/record"
	"otabench/bench/sweep"
)

// worst has the first point of each way in which a unit went wrong.
type worst map[way]sweep.Result

type way struct {
	procedure    sweep.Procedure
	phase, fault string
	outcome      sweep.Outcome
	wrong        string
}

func (w *worst) add(r sweep.Result) {
	if !r.Failed() {
		return
	}
	if *w == nil {
		*w = worst{}
	}
	k := way{r.Procedure, r.Phase, r.Fault, r.Outcome, r.Wrong}
	if first, known := (*w)[k]; !known || r.At < first.At {
		(*w)[k] = r
	}
}

// mostShrunk bounds how many points are shrunk: a unit that goes wrong in so many ways needs no simpler ones.
const mostShrunk = 20

// shrink finds the simplest point of each way and records it.
func (s *sweeping) shrink(e *sweep.Exhaustive, all worst) error {
	n := 0
	for _, r := range all {
		if n++; n > mostShrunk {
			break
		}
		small, err := e.Shrink(r)
		if err != nil {
			return err
		}
		if small.Point.String() == r.Point.String() {
			continue
		}
		small.Phase = r.Phase
		s.rec.Add(sweepResult(small))
		s.rec.Add(record.SweepShrunk{From: r.Point.String(), To: small.Point.String()})
	}
	return nil
}
