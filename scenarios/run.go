package scenarios

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"

	"otabench/bench"
	"otabench/bench/config"
	"otabench/bench/record"
)

// suite is what the running suite was given.
var suite struct {
	open      func(context.Context) (*bench.Bench, error)
	openError error
	record    *record.Writer
	proven    bool   // the run has to prove itself
	running   string // id of the spec that runs
	upcoming  string // role of the packages that a vehicle's ECUs get next
	// fetched has how many answers with bytes of a package there were before its campaign.
	fetched map[string]int
	// reports is how many reports of the vehicle there were before it.
	reports int
}

// Options of a run.
type Options struct {
	// Open opens the bench. It is called once, before the first spec.
	Open func(context.Context) (*bench.Bench, error)
	// Record is the timeline that Open's bench writes to.
	Record *record.Writer
	// Filter chooses specs by their labels, in Ginkgo's label filter language. Empty chooses all.
	Filter string
	// Rationale is why these specs were chosen, for the record.
	Rationale string
	// Proofs are what was tried before the run; Proven says that the run has to prove itself, by these and by a loopback of
	// each bus.
	Proofs []record.Proof
	Proven bool
	// Shuffle runs the specs in an order that Seed makes, instead of that of the source.
	Shuffle bool
	Seed    int64
	// JSON is the file for Ginkgo's own report; empty for none.
	JSON string
	// Timeout bounds the whole run, 24 h if 0.
	Timeout time.Duration
}

// Run runs the suite and reports whether it passed. err is the error of opening the bench, if that failed. The verdict
// is not this function's business: it is derived from the record.
func Run(t GinkgoTestingT, o Options) (passed bool, err error) {
	planned := plan(o.Filter) // goes through the specs as well, so nothing is recorded yet
	planned.Rationale, planned.Proven = o.Rationale, o.Proven
	suite.open, suite.record, suite.openError, suite.proven = o.Open, o.Record, nil, o.Proven
	gomega.RegisterFailHandler(Fail)
	sc, rc := GinkgoConfiguration()
	sc.LabelFilter = ginkgoFilter(o.Filter)
	if sc.Timeout = o.Timeout; o.Timeout == 0 {
		sc.Timeout = 24 * time.Hour
	}
	if o.Shuffle {
		sc.RandomizeAllSpecs, sc.RandomSeed = true, o.Seed
	}
	rc.JSONReport = o.JSON
	rc.Succinct = true
	if o.Record != nil {
		o.Record.Add(planned)
		for _, p := range o.Proofs {
			o.Record.Add(p)
		}
	}
	passed = RunSpecs(t, title, sc, rc)
	return passed, suite.openError
}

const title = "Over-the-air update"

// Spec describes a spec of the suite.
type Spec struct {
	ID     string   `json:"id"`
	Text   string   `json:"text"`
	Labels []string `json:"labels"`
	File   string   `json:"file"`
	Line   int      `json:"line"`
}

// List returns the specs that a label filter chooses, in the order of the source, without running any.
func List(filter string) ([]Spec, error) {
	if _, err := types.ParseLabelFilter(ginkgoFilter(filter)); err != nil {
		return nil, errors.New(strings.TrimSpace(colour.ReplaceAllString(err.Error(), "")))
	}
	all := []Spec{} // in JSON, no specs are an empty list
	for _, s := range plan(filter).Specs {
		all = append(all, Spec{ID: s.ID, Text: strings.Join(append(s.Path, s.Text), " "), Labels: s.Labels, File: s.File, Line: s.Line})
	}
	return all, nil
}

// colour is what Ginkgo's errors have for terminals.
var colour = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Suited narrows a label filter to the specs that a bench file is for: without a vehicle, those of an update master are left
// out, as there is none that they could be run on.
func Suited(filter string, f *config.File) string {
	switch {
	case f.Vehicle != nil:
		return filter
	case filter == "":
		return "!" + ofVehicle
	}
	return fmt.Sprintf("(%s) && !%s", filter, ofVehicle)
}

// ofVehicle is the label of all specs of a vehicle with an update master.
const ofVehicle = "OTA"

// plan finds the specs that a filter chooses.
func plan(filter string) record.Planned {
	sc, rc := GinkgoConfiguration()
	sc.LabelFilter = ginkgoFilter(filter)
	p := record.Planned{Filter: filter}
	for _, r := range PreviewSpecs(title, sc, rc).SpecReports {
		switch {
		case r.LeafNodeType != types.NodeTypeIt:
		case r.State.Is(types.SpecStateSkipped):
			p.Unselected++
			p.LeftOut = append(p.LeftOut, specOf(r))
		default:
			p.Specs = append(p.Specs, specOf(r))
		}
	}
	return p
}

// specOf turns Ginkgo's description of a spec into the record's. The id is made of the spec's texts alone, so that it
// survives changes of the code around it.
func specOf(r types.SpecReport) record.SpecStart {
	place := r.LeafNodeLocation
	var labels []string
	for _, l := range r.Labels() {
		labels = append(labels, requirementOf(l))
	}
	slices.Sort(labels)
	labels = slices.Compact(labels)
	return record.SpecStart{
		ID:   specID(r),
		Text: r.LeafNodeText, Path: r.ContainerHierarchyTexts, Labels: labels,
		File: "scenarios/" + filepath.Base(place.FileName), Line: place.LineNumber,
	}
}
