package evidence

import (
	"context"
	"errors"
	"fmt"
	"os"

	"otabench/reports/evidence/key"
	"otabench/reports/evidence/statement"
	"otabench/reports/evidence/timestamp"
)

// ErrBroken says that a run folder is not one to put a name to.
var ErrBroken = errors.New("the run folder is not intact")

// Sign adds the signature of a reviewer to both statements on a run, once everything in the folder was verified. With
// ErrBroken, the Verification says what is wrong, and nothing was signed.
func Sign(ctx context.Context, dir string, k *key.Key, o VerifyOptions) (*Verification, error) {
	v, err := Verify(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	if !v.Intact {
		return v, fmt.Errorf("sign %s: %w: %s", dir, ErrBroken, v.Findings[0])
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return v, fmt.Errorf("sign the run folder: %w", err)
	}
	defer root.Close()
	for _, name := range []string{TestResultFile, EnvelopeFile} {
		e, err := readEnvelope(root, name)
		if err == nil && name == EnvelopeFile && e.Digest() != v.Digest {
			err = errors.New("the statement changed while it was verified")
		}
		if err == nil {
			err = e.Sign(k)
		}
		if err == nil {
			err = writeEnvelope(root, name, e)
		}
		if err != nil {
			return v, fmt.Errorf("sign %s: %w", dir, err)
		}
	}
	return Verify(ctx, dir, o)
}

// StampRequest is the request for a time-stamp over the evidence of a run folder that has none.
func StampRequest(dir string) ([]byte, error) {
	root, e, err := openUnstamped(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	text, err := e.Bytes()
	if err != nil {
		return nil, fmt.Errorf("stamp %s: %w", dir, err)
	}
	return timestamp.NewRequest(text)
}

// AddStamp puts the reply of an authority into a run folder, if it is over the evidence there.
func AddStamp(dir string, reply []byte) (*timestamp.Stamp, error) {
	root, e, err := openUnstamped(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	s, err := timestamp.Parse(reply)
	if err != nil {
		return nil, fmt.Errorf("stamp %s: %w", dir, err)
	}
	if _, err := coverage(s, e); err != nil {
		return nil, fmt.Errorf("stamp %s: %w", dir, err)
	}
	if err := replace(root, StampFile, reply); err != nil {
		return nil, fmt.Errorf("stamp %s: %w", dir, err)
	}
	return s, nil
}

// openUnstamped opens a run folder for a time-stamp over its evidence, which may not have one yet.
func openUnstamped(dir string) (*os.Root, *statement.Envelope, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("stamp the run folder: %w", err)
	}
	e, err := unstamped(root)
	if err != nil {
		return nil, nil, fmt.Errorf("stamp %s: %w", dir, errors.Join(err, root.Close()))
	}
	return root, e, nil
}

// unstamped reads the evidence of a run folder that has no time-stamp.
func unstamped(root *os.Root) (*statement.Envelope, error) {
	if _, err := root.Lstat(StampFile); err == nil {
		return nil, errors.New("it has a time-stamp already; take " + StampFile + " away to have another one")
	}
	return readEnvelope(root, EnvelopeFile)
}
