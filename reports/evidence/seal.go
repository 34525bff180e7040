package evidence

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"otabench/reports"
	"otabench/reports/evidence/claims"
	"otabench/reports/evidence/key"
	"otabench/reports/evidence/manifest"
	"otabench/reports/evidence/statement"
)

// Files of a sealed run folder, beside those that the manifest lists.
const (
	EnvelopeFile   = "evidence.dsse.json"
	TestResultFile = "test-result.dsse.json"
	StampFile      = "evidence.tsr"
)

// unlisted are files that no manifest can list, since they are made from it.
var unlisted = []string{EnvelopeFile, TestResultFile, StampFile}

// ErrSealed says that a run folder is sealed already.
var ErrSealed = errors.New("the run folder is sealed already")

// ErrNoEvidence says that a run folder was never sealed.
var ErrNoEvidence = errors.New("the run folder has no " + EnvelopeFile)

// Options say how a run folder is sealed.
type Options struct {
	// Key signs. Without one, a key is made for this run alone, and its private half forgotten: what it signed shows later
	// changes, and not where the run comes from.
	Key *key.Key
	// Previous is the Digest of the run before this one; empty for the first of a chain.
	Previous string
	// Issued is the time of the statement; now if it is zero.
	Issued time.Time
}

// Seal lists the files of a run folder as they are now, and signs that list with what the run came to. run is the folder's,
// with its verdicts derived. Nothing in the folder may change from then on but by Sign and a time-stamp. A folder that is
// sealed already is left as it is, with ErrSealed.
func Seal(ctx context.Context, dir string, run *reports.Run, o Options) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("seal the run folder: %w", err)
	}
	defer root.Close()
	if _, err := root.Lstat(EnvelopeFile); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("seal %s: %w", dir, errors.Join(ErrSealed, err))
	}
	if _, err := root.Lstat(StampFile); err == nil {
		return fmt.Errorf("seal %s: %s is there before what it would be over; take it away", dir, StampFile)
	}
	own, k, err := describe(ctx, root, run, o)
	if err != nil {
		return fmt.Errorf("seal %s: %w", dir, err)
	}
	if err := writeSealed(root, own, k); err != nil {
		return fmt.Errorf("seal %s: %w", dir, err)
	}
	return nil
}

// Sealed says whether a run folder was sealed, whatever became of it since.
func Sealed(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, EnvelopeFile))
	return err == nil
}

// Unseal takes the evidence out of a folder whose run goes on, with all signatures over what it was.
func Unseal(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("unseal the run folder: %w", err)
	}
	defer root.Close()
	for _, name := range unlisted {
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("unseal %s: %w", dir, err)
		}
	}
	return nil
}

// Digest is the name by which the next run of a chain calls a sealed one: the SHA-256 of its statement. It says nothing of
// whether the folder is intact.
func Digest(dir string) (string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", fmt.Errorf("read the evidence: %w", err)
	}
	defer root.Close()
	e, err := readEnvelope(root, EnvelopeFile)
	if err != nil {
		return "", fmt.Errorf("read the evidence in %s: %w", dir, err)
	}
	return e.Digest(), nil
}

// describe makes the own statement on a run, and the key that signs it.
func describe(ctx context.Context, root *os.Root, run *reports.Run, o Options) (*statement.Own, *key.Key, error) {
	k, oneOff := o.Key, o.Key == nil
	if oneOff {
		var err error
		if k, err = key.New("one-off"); err != nil {
			return nil, nil, err
		}
	}
	if o.Issued.IsZero() {
		o.Issued = time.Now()
	}
	files, err := manifest.Of(ctx, root, unlisted...)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		if f.Path == reports.RecordFile && f.SHA256 != run.Digest {
			return nil, nil, fmt.Errorf("%s is not the record that the verdicts were derived from: SHA-256 %s, want %s", f.Path, f.SHA256, run.Digest)
		}
	}
	public := k.Public()
	return &statement.Own{
		Issued:   o.Issued.UTC(),
		Signer:   statement.Signer{KeyID: public.ID(), Name: public.Name, PublicKey: string(public.PEM()), OneOff: oneOff},
		Previous: o.Previous, DecisionRule: reports.DecisionRule, Manifest: files, Claims: claims.Of(run),
	}, k, nil
}

// writeSealed signs both statements and writes them; that one last by which a folder counts as sealed.
func writeSealed(root *os.Root, own *statement.Own, k *key.Key) error {
	result, err := statement.TestResultOf(own.Claims, own.Manifest)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name    string
		payload func() ([]byte, error)
	}{{TestResultFile, result.Payload}, {EnvelopeFile, own.Payload}} {
		payload, err := f.payload()
		if err != nil {
			return err
		}
		e, err := statement.Seal(payload, k)
		if err != nil {
			return err
		}
		if err := writeEnvelope(root, f.name, e); err != nil {
			return err
		}
	}
	return nil
}

func writeEnvelope(root *os.Root, name string, e *statement.Envelope) error {
	text, err := e.Bytes()
	if err != nil {
		return err
	}
	return replace(root, name, text)
}

// replace writes a file beside another one and renames it, so that nobody sees half of it.
func replace(root *os.Root, name string, text []byte) error {
	random := make([]byte, 6)
	_, _ = rand.Read(random) // never fails
	beside := "." + name + "-" + hex.EncodeToString(random)
	f, err := root.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = root.Rename(beside, name)
	}
	if err != nil {
		return errors.Join(err, root.Remove(beside))
	}
	return nil
}

// readEnvelope reads one of the two envelopes. With statement.ErrForm, it is what can be read of it.
func readEnvelope(root *os.Root, name string) (*statement.Envelope, error) {
	text, err := manifest.ReadFile(root, name, statement.MaxEnvelope)
	if errors.Is(err, fs.ErrNotExist) && name == EnvelopeFile {
		return nil, ErrNoEvidence
	}
	if err != nil {
		return nil, err
	}
	return statement.Open(text)
}
