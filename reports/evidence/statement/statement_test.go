package statement_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	testresult "github.com/in-toto/attestation/go/predicates/test_result/v0"
	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"otabench/reports"
	"otabench/reports/evidence/claims"
	"otabench/reports/evidence/key"
	"otabench/reports/evidence/manifest"
	"otabench/reports/evidence/statement"
	"otabench/reports/reportstest/golden"
)

const (
	sumA = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	sumB = "8d66c089414bb76bc2ee5c11465c93257821752b4e08be4f1d70737b9fa10f0c"
)

func number(v float64) *float64 { return &v }

// own is a statement with everything in it.
func own() *statement.Own {
	return &statement.Own{
		Issued:       time.Date(2026, 3, 2, 10, 0, 0, 5, time.UTC),
		Signer:       statement.Signer{KeyID: strings.Repeat("0a", 32), Name: "rack-3", PublicKey: "-----BEGIN\n", OneOff: true},
		Previous:     sumB,
		DecisionRule: "as <stated> & shown",
		Manifest:     []manifest.File{{Path: "bench.yaml", Size: 4, SHA256: sumB}, {Path: "ota.yaml", SHA256: sumA}, {Path: "record.jsonl", SHA256: sumA}},
		Claims: claims.Claims{
			Run: claims.Run{
				ID: "run-1", Started: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), LengthNS: 5e9, Tool: "otabench 1.0", Host: "rack-3", Bench: "body bench",
				BenchFile: "bench.yaml", BenchSHA256: sumB, SuiteSHA256: sumA, VirtualTime: true, Status: "void", Reason: "The bench was at fault.",
				Ended: "passed", Filter: "OTA", Rationale: "release", Unselected: 3, Proven: true, Faults: 1, LostFrames: 1 << 53, Deviations: []string{"psu: overdue"},
			},
			Devices: []claims.Device{{
				Class: "supply", Role: "psu", Address: "tcp:10.0.0.2", Model: "DP832", Serial: "DP8A1", Firmware: "00.01", Simulated: true,
				Details: map[string]string{"calibration": "due 2027-01-01"},
			}},
			Catalogues:   []claims.Catalogue{{ID: "OTA", Version: "1", SHA256: sumA, File: "ota.yaml"}},
			Proofs:       []claims.Proof{{Kind: "known-bad", Subject: "no-revert", Spec: "aa01", Expected: "failed", Got: "failed"}},
			Requirements: []claims.Requirement{{Catalogue: "OTA", ID: "OTA-POST-4", Verdict: "void", Specs: []string{"aa01"}, LeftOut: []string{"aa09"}}},
			Specs: []claims.Spec{
				{ID: "aa01", Name: "boots › “old”", Verdict: "passed", Outcome: "passed", Measurements: []claims.Measurement{{
					Name: "cut latency", Value: 0.1 + 0.2, Unit: "µs", Min: number(math.Copysign(0, -1)), Max: number(1e21), Uncertainty: number(1e-7), Source: "adc", Verdict: "passed",
					Basis: &claims.Basis{Function: "crossing", Subject: "kl30", FromNS: -1, ToNS: 1 << 53},
				}}},
				{ID: "aa02", Verdict: "marginal"},
				{ID: "aa03", Verdict: "failed"},
				{ID: "aa04", Verdict: "void"},
				{ID: "aa05", Verdict: "not run"},
				{ID: "aa06", Verdict: "aborted"},
				{ID: "aa07", Verdict: "PASSED"},
			},
			Points: []claims.Point{
				{ID: "p1", Outcome: "old", Recovered: true},
				{ID: "p2", Outcome: "old", Recovered: true, Wrong: "not so"},
				{ID: "p3", Outcome: "new"},
				{ID: "p4", Outcome: "void", Recovered: true},
				{ID: "p5", Outcome: "bricked", Recovered: true},
			},
		},
	}
}

// Statements of today are read by all later versions: what is in the golden files never changes.
func TestGolden(t *testing.T) {
	o := own()
	result, err := statement.TestResultOf(o.Claims, o.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	for name, write := range map[string]func() ([]byte, error){"own.json": o.Payload, "test-result.json": result.Payload} {
		got, err := write()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name)
		golden.Compare(t, path, got)
	}
}

func TestStatementsComeBack(t *testing.T) {
	o := own()
	text, err := o.Payload()
	if err != nil {
		t.Fatal(err)
	}
	again, err := statement.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if found := claims.Compare(again.Claims, o.Claims); len(found) > 0 || !slices.Equal(again.Manifest, o.Manifest) || again.Previous != sumB || !again.Issued.Equal(o.Issued) {
		t.Errorf("%+v, %q", again, found)
	}
	result, err := statement.TestResultOf(o.Claims, o.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = result.Payload(); err != nil {
		t.Fatal(err)
	}
	same, err := statement.ParseTestResult(text)
	if err != nil {
		t.Fatal(err)
	}
	if found := same.Compare(result); len(found) > 0 {
		t.Errorf("%q", found)
	}
}

// The library of in-toto reads both, by the names of the specification.
func TestStatementsAreInToto(t *testing.T) {
	for name, subjects := range map[string]int{"own.json": 3, "test-result.json": 1} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		var s intoto.Statement
		if err := protojson.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(); err != nil || len(s.GetSubject()) != subjects {
			t.Errorf("%s: %v, %d subjects", name, err, len(s.GetSubject()))
		}
		if name == "own.json" {
			continue
		}
		predicate, err := protojson.Marshal(s.GetPredicate())
		if err != nil {
			t.Fatal(err)
		}
		var r testresult.TestResult
		if err := protojson.Unmarshal(predicate, &r); err != nil { // which knows no other names
			t.Fatal(err)
		}
		if r.GetResult() != "FAILED" || len(r.GetConfiguration()) != 3 {
			t.Errorf("%s: %v", name, &r)
		}
	}
}

// What was skipped, void or marginal has not passed.
func TestOnlyAPassIsPassed(t *testing.T) {
	o := own()
	r, err := statement.TestResultOf(o.Claims, o.Manifest)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ got, want string }{
		"passed": {strings.Join(r.PassedTests, " "), "aa01 p1"},
		"warned": {strings.Join(r.WarnedTests, " "), "aa02"},
		"failed": {strings.Join(r.FailedTests, " "), "aa03 aa04 aa05 aa06 aa07 p2 p3 p4 p5"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %s, want %s", name, tt.got, tt.want)
		}
	}
	for status, want := range map[reports.Verdict]string{
		reports.Passed: "PASSED", reports.Marginal: "WARNED", reports.Failed: "FAILED", reports.Void: "FAILED", reports.NotRun: "FAILED",
		reports.Aborted: "FAILED", reports.InPart: "FAILED", "": "FAILED", "PASSED": "FAILED",
	} {
		r, err := statement.TestResultOf(claims.Claims{Run: claims.Run{Status: string(status)}}, o.Manifest)
		if err != nil || r.Result != want {
			t.Errorf("a run that is %q: %s %v, want %s", status, r.Result, err, want)
		}
	}
}

func TestDifferencesOfTestResultsAreNamed(t *testing.T) {
	o := own()
	of := func(c claims.Claims, files []manifest.File) *statement.TestResult {
		r, err := statement.TestResultOf(c, files)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	stated := of(o.Claims, o.Manifest)
	for want, change := range map[string]func(c *claims.Claims, files []manifest.File){
		"the result is PASSED from the record and FAILED in the statement":     func(c *claims.Claims, _ []manifest.File) { c.Run.Status = "passed" },
		`failedTests: only in the statement ["aa03"], only from the record []`: func(c *claims.Claims, _ []manifest.File) { c.Specs[2].Verdict = "passed" },
		`passedTests: only in the statement [], only from the record ["aa03"]`: func(c *claims.Claims, _ []manifest.File) { c.Specs[2].Verdict = "passed" },
		`warnedTests: only in the statement ["aa02"], only from the record []`: func(c *claims.Claims, _ []manifest.File) { c.Specs[1].Verdict = "void" },
		"the configuration is ": func(_ *claims.Claims, files []manifest.File) { files[0].SHA256 = sumA },
		"the digest of the record is record.jsonl " + sumB + " from the record and ": func(_ *claims.Claims, files []manifest.File) { files[2].SHA256 = sumB },
	} {
		other := own()
		change(&other.Claims, other.Manifest)
		found := stated.Compare(of(other.Claims, other.Manifest))
		if !slices.ContainsFunc(found, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("%q, want %q", found, want)
		}
	}
	if _, err := statement.TestResultOf(o.Claims, nil); err == nil {
		t.Error("a test result without a record")
	}
}

// A reader that forgives can be deceived: each statement has one form.
func TestStatementsHaveOneForm(t *testing.T) {
	text, err := own().Payload()
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ old, text, want string }{
		"another type":      {`"_type":"https://in-toto.io/Statement/v1"`, `"_type":"https://in-toto.io/Statement/v0.1"`, `of type "https://in-toto.io/Statement/v0.1"`},
		"another predicate": {`attestation/run/v1`, `attestation/run/v2`, "this version does not know"},
		"capitals":          {`"verdict":"failed"`, `"Verdict":"failed"`, "only form"},
		"twice":             {`"verdict":"failed"`, `"verdict":"failed","verdict":"failed"`, "only form"},
		"twice, otherwise":  {`"verdict":"failed"`, `"verdict":"failed","verdict":"passed"`, "only form"},
		"unknown":           {`"verdict":"failed"`, `"verdict":"failed","note":"passed"`, "only form"},
		"white space":       {`"verdict":"failed"`, `"verdict": "failed"`, "only form"},
		"escaped":           {`"verdict":"failed"`, `"verdict":"\u0066ailed"`, "only form"},
		"another subject":   {`"subject":[{"name":"bench.yaml"`, `"subject":[{"name":"other.yaml"`, "only form"},
		"another number":    {`"size":4`, `"size":4.0`, ""},
		"no number":         {`"size":4`, `"size":"4"`, "the predicate of the statement"},
		"cut":               {`"_type"`, ``, "no in-toto statement"},
	} {
		if n := bytes.Count(text, []byte(tt.old)); n == 0 {
			t.Fatalf("%s: no %s", name, tt.old)
		}
		other := bytes.Replace(text, []byte(tt.old), []byte(tt.text), 1)
		if _, err := statement.Parse(other); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// A value takes many times the memory that it takes on paper.
func TestStatementsAreBounded(t *testing.T) {
	text := []byte(`{"_type":"https://in-toto.io/Statement/v1","predicateType":"` + statement.OwnType + `","predicate":{"claims":{"specs":[{}` + strings.Repeat(",{}", 2_000_000) + `]}}}`)
	if _, err := statement.Parse(text); err == nil || !strings.Contains(err.Error(), "want at most 2000000") {
		t.Errorf("millions of specs: %v", err)
	}
	if _, err := statement.ParseTestResult(text); err == nil || !strings.Contains(err.Error(), "want at most 2000000") {
		t.Errorf("millions of tests: %v", err)
	}
	deep := []byte(`{"_type":"https://in-toto.io/Statement/v1","predicateType":"` + statement.OwnType + `","predicate":` + strings.Repeat("[", 1_000_000) + `}`)
	if _, err := statement.Parse(deep); err == nil {
		t.Error("a million levels")
	}
}

func newKey(t testing.TB, name string) *key.Key {
	t.Helper()
	k, err := key.New(name)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sealed(t testing.TB, payload string, keys ...*key.Key) (*statement.Envelope, []byte) {
	t.Helper()
	e, err := statement.Seal([]byte(payload), keys[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys[1:] {
		if err := e.Sign(k); err != nil {
			t.Fatal(err)
		}
	}
	text, err := e.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return e, text
}

// fails says why an envelope is not one that all of its keys signed.
func fails(text []byte) error {
	e, err := statement.Open(text)
	if err != nil {
		return err
	}
	for _, s := range e.Signatures() {
		if s.Fail != nil {
			return s.Fail
		}
	}
	return nil
}

// Every bit of an envelope counts, those of a second signature as well, and so does everything before, within and behind it.
func TestEachAlteredBitOfAnEnvelopeShows(t *testing.T) {
	_, text := sealed(t, `{"a":1}`, newKey(t, "rack-3"), newKey(t, "reviewer"))
	if err := fails(text); err != nil {
		t.Fatal(err)
	}
	for i := range text {
		for bit := range 8 {
			other := bytes.Clone(text)
			other[i] ^= 1 << bit
			if fails(other) == nil {
				t.Errorf("bit %d of byte %d: %s", bit, i, other)
			}
		}
		if other := slices.Delete(bytes.Clone(text), i, i+1); fails(other) == nil {
			t.Errorf("without byte %d: %s", i, other)
		}
		if other := slices.Insert(bytes.Clone(text), i, ' '); fails(other) == nil {
			t.Errorf("with a space before byte %d: %s", i, other)
		}
	}
	if fails(append(bytes.Clone(text), '\n')) == nil {
		t.Error("a line feed more")
	}
}

func TestEnvelopesThatAreRefused(t *testing.T) {
	e, text := sealed(t, `{"a":1}`, newKey(t, "rack-3"))
	signature := string(text[bytes.Index(text, []byte(`{"keyid"`)) : len(text)-3])
	id := e.Signatures()[0].Key.ID()
	for name, tt := range map[string]struct{ old, text, want string }{
		"another payload type": {`application/vnd.in-toto+json`, `application/json`, `the envelope holds "application/json"`},
		"capitals":             {`"payload"`, `"Payload"`, "only form"},
		"twice":                {`"payload"`, `"payload":"AAAA","payload"`, "only form"},
		"more":                 {`"payload"`, `"note":"x","payload"`, "only form"},
		"no signature":         {signature, ``, "0 signatures, want 1 to 32"},
		"the same twice":       {signature, signature + "," + signature, "has signed already"},
		"too many":             {signature, signature + strings.Repeat(","+signature, 40), "41 signatures"},
		"no key":               {id, ``, "no key id"},
		"key in capitals":      {id, strings.ToUpper(id), "no key id"},
		"another key":          {id, newKey(t, "other").Public().ID(), "is not that of the key"},
		"line feed in base64":  {`"sig":"`, `"sig":"\n`, "only form"},
		"payload with one":     {`"payload":"`, `"payload":"\n`, "only form"},
		"url base64":           {`"payload":"`, `"payload":"_-8=`, "payload"},
		"null":                 {string(text), "null", "holds \"\""},
		"list":                 {string(text), "[]", "no DSSE envelope"},
		"nothing":              {string(text), "", "no DSSE envelope"},
	} {
		if strings.EqualFold(tt.old, tt.text) && tt.old == tt.text {
			continue // an id of digits alone has no capitals
		}
		err := fails(bytes.Replace(text, []byte(tt.old), []byte(tt.text), 1))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	if _, err := statement.Open(make([]byte, statement.MaxEnvelope+1)); err == nil || !strings.Contains(err.Error(), "want at most") {
		t.Errorf("huge: %v", err)
	}
	if e, err := statement.Seal(make([]byte, statement.MaxEnvelope), newKey(t, "rack-3")); err == nil {
		if _, err = e.Bytes(); err == nil {
			t.Error("a huge payload was written")
		}
	}
}

func TestSecondSignatures(t *testing.T) {
	rack, reviewer := newKey(t, "rack-3"), newKey(t, "reviewer")
	e, alone := sealed(t, `{"a":1}`, rack)
	digest := e.Digest()
	for range 2 { // who signs again changes nothing
		if err := e.Sign(reviewer); err != nil {
			t.Fatal(err)
		}
	}
	signatures := e.Signatures()
	if len(signatures) != 2 || e.Count() != 2 || signatures[0].Key.ID() != rack.Public().ID() || signatures[1].Key.ID() != reviewer.Public().ID() || signatures[1].Fail != nil {
		t.Errorf("%+v", signatures)
	}
	if first, err := e.First(1); err != nil || !bytes.Equal(first, alone) || e.Digest() != digest {
		t.Errorf("%s %v, want %s", first, err, alone)
	}
	for _, n := range []int{0, 3} {
		if _, err := e.First(n); err == nil {
			t.Errorf("the first %d", n)
		}
	}
}

// What is signed is the encoding that the specification of DSSE says.
func TestWhatIsSigned(t *testing.T) {
	k := newKey(t, "rack-3")
	_, text := sealed(t, "hello", k)
	var e struct{ Signatures []struct{ Sig string } }
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	sig, err := base64.StdEncoding.DecodeString(e.Signatures[0].Sig)
	if err != nil || !k.Public().Verify([]byte("DSSEv1 28 application/vnd.in-toto+json 5 hello"), sig) {
		t.Errorf("%x %v", sig, err)
	}
}

// An envelope that is read is one that would be written.
func FuzzOpen(f *testing.F) {
	_, text := sealed(f, `{"a":1}`, newKey(f, "rack-3"), newKey(f, "reviewer"))
	f.Add(text)
	f.Add([]byte(`{"payloadType":"application/vnd.in-toto+json","payload":"","signatures":[{"keyid":"","sig":""}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := statement.Open(text)
		if errors.Is(err, statement.ErrForm) != (err != nil && e != nil) {
			t.Errorf("%v with %v", err, e)
		}
		if err != nil {
			return
		}
		again, err := e.Bytes()
		if err != nil || !bytes.Equal(again, text) {
			t.Errorf("%q became %q, %v", text, again, err)
		}
		for _, s := range e.Signatures() {
			if _, err := key.ParseID(s.Key.ID()); err != nil {
				t.Error(err)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	o := own()
	text, err := o.Payload()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	r, err := statement.TestResultOf(o.Claims, o.Manifest)
	if err != nil {
		f.Fatal(err)
	}
	if text, err = r.Payload(); err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		if o, err := statement.Parse(text); err == nil {
			if again, err := o.Payload(); err != nil || !bytes.Equal(again, text) {
				t.Errorf("%q became %q, %v", text, again, err)
			}
		}
		if r, err := statement.ParseTestResult(text); err == nil {
			if again, err := r.Payload(); err != nil || !bytes.Equal(again, text) {
				t.Errorf("%q became %q, %v", text, again, err)
			}
		}
	})
}

func Example() {
	k, err := key.New("rack-3")
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := statement.Seal([]byte(`{"_type":"https://in-toto.io/Statement/v1"}`), k)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range e.Signatures() {
		fmt.Println(s.Key.ID() == k.Public().ID(), s.Fail)
	}
	// Output: true <nil>
}
