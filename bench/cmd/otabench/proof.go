package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/mutation"
)

// proofsDir holds the records of proofs in a run folder.
const proofsDir = "proofs"

// known is a mutant that the suite has to fail, on an embedded bench, whatever bench the run is on: what proves itself is the
// suite. The same specs have to pass on the good unit.
type known struct{ bench, mutant, filter string }

// knownBad are the mutants of a unit, and of an update master for benches with a vehicle.
func knownBad(f *config.File) []known {
	all := []known{{embedded.UnitName, "signature-not-checked", "UN-R156/7.1.3.1 && OTA-MAIN-3"}}
	if f.Vehicle != nil {
		all = append(all, known{embedded.Name, "ota-permission-not-checked", "OTA && OTA-PRE-4"})
	}
	return all
}

// prove lets the suite fail what is known to be bad and pass what is known to be good, each with a record in the run folder.
func (a *app) prove(ctx context.Context, f *config.File, dir string, show io.Writer) ([]record.Proof, error) {
	var all []record.Proof
	for _, k := range knownBad(f) {
		one, err := a.proveBy(ctx, dir, k)
		if err != nil {
			return nil, fmt.Errorf("let the suite prove itself by the mutant %s: %w", k.mutant, err)
		}
		for _, p := range one {
			mark := "✓"
			if !p.Holds() {
				mark = "✗"
			}
			fmt.Fprintf(show, "  %s %s: %s should be %s and is %s\n", mark, p.Proof, p.Subject, p.Expected, p.Got)
		}
		all = append(all, one...)
	}
	return all, nil
}

// proveBy runs the same specs on the good unit and on the mutant. The mutant has failed if a spec fails on it that passes on
// the good one.
func (a *app) proveBy(ctx context.Context, dir string, k known) ([]record.Proof, error) {
	runner := childRunner{app: &app{out: io.Discard, errs: io.Discard, bench: k.bench}, whole: true}
	run := func(name, mutant string) (*reports.Run, string, error) {
		folder := path.Join(proofsDir, name)
		in := filepath.Join(dir, filepath.FromSlash(folder))
		if err := os.MkdirAll(in, 0o755); err != nil {
			return nil, "", err
		}
		if _, err := runner.suiteIn(ctx, in, mutation.Mutant{Name: mutant, Filter: k.filter}); err != nil {
			return nil, "", err
		}
		r, err := reports.Load(in)
		return r, folder, err
	}
	good, goodFolder, err := run(k.mutant+".good", "")
	if err != nil {
		return nil, err
	}
	bad, badFolder, err := run(k.mutant, k.mutant)
	if err != nil {
		return nil, err
	}
	loopback := record.Proof{
		Proof: record.Loopback, Subject: "good unit beside " + k.mutant, Expected: record.Passed, Got: record.Outcome(good.Status),
		Detail: good.Totals.String(), Folder: goodFolder, Digest: good.Digest,
	}
	if len(good.Specs) > 0 {
		loopback.Spec, loopback.Text = good.Specs[0].ID, good.Specs[0].Name()
	}
	knownBad := record.Proof{
		Proof: record.KnownBad, Subject: k.mutant, Expected: record.Failed, Got: record.Outcome(bad.Status),
		Detail: bad.Totals.String(), Folder: badFolder, Digest: bad.Digest,
	}
	if s := killer(good, bad); s != nil {
		knownBad.Spec, knownBad.Text, knownBad.Got, knownBad.Detail = s.ID, s.Name(), record.Outcome(s.Verdict), s.Reasons[0]
	}
	return []record.Proof{loopback, knownBad}, nil
}

// killer is the first spec that fails on the bad unit and passes on the good one, nil if there is none.
func killer(good, bad *reports.Run) *reports.Spec {
	passed := map[string]bool{}
	for _, s := range good.Specs {
		passed[s.ID] = s.Verdict == reports.Passed
	}
	for _, s := range bad.Specs {
		if s.Verdict == reports.Failed && passed[s.ID] {
			return s
		}
	}
	return nil
}
