package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	sealed "otabench/reports/evidence"
	"otabench/reports/evidence/key"
	"otabench/reports/evidence/timestamp"
	"otabench/reports/visible"
)

// verifyFlags say whom a verifier trusts.
type verifyFlags struct {
	keys       []string
	signatures int
	authority  string
	previous   string
}

func (a *app) verify() *cobra.Command {
	var o verifyFlags
	c := &cobra.Command{
		Use:   "verify RUN...",
		Short: "Tell whether run folders are as they were sealed, by whom, and whether their verdicts follow from them",
		Long: `Tell whether run folders are as they were when they were sealed, who sealed them, and whether their verdicts follow
from the record and the raw evidence in them. Nothing but the folder is needed, and no network.

Every file that was altered, added or taken away is named, and so is each limit, value and verdict that the record has
otherwise than the signed statement. Whose signatures they are, only keys tell that you have from elsewhere: those given
with --key, or else those in ` + trustedDir() + `.
Without such a key, verify says that the origin is not proven. With --key, a run that none of these keys signed is broken.

Several folders are a chain: each has to name the one before it.

Exit status: 0 intact, and the verdicts follow; 1 broken; 2 there is no such folder, or it was never sealed.`,
		Example: `  otabench verify runs/nightly
  otabench verify runs/nightly --key rack-3.pub.pem --key reviewers --signatures 2
  otabench verify runs/monday runs/tuesday runs/wednesday
  otabench verify runs/nightly --tsa-ca authority.pem --json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.verifyRuns(c.Context(), args, o) },
	}
	c.Flags().StringArrayVar(&o.keys, "key", nil, "public key that you trust, or a folder of such; may be given several times")
	c.Flags().IntVar(&o.signatures, "signatures", 0, "number of different trusted keys that have to have signed (default 1 with --key)")
	c.Flags().StringVar(&o.authority, "tsa-ca", "", "certificate of the time-stamping authority that you trust, in PEM")
	c.Flags().StringVar(&o.previous, "previous", "", "run folder that the first one has to follow")
	_ = c.MarkFlagDirname("previous")
	return c
}

// options reads what the flags name.
func (o verifyFlags) options() (sealed.VerifyOptions, error) {
	given, err := key.ReadRing(o.keys...)
	if err != nil {
		return sealed.VerifyOptions{}, usage("--key: %w", err)
	}
	always, err := key.ReadTrusted()
	if err != nil {
		return sealed.VerifyOptions{}, usage("%w", err)
	}
	v := sealed.VerifyOptions{Trusted: append(given, always...), Signatures: o.signatures, Rederive: compareRaw}
	switch {
	case o.signatures < 0:
		return v, usage("--signatures: want 0 or more, not %d", o.signatures)
	case len(o.keys) > 0 && len(given) == 0:
		return v, usage("--key: %v hold no public key", o.keys)
	case len(o.keys) > 0:
		v.Trusted, v.Signatures = given, max(v.Signatures, 1)
	}
	if o.authority != "" {
		if v.Roots, err = timestamp.ReadRoots(o.authority); err != nil {
			return v, usage("--tsa-ca: %w", err)
		}
	}
	return v, nil
}

func (a *app) verifyRuns(ctx context.Context, dirs []string, o verifyFlags) error {
	options, err := o.options()
	if err != nil {
		return err
	}
	before, digest := o.previous, ""
	if before != "" {
		if digest, err = sealed.Digest(before); err != nil {
			return usage("--previous: %w", err)
		}
	}
	debug.SetGCPercent(50) // a little slower, and runs of 10,000 specs stay below 300 MB
	var runs []*sealed.Verification
	broken := 0
	for _, dir := range dirs {
		v, err := sealed.Verify(ctx, dir, options)
		if err != nil {
			return usage("%w", err)
		}
		if before != "" {
			v.Follows(digest, before)
		}
		if !v.Intact {
			broken++
		}
		before, digest = dir, v.Digest
		runs = append(runs, v)
	}
	if err := a.print(map[string]any{"runs": runs}, func(w io.Writer) { showVerifications(w, runs) }); err != nil {
		return err
	}
	if broken > 0 {
		return &status{exitFailed, fmt.Errorf("%d of %d run folders broken", broken, len(runs))}
	}
	return nil
}

func showVerifications(w io.Writer, runs []*sealed.Verification) {
	for i, v := range runs {
		if i > 0 {
			fmt.Fprintln(w)
		}
		showVerification(w, v)
	}
}

// shownFindings bounds how many are listed on a terminal.
const shownFindings = 50

func showVerification(w io.Writer, v *sealed.Verification) {
	word := "INTACT"
	if !v.Intact {
		word = "BROKEN"
	}
	fmt.Fprintf(w, "%s  %s\n", word, v.Dir)
	for i, f := range v.Findings {
		switch i {
		case 0:
			fmt.Fprintf(w, "  first     %s\n", f)
		case shownFindings:
			fmt.Fprintf(w, "  and       %d more; --json has all\n", len(v.Findings)-i)
		}
		if i > 0 && i < shownFindings {
			fmt.Fprintf(w, "  also      %s\n", f)
		}
	}
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "  %-9s %s\n", name, visible.Line(fmt.Sprintf(format, args...), 1000))
	}
	if v.Run != "" {
		row("run", "%s, sealed %s", v.Run, v.Issued.Format(time.RFC3339))
		row("files", "%d listed, %d bytes read", v.Files, v.Bytes)
	}
	if v.Status != "" {
		row("verdict", "%s from the record: %s", v.Status, v.Scope)
		row("derived", "%s from the record again", v.Derived)
	}
	for _, text := range v.Compared {
		row("compared", "%s", text)
	}
	for _, s := range v.Signers {
		row("signed by", "%s", signer(s))
	}
	row("origin", "%s", v.Origin)
	if v.Previous != "" {
		row("follows", "the run with the statement %s", v.Previous)
	}
	if v.Stamp != nil {
		row("stamped", "%s", stamped(v))
	}
	for _, text := range v.Notes {
		row("note", "%s", text)
	}
}

func signer(s sealed.Signer) string {
	switch {
	case s.Trusted:
		return s.Name + " " + s.KeyID
	case s.OneOff:
		return "a key of this run alone " + s.KeyID
	}
	return "an unknown key " + s.KeyID
}

func stamped(v *sealed.Verification) string {
	s := v.Stamp
	text := fmt.Sprintf("%s by %s, over the statement with %d of its %d signatures", s.Time.Format(time.RFC3339), s.Authority, s.Signatures, len(v.Signers))
	if !s.Trusted {
		text += "; not checked: give the authority's certificate with --tsa-ca"
	}
	return text
}

func (a *app) sign() *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "sign RUN --key FILE",
		Short: "Verify a sealed run folder, and add a reviewer's signature if it is intact",
		Example: `  otabench sign runs/nightly --key ~/keys/reviewer.pem
  otabench verify runs/nightly --key rack-3.pub.pem --key reviewer.pub.pem --signatures 2`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if path == "" {
				return usage("--key names the private key to sign with; otabench key new makes one")
			}
			k, err := readKey(path)
			if err != nil {
				return err
			}
			options, err := verifyFlags{}.options()
			if err != nil {
				return err
			}
			v, err := sealed.Sign(c.Context(), args[0], k, options)
			if v == nil {
				return usage("%w", err)
			}
			if err := errors.Join(err, a.print(v, func(w io.Writer) { showVerification(w, v) })); err != nil {
				return &status{exitFailed, err}
			}
			return nil
		},
	}
	c.Flags().StringVar(&path, "key", "", "private key of the reviewer")
	return c
}
