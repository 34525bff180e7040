package rederive

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"otabench/bench/record"
	"otabench/reports"
)

const (
	ginkgoFile = "ginkgo.json"
	maxSpec    = 64 << 20 // bytes of one spec in Ginkgo's report
)

// ginkgoSpec is what is compared of a spec in Ginkgo's report.
type ginkgoSpec struct {
	ContainerHierarchyTexts  []string
	ContainerHierarchyLabels [][]string
	LeafNodeType             string
	LeafNodeText             string
	LeafNodeLabels           []string
	LeafNodeLocation         struct{ LineNumber int }
	State                    string
	StartTime                time.Time
	RunTime                  time.Duration
	Failure                  struct {
		Message        string
		ForwardedPanic string
	}
	SpecEvents []struct {
		SpecEventType string
		Message       string
	}
	ReportEntries []struct {
		Name  string
		Value struct{ AsJSON string }
	}
}

// outcomes are the states of Ginkgo's report as outcomes of the record. All others are failures.
var outcomes = map[string]record.Outcome{
	"passed": record.Passed, "skipped": record.NotRun, "pending": record.NotRun,
	"interrupted": record.Aborted, "aborted": record.Aborted,
}

func (g *ginkgoSpec) outcome() record.Outcome {
	if o, ok := outcomes[g.State]; ok {
		return o
	}
	return record.Failed
}

// compareGinkgo compares outcomes with Ginkgo's own report.
func (c *checker) compareGinkgo() {
	if c.run.Sweep != nil && !c.exists(ginkgoFile) {
		return // a sweep is no suite of Ginkgo's
	}
	f, err := c.open(ginkgoFile)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			err = errors.New("it is not there")
		}
		c.res.uncompared("outcomes of specs with %s: %v", ginkgoFile, err)
		return
	}
	defer f.Close()
	v := &verdicts{c: c, specs: map[string]*reports.Spec{}, seen: map[string]int{}, runtime: map[string]time.Duration{}}
	for _, s := range c.run.Specs {
		v.specs[s.ID] = s
	}
	if err := eachSpec(f, v.compare); err != nil {
		c.foundAt(0, "", ginkgoFile, "Ginkgo's report", "a report", err.Error())
		c.res.uncompared("outcomes of specs with %s: %v", ginkgoFile, err)
		return
	}
	v.finish()
}

// eachSpec calls f for each spec in a report, which may have come from anybody, one after another.
func eachSpec(r io.Reader, f func(*ginkgoSpec)) error {
	b := &budget{r: r, left: maxSpec}
	d := json.NewDecoder(b)
	if err := expect(d, json.Delim('[')); err != nil {
		return err
	}
	for d.More() { // suites
		if err := expect(d, json.Delim('{')); err != nil {
			return err
		}
		for d.More() {
			b.left = maxSpec
			if err := eachField(d, b, f); err != nil {
				return err
			}
		}
		if err := expect(d, json.Delim('}')); err != nil {
			return err
		}
	}
	return expect(d, json.Delim(']'))
}

// eachField takes the next field of a suite.
func eachField(d *json.Decoder, b *budget, f func(*ginkgoSpec)) error {
	key, err := d.Token()
	if err != nil {
		return err
	}
	if key != "SpecReports" {
		var ignored json.RawMessage
		return d.Decode(&ignored)
	}
	if err := expect(d, json.Delim('[')); err != nil {
		return err
	}
	for d.More() {
		b.left = maxSpec
		var g ginkgoSpec
		if err := d.Decode(&g); err != nil {
			return err
		}
		f(&g)
	}
	return expect(d, json.Delim(']'))
}

func expect(d *json.Decoder, want json.Delim) error {
	switch got, err := d.Token(); {
	case errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	case err != nil:
		return err
	case got != want:
		return fmt.Errorf("want %v, not %.40v", want, got)
	}
	return nil
}

// budget bounds what is read for one value.
type budget struct {
	r    io.Reader
	left int
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("one value has more than %d bytes", maxSpec)
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// verdicts compares the specs of a run with those of Ginkgo's report.
type verdicts struct {
	c       *checker
	specs   map[string]*reports.Spec
	seen    map[string]int
	runtime map[string]time.Duration
	offset  *time.Duration // from the clock of the report to that of the run
}

func (v *verdicts) compare(g *ginkgoSpec) {
	if g.LeafNodeType != "It" {
		v.compareNode(g)
		return
	}
	id := record.SpecID(g.ContainerHierarchyTexts, g.LeafNodeText)
	s := v.specs[id]
	if s == nil || s.Begun == 0 && s.Ended == 0 {
		// One that the filter left out, or that was never reached, is skipped for Ginkgo.
		if g.outcome() != record.NotRun {
			v.c.foundAt(0, id, ginkgoFile, "spec "+g.LeafNodeText, "that it did not run", g.State)
		}
		return
	}
	v.seen[id]++
	v.runtime[id] += g.RunTime
	v.c.res.Specs++
	v.compareOutcome(s, g)
	v.compareLabels(s, g)
	v.compareSteps(s, g)
	v.compareMeasurements(s, g)
	v.compareStart(s, g)
}

// compareNode compares what belongs to no spec, such as the opening of the bench. Each failure there fails the suite.
func (v *verdicts) compareNode(g *ginkgoSpec) {
	if g.outcome() != record.Passed && v.c.run.Ended == string(record.Passed) {
		v.c.foundAt(0, "", ginkgoFile, "outcome of "+g.LeafNodeType, v.c.run.Ended, g.State)
	}
}

func (v *verdicts) found(s *reports.Spec, what, recorded, raw string) {
	v.c.foundAt(s.Start, s.ID, ginkgoFile, what, recorded, raw)
}

func (v *verdicts) compareOutcome(s *reports.Spec, g *ginkgoSpec) {
	switch got := g.outcome(); {
	case s.Outcome == record.Void && len(s.Faults) == 0:
		v.found(s, "outcome", "void without a fault of the bench", g.State)
	case s.Outcome != record.Void && got != s.Outcome:
		v.found(s, "outcome", string(s.Outcome), g.State)
	case got == record.Passed:
		return
	}
	message := g.Failure.Message
	if g.State == "panicked" {
		message = "panic: " + g.Failure.ForwardedPanic
	}
	if s.Outcome != record.Void && s.Message != message || !strings.Contains(s.Message, strings.TrimSpace(message)) {
		v.found(s, "message of the failure", s.Message, message)
	}
}

// compareLabels compares what a spec says that it proves. Inside Ginkgo a slash is an underscore.
func (v *verdicts) compareLabels(s *reports.Spec, g *ginkgoSpec) {
	plain := func(labels []string) []string {
		all := map[string]bool{}
		for _, l := range labels {
			all[strings.ReplaceAll(l, "/", "_")] = true
		}
		return slices.Sorted(maps.Keys(all))
	}
	want, got := plain(s.Labels), plain(append(slices.Concat(g.ContainerHierarchyLabels...), g.LeafNodeLabels...))
	if !slices.Equal(want, got) {
		v.found(s, "labels", strings.Join(want, " "), strings.Join(got, " "))
	}
}

func (v *verdicts) compareSteps(s *reports.Spec, g *ginkgoSpec) {
	if s.Begun > 1 {
		return // a spec that ran several times has them all
	}
	recorded, n := v.c.steps[s.ID], 0
	for _, e := range g.SpecEvents {
		if e.SpecEventType != "By" {
			continue
		}
		n++
		switch {
		case n > len(recorded):
			v.found(s, fmt.Sprintf("step %d", n), "none", e.Message)
			return
		case recorded[n-1] != maphash.String(v.c.seed, e.Message):
			v.found(s, fmt.Sprintf("step %d", n), "another text", e.Message)
			return
		}
		v.c.res.Steps++
	}
	if n < len(recorded) {
		v.found(s, fmt.Sprintf("step %d", n+1), "one more", "has none")
	}
}

// compareMeasurements compares values and limits, which the suite leaves in both.
func (v *verdicts) compareMeasurements(s *reports.Spec, g *ginkgoSpec) {
	if s.Begun > 1 {
		return
	}
	var all []record.Measurement
	for _, e := range g.ReportEntries {
		var m record.Measurement
		if e.Name == record.MeasurementEntry && json.Unmarshal([]byte(e.Value.AsJSON), &m) == nil {
			all = append(all, m)
		}
	}
	for i := range max(len(all), len(s.Measurements)) {
		switch {
		case i >= len(all):
			v.found(s, "measurement "+s.Measurements[i].Name, inJSON(s.Measurements[i]), "has none")
		case i >= len(s.Measurements):
			v.found(s, "measurement "+all[i].Name, "none", inJSON(all[i]))
		case inJSON(all[i]) != inJSON(s.Measurements[i]):
			v.found(s, "measurement "+all[i].Name, inJSON(s.Measurements[i]), inJSON(all[i]))
		default:
			continue
		}
		return
	}
}

func inJSON(m record.Measurement) string {
	text, err := json.Marshal(m)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// compareStart compares when specs began. The clock of the report is another one, and may have been set meanwhile.
func (v *verdicts) compareStart(s *reports.Spec, g *ginkgoSpec) {
	const clocks = time.Second
	if s.Begun > 1 {
		return
	}
	offset := g.StartTime.Sub(v.c.run.Header.Started.Add(s.Start))
	if v.offset == nil {
		v.offset = &offset
	}
	if d := offset - *v.offset; d > clocks || d < -clocks {
		v.found(s, "start", s.Start.String(), (s.Start + d).String())
	}
	*v.offset = offset
}

// finish compares what only all specs together tell.
func (v *verdicts) finish() {
	for _, s := range v.c.run.Specs {
		switch {
		case s.Ended == 0:
		case v.seen[s.ID] == 0:
			v.found(s, "spec "+s.Text, string(s.Outcome), "has no such spec")
		case v.runtime[s.ID] != s.Duration:
			v.found(s, "duration", s.Duration.String(), v.runtime[s.ID].String())
		}
	}
}
