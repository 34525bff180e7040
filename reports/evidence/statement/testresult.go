package statement

import (
	"encoding/json"
	"fmt"
	"slices"

	testresult "github.com/in-toto/attestation/go/predicates/test_result/v0"
	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"otabench/reports"
	"otabench/reports/evidence/claims"
	"otabench/reports/evidence/manifest"
)

// TestResultType is the type of in-toto's predicate for the result of a test.
const TestResultType = "https://in-toto.io/attestation/test-result/v0.1"

// Results of that predicate. It has no word for a run that is void, or that did not take place: they are FAILED, since none of
// what they were to show was shown.
const (
	Passed = "PASSED"
	Warned = "WARNED" // nothing failed, and something is nearer to its limit than it was measured
	Failed = "FAILED"
)

// TestResult is in-toto's predicate for the result of a test. Each spec, and each point of a sweep, is in exactly one of the
// lists: passed, marginal, and everything else. The own statement says which of these are void, aborted or not run.
type TestResult struct {
	Result        string          `json:"result"`
	Configuration []Configuration `json:"configuration,omitempty"`
	PassedTests   []string        `json:"passedTests,omitempty"`
	WarnedTests   []string        `json:"warnedTests,omitempty"`
	FailedTests   []string        `json:"failedTests,omitempty"`

	subject manifest.File // the record
}

// Configuration is what the run was made with.
type Configuration struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// TestResultOf is what the claims on a run come to. The subject is the run's record, in the manifest by the name record.
func TestResultOf(c claims.Claims, files []manifest.File) (*TestResult, error) {
	i := slices.IndexFunc(files, func(f manifest.File) bool { return f.Path == reports.RecordFile })
	if i < 0 {
		return nil, fmt.Errorf("the manifest lists no %s", reports.RecordFile)
	}
	t := &TestResult{Result: resultOf(c.Run.Status), subject: files[i]}
	for _, f := range files {
		if f.Path == reports.BenchFile || slices.ContainsFunc(c.Catalogues, func(c claims.Catalogue) bool { return c.File != "" && c.File == f.Path }) {
			t.configured(f.Path, f.SHA256)
		}
	}
	if c.Run.SuiteSHA256 != "" {
		t.configured("suite", c.Run.SuiteSHA256)
	}
	for _, s := range c.Specs {
		t.test(s.ID, s.Verdict)
	}
	for _, p := range c.Points {
		t.test(p.ID, pointVerdict(p))
	}
	return t, nil
}

func (t *TestResult) configured(name, sha256 string) {
	t.Configuration = append(t.Configuration, Configuration{name, map[string]string{"sha256": sha256}})
}

func (t *TestResult) test(id, verdict string) {
	switch resultOf(verdict) {
	case Passed:
		t.PassedTests = append(t.PassedTests, id)
	case Warned:
		t.WarnedTests = append(t.WarnedTests, id)
	default:
		t.FailedTests = append(t.FailedTests, id)
	}
}

// resultOf maps a verdict; every one but passed and marginal, also one that nobody knows, is a failure.
func resultOf(verdict string) string {
	switch reports.Verdict(verdict) {
	case reports.Passed:
		return Passed
	case reports.Marginal:
		return Warned
	}
	return Failed
}

// pointVerdict is passed only for a point that shows something, and nothing wrong.
func pointVerdict(p claims.Point) string {
	switch p.Outcome {
	case "old", "new", "recoverable":
		if p.Recovered && p.Wrong == "" {
			return string(reports.Passed)
		}
	}
	return string(reports.Failed)
}

// Payload is the statement on paper.
func (t *TestResult) Payload() ([]byte, error) {
	p := &testresult.TestResult{Result: t.Result, PassedTests: t.PassedTests, WarnedTests: t.WarnedTests, FailedTests: t.FailedTests}
	for _, c := range t.Configuration {
		p.Configuration = append(p.Configuration, &intoto.ResourceDescriptor{Name: c.Name, Digest: c.Digest})
	}
	text, err := protojson.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("write the test result: %w", err)
	}
	return payload(TestResultType, []manifest.File{t.subject}, text)
}

// ParseTestResult reads a statement on the result of a test.
func ParseTestResult(text []byte) (*TestResult, error) {
	t := &TestResult{}
	if err := parse(text, TestResultType, t); err != nil {
		return nil, err
	}
	var s struct {
		Subject []struct {
			Name   string            `json:"name"`
			Digest map[string]string `json:"digest"`
		} `json:"subject"`
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("no in-toto statement: %w", err)
	}
	if len(s.Subject) != 1 {
		return nil, fmt.Errorf("the test result has %d subjects, want the record alone", len(s.Subject))
	}
	t.subject = manifest.File{Path: s.Subject[0].Name, SHA256: s.Subject[0].Digest["sha256"]}
	return t, same(t.Payload, text)
}

// Compare names what a statement says otherwise than another one that was derived again.
func (t *TestResult) Compare(derived *TestResult) (differences []string) {
	say := func(what, stated, derived string) {
		if stated != derived {
			differences = append(differences, fmt.Sprintf("%s is %.400s from the record and %.400s in the statement", what, derived, stated))
		}
	}
	say("the result", t.Result, derived.Result)
	say("the digest of the record", t.subject.Path+" "+t.subject.SHA256, derived.subject.Path+" "+derived.subject.SHA256)
	say("the configuration", fmt.Sprint(t.Configuration), fmt.Sprint(derived.Configuration))
	for _, l := range []struct {
		name            string
		stated, derived []string
	}{
		{"passedTests", t.PassedTests, derived.PassedTests},
		{"warnedTests", t.WarnedTests, derived.WarnedTests},
		{"failedTests", t.FailedTests, derived.FailedTests},
	} {
		if !slices.Equal(l.stated, l.derived) {
			differences = append(differences, fmt.Sprintf("%s: only in the statement %.200q, only from the record %.200q", l.name,
				without(l.stated, l.derived), without(l.derived, l.stated)))
		}
	}
	return differences
}

// without are the strings of a that b lacks.
func without(a, b []string) (only []string) {
	have := map[string]bool{}
	for _, s := range b {
		have[s] = true
	}
	for _, s := range a {
		if !have[s] {
			only = append(only, s)
		}
	}
	return only
}
