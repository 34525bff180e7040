package evidence

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"otabench/reports"
	"otabench/reports/evidence/claims"
	"otabench/reports/evidence/key"
	"otabench/reports/evidence/manifest"
	"otabench/reports/evidence/statement"
	"otabench/reports/evidence/timestamp"
	"otabench/reports/visible"
)

// Rederive compares the record of a run with the raw evidence beside it. It says in words what it compared and what it could
// not, and finds what does not agree.
type Rederive func(root *os.Root, run *reports.Run) (compared []string, found []Finding, err error)

// VerifyOptions say whom and what a verifier trusts.
type VerifyOptions struct {
	Trusted    key.Ring       // keys whose owners are known
	Signatures int            // that the run needs of different trusted keys at least
	Roots      *x509.CertPool // of time-stamping authorities; nil if none is known
	Rederive   Rederive       // nil: only the record counts, and the verification says so
}

// Finding is something that is not as it has to be.
type Finding struct {
	File     string `json:"file,omitempty"` // in the run folder; empty if it is not about one
	Text     string `json:"text"`
	Expected string `json:"expected,omitempty"`
	Found    string `json:"found,omitempty"`
}

func (f Finding) String() string {
	s := f.Text
	if f.Expected != "" {
		s += ": expected " + f.Expected + ", found " + f.Found
	}
	if f.File != "" {
		s = f.File + ": " + s
	}
	return visible.Line(s, 1000)
}

// Verification is what a run folder shows.
type Verification struct {
	Dir    string `json:"dir"`
	Intact bool   `json:"intact"` // nothing was found
	// Findings are in the order in which a reader wants them: the evidence itself, files, verdicts, raw evidence, the rest.
	Findings []Finding `json:"findings"`

	Run      string          `json:"run,omitempty"` // id
	Status   reports.Verdict `json:"status,omitempty"`
	Scope    string          `json:"scope,omitempty"`
	Issued   time.Time       `json:"issued,omitzero"`
	Digest   string          `json:"digest,omitempty"`   // of the statement
	Previous string          `json:"previous,omitempty"` // of the statement on the run before
	Files    int             `json:"files"`              // in the manifest
	Bytes    int64           `json:"bytes"`              // read of them
	Signers  []Signer        `json:"signers"`
	Origin   string          `json:"origin"`             // in words
	Compared []string        `json:"compared,omitempty"` // what the raw evidence was compared with
	Derived  string          `json:"derived,omitempty"`  // what was derived again, in words
	Stamp    *Stamp          `json:"stamp,omitempty"`
	Notes    []string        `json:"notes,omitempty"`
}

// Signer is a key that signed both statements.
type Signer struct {
	KeyID   string `json:"keyid"`
	Name    string `json:"name,omitempty"` // that the verifier gave it; empty if he does not know the key
	Trusted bool   `json:"trusted"`
	OneOff  bool   `json:"one_off,omitempty"` // made for this run alone
}

// Stamp is a time-stamp of an authority.
type Stamp struct {
	Time       time.Time `json:"time"`
	Authority  string    `json:"authority"`
	Trusted    bool      `json:"trusted"`    // goes back to a root that the verifier gave
	Signatures int       `json:"signatures"` // that the statement had then
}

// Verify says whether a run folder is as it was when it was sealed, who sealed it, and whether the verdicts follow from it. An
// error means that it could not be looked at: no such folder, ErrNoEvidence, or ctx is done.
func Verify(ctx context.Context, dir string, o VerifyOptions) (*Verification, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("verify the run folder: %w", err)
	}
	defer root.Close()
	v := &verifier{Verification: &Verification{Dir: dir, Findings: []Finding{}, Signers: []Signer{}}, root: root, options: o}
	if err := v.all(ctx); err != nil {
		return nil, fmt.Errorf("verify %s: %w", dir, err)
	}
	v.demand()
	v.Intact = len(v.Findings) == 0
	return v.Verification, nil
}

// verifier goes through a run folder.
type verifier struct {
	*Verification
	root    *os.Root
	options VerifyOptions
	own     *statement.Own
}

func (v *verifier) find(file, format string, args ...any) {
	v.Findings = append(v.Findings, Finding{File: file, Text: fmt.Sprintf(format, args...)})
}

func (v *verifier) problem(p manifest.Problem) {
	v.Findings = append(v.Findings, Finding{
		File: p.File, Text: "not as it was sealed", Expected: p.Expected, Found: p.Found,
	})
}

// all looks at everything, also after the first finding.
func (v *verifier) all(ctx context.Context) error {
	envelope, err := v.envelope(EnvelopeFile)
	if err != nil {
		return err
	}
	if envelope == nil {
		v.Notes = append(v.Notes, "without evidence that can be read, no other file can be checked")
		return nil
	}
	v.Digest = envelope.Digest()
	if v.own, err = statement.Parse(envelope.Payload()); err != nil {
		v.find(EnvelopeFile, "%v", err)
	}
	result, err := v.envelope(TestResultFile)
	if err != nil {
		return err
	}
	v.signatures(envelope, result)
	if v.own == nil {
		v.Notes = append(v.Notes, "without a statement that can be read, no other file can be checked")
		return nil
	}
	v.Run, v.Issued, v.Previous, v.Files = v.own.Claims.Run.ID, v.own.Issued, v.own.Previous, len(v.own.Manifest)
	if err := manifest.Valid(v.own.Manifest, unlisted...); err != nil {
		v.find(EnvelopeFile, "%v", err)
		return nil
	}
	if err := v.files(ctx); err != nil {
		return err
	}
	v.verdicts(result)
	return v.stamp(envelope)
}

// envelope reads one of the two envelopes; nil if it cannot be.
func (v *verifier) envelope(name string) (*statement.Envelope, error) {
	e, err := readEnvelope(v.root, name)
	if errors.Is(err, ErrNoEvidence) {
		return nil, err
	}
	var p manifest.Problem
	switch {
	case errors.As(err, &p):
		v.problem(p)
	case err != nil:
		v.find(name, "%v", err)
	}
	return e, nil
}

// files compares the folder with the manifest.
func (v *verifier) files(ctx context.Context) error {
	problems, read, err := manifest.Check(ctx, v.root, v.own.Manifest, unlisted...)
	var p manifest.Problem
	switch {
	case errors.As(err, &p):
		problems = []manifest.Problem{p}
	case err != nil:
		return err
	}
	v.Bytes = read
	for _, p := range problems {
		v.problem(p)
	}
	return nil
}

// maxRecord bounds the record that is read to derive verdicts again, in bytes.
const maxRecord = 8 << 30

// verdicts derives the verdicts again and compares them with both statements.
func (v *verifier) verdicts(result *statement.Envelope) {
	info, err := v.root.Lstat(reports.RecordFile)
	switch {
	case err != nil || !info.Mode().IsRegular():
		v.Notes = append(v.Notes, "without "+reports.RecordFile+" no verdict can be derived again")
		return
	case info.Size() > maxRecord:
		v.find(reports.RecordFile, "it has %d bytes, want at most %d to derive verdicts from it", info.Size(), int64(maxRecord))
		return
	}
	run, err := reports.Load(v.Dir)
	if err != nil {
		v.find(reports.RecordFile, "no verdict can be derived from it: %v", err)
		return
	}
	v.Status, v.Scope = run.Status, run.Scope()
	derived := claims.Of(run)
	for _, d := range claims.Compare(v.own.Claims, derived) {
		v.find("", "%s", d)
	}
	if v.own.DecisionRule != reports.DecisionRule {
		v.Notes = append(v.Notes, "the statement states another decision rule than this version of otabench; what differs is named")
	}
	v.copies(derived)
	v.testResult(result, derived)
	v.Derived = fmt.Sprintf("%d specs, %d requirements, %d measurements, %d points", len(derived.Specs), len(derived.Requirements), measurements(derived), len(derived.Points))
	v.own.Claims = claims.Claims{} // compared, and large
	v.raw(run)
}

// copies sees that the bench file and the catalogues in the folder are those that the record names by their digests.
func (v *verifier) copies(c claims.Claims) {
	named := map[string]string{reports.BenchFile: c.Run.BenchSHA256}
	for _, k := range c.Catalogues {
		if k.File != "" {
			named[k.File] = k.SHA256
		}
	}
	for _, f := range v.own.Manifest {
		if digest, ok := named[f.Path]; ok && digest != f.SHA256 {
			v.Findings = append(v.Findings, Finding{
				File: f.Path, Text: "it is not the file that the run was made with", Expected: "SHA-256 " + digest + ", as the record has it", Found: "SHA-256 " + f.SHA256,
			})
		}
	}
}

func measurements(c claims.Claims) (n int) {
	for _, s := range c.Specs {
		n += len(s.Measurements)
	}
	return n
}

// testResult compares in-toto's statement with what the record and the manifest come to.
func (v *verifier) testResult(result *statement.Envelope, c claims.Claims) {
	if result == nil {
		return // which was said
	}
	stated, err := statement.ParseTestResult(result.Payload())
	if err != nil {
		v.find(TestResultFile, "%v", err)
		return
	}
	derived, err := statement.TestResultOf(c, v.own.Manifest)
	if err != nil {
		v.find(EnvelopeFile, "%v", err)
		return
	}
	for _, d := range stated.Compare(derived) {
		v.find(TestResultFile, "%s", d)
	}
}

// raw compares the record with the raw evidence.
func (v *verifier) raw(run *reports.Run) {
	if v.options.Rederive == nil {
		v.Notes = append(v.Notes, "the record was not compared with the raw evidence beside it")
		return
	}
	compared, found, err := v.options.Rederive(v.root, run)
	v.Compared = compared
	v.Findings = append(v.Findings, found...)
	if err != nil {
		v.find("", "the record cannot be compared with the raw evidence: %v", err)
	}
}

// stamp looks at the time-stamp, if there is one.
func (v *verifier) stamp(envelope *statement.Envelope) error {
	if _, err := v.root.Lstat(StampFile); errors.Is(err, os.ErrNotExist) {
		if v.options.Roots != nil {
			v.Notes = append(v.Notes, "no time-stamp is in the folder")
		}
		return nil
	}
	s, covered, err := readStamp(v.root, envelope)
	if err != nil {
		v.find(StampFile, "%v", err)
		return nil
	}
	v.Stamp = &Stamp{Time: s.Time, Authority: s.Authority, Signatures: covered}
	if v.options.Roots == nil {
		return nil
	}
	if err := s.Trust(v.options.Roots); err != nil {
		v.find(StampFile, "%v", err)
		return nil
	}
	v.Stamp.Trusted = true
	return nil
}

// readStamp reads the time-stamp of a folder, and says how many signatures the envelope had then.
func readStamp(root *os.Root, e *statement.Envelope) (*timestamp.Stamp, int, error) {
	reply, err := manifest.ReadFile(root, StampFile, 1<<20)
	if err != nil {
		return nil, 0, err
	}
	s, err := timestamp.Parse(reply)
	if err != nil {
		return nil, 0, err
	}
	n, err := coverage(s, e)
	return s, n, err
}

// coverage says how many signatures an envelope had when it was stamped.
func coverage(s *timestamp.Stamp, e *statement.Envelope) (int, error) {
	for n := e.Count(); n > 0; n-- {
		text, err := e.First(n)
		if err != nil {
			return 0, err
		}
		if s.Over(text) {
			return n, nil
		}
	}
	return 0, fmt.Errorf("the time-stamp is over something else than %s", EnvelopeFile)
}

// Follows says whether a run names an earlier one as the one before it, and finds that it does not.
func (v *Verification) Follows(digest, dir string) {
	if v.Previous == digest && digest != "" {
		return
	}
	v.Intact = false
	v.Findings = append(v.Findings, Finding{
		File: EnvelopeFile, Text: "the run does not follow " + dir,
		Expected: "the digest of " + dir + ", " + or(digest, "which has none") + ", as that of the run before", Found: or(v.Previous, "none"),
	})
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// signatures checks those of both envelopes and says who signed.
func (v *verifier) signatures(envelope, result *statement.Envelope) {
	both := v.signed(EnvelopeFile, envelope)
	if result != nil {
		also := v.signed(TestResultFile, result)
		both = slices.DeleteFunc(both, func(p key.Public) bool { return !slices.Contains(also, p) })
	}
	for _, p := range both {
		s := Signer{KeyID: p.ID()}
		if known, ok := v.options.Trusted.Find(p.ID()); ok {
			s.Name, s.Trusted = known.Name, true
		}
		s.OneOff = v.own != nil && v.own.Signer.OneOff && v.own.Signer.KeyID == s.KeyID
		v.Signers = append(v.Signers, s)
	}
	v.sealer(both)
}

// demand says whether enough of those who signed are trusted, and so whether it is known where the run comes from.
func (v *verifier) demand() {
	trusted := 0
	for _, s := range v.Signers {
		if s.Trusted {
			trusted++
		}
	}
	v.Origin = origin(trusted, v.Signers)
	if trusted < v.options.Signatures {
		v.find(EnvelopeFile, "it has %d of the %d signatures by trusted keys that are demanded", trusted, v.options.Signatures)
	}
}

// signed are the keys that signed an envelope.
func (v *verifier) signed(name string, e *statement.Envelope) (by []key.Public) {
	for i, s := range e.Signatures() {
		if s.Fail != nil {
			v.find(name, "signature %d: %v", i+1, s.Fail)
			continue
		}
		by = append(by, s.Key)
	}
	return by
}

// sealer sees that who sealed the run, as the statement says, is among those that signed.
func (v *verifier) sealer(by []key.Public) {
	if v.own == nil {
		return
	}
	s := v.own.Signer
	public, err := key.ParsePublic([]byte(s.PublicKey))
	switch {
	case err != nil:
		v.find(EnvelopeFile, "the public key of who sealed the run: %v", err)
	case public.ID() != s.KeyID:
		v.find(EnvelopeFile, "the public key of who sealed the run is %s, and its id %.80q", public.ID(), s.KeyID)
	case !slices.ContainsFunc(by, func(p key.Public) bool { return p.ID() == s.KeyID }):
		v.find(EnvelopeFile, "the key %s, which the statement names as that of who sealed the run, did not sign both statements", s.KeyID)
	}
}

func origin(trusted int, signers []Signer) string {
	switch {
	case trusted > 0:
		return "proven by the trusted signatures"
	case len(signers) > 0 && signers[0].OneOff:
		return "not proven: the key was made for this run alone, so the signature shows only that nothing changed since"
	case len(signers) > 0:
		return "not proven: no key is known to be somebody's; give the ones you trust with --key"
	}
	return "not proven: nobody signed"
}
