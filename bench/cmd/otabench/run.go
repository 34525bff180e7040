package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/bench/equipment"
	"otabench/bench/guard"
	"otabench/bench/record"
	sealed "otabench/reports/evidence"
	"otabench/reports/history"
	"otabench/scenarios"
)

// Files of a run folder.
const (
	recordFile = "record.jsonl"
	traceFile  = "trace.pcapng"
	ginkgoFile = "ginkgo.json"
	outputFile = "suite.log"
	benchFile  = "bench.yaml"
)

type runOptions struct {
	dir, filter string
	rationale   string
	steps       bool
	virtual     bool // time
	prove       bool
	nightly     bool
	history     string // file
	seal        sealFlags
}

func (a *app) run() *cobra.Command {
	var o runOptions
	c := &cobra.Command{
		Use:   "run",
		Short: "Run the suite on a bench and write a run folder with the report",
		Long: `Run the suite on a bench and write a run folder with the record, the trace, the report and results for CI servers.

The suite runs in a child process. This process is its guard: if the suite dies in any way, the guard switches the
outputs off over links of its own.`,
		Example: `  otabench run
  otabench run -b bench.yaml --label-filter OTA-POST-4 -o runs/nightly
  otabench run --virtual-time --prove
  otabench run --nightly -b bench.yaml --key rack-3.pem -o runs/nightly
  otabench run --json | jq .status`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runGuarded(c.Context(), o) },
	}
	c.Flags().StringVarP(&o.dir, "output", "o", "", "run folder, made new; runs/DATE if left out")
	c.Flags().StringVar(&o.filter, "label-filter", "", `specs by requirement label, such as "OTA-POST-4 || UN-R156/7.2.2.1.1"`)
	c.Flags().BoolVarP(&o.steps, "verbose", "v", false, "show the steps of each spec")
	c.Flags().BoolVar(&o.virtual, "virtual-time", false, "let a simulated bench run without waiting, as fast as it computes")
	c.Flags().StringVar(&o.rationale, "rationale", "", "why these specs were chosen, for the report")
	c.Flags().BoolVar(&o.prove, "prove", false, "let the suite first fail units with known faults and pass good ones; otherwise its verdicts are void")
	c.Flags().BoolVar(&o.nightly, "nightly", false, "prove the suite, follow the last sealed run of this bench in the history, and add this run to it")
	c.Flags().StringVar(&o.history, "history", "", "with --nightly, file of the history; $OTABENCH_HISTORY or the user's own if left out")
	o.seal.add(c)
	_ = c.MarkFlagFilename("history", "db")
	_ = c.MarkFlagDirname("output")
	return c
}

func (a *app) runGuarded(ctx context.Context, o runOptions) error {
	f, text, err := a.file()
	if err != nil {
		return err
	}
	if err := checkPackages(f, a.bench); err != nil {
		return err
	}
	if _, err := cataloguesOf(f); err != nil {
		return err
	}
	if err := chooses(f, o.filter); err != nil {
		return err
	}
	if o.virtual && !f.Simulated() {
		return usage("--virtual-time: %s has devices that are not simulated", f.Name)
	}
	seal, err := o.seal.options()
	if err != nil {
		return err
	}
	var db *history.DB
	if o.nightly {
		if db, err = a.tonight(f, &o, &seal); err != nil {
			return err
		}
		defer db.Close()
	}
	h := newHeader(f, a.bench, text)
	if o.dir, err = runFolder(o.dir, h.Run, f, text); err != nil {
		return err
	}
	// The guard proves that its own links work, and leaves everything off, before the suite gets its turn.
	if before := guard.MakeSafe(ctx, f, "before the run"); !equipment.IsSafe(before) {
		return fault("the guard cannot switch the outputs off, so nothing was started: %s", problems(before))
	}
	res, err := a.runSuite(ctx, f, h, o)
	if err != nil {
		return fault("%w", err)
	}
	return a.conclude(ctx, o.dir, res, seal, db)
}

// progressTo is where progress goes: with --json, only the result stands on the standard output.
func (a *app) progressTo() io.Writer {
	if a.json {
		return a.errs
	}
	return a.out
}

// chooses refuses a label filter that chooses no spec for a bench.
func chooses(f *config.File, filter string) error {
	all, err := scenarios.List(filter)
	if err != nil {
		return usage("label filter %q: %v", filter, err)
	}
	suited, err := scenarios.List(scenarios.Suited(filter, f))
	switch {
	case err != nil:
		return usage("label filter %q: %v", filter, err)
	case len(all) == 0:
		return usage("label filter %q chooses no spec; otabench list shows all labels", filter)
	case len(suited) == 0:
		return usage("label filter %q chooses specs of an update master, and %s has no vehicle with one", filter, f.Name)
	}
	return nil
}

func (a *app) runSuite(ctx context.Context, f *config.File, h record.Header, o runOptions) (guard.Result, error) {
	self, err := os.Executable()
	if err != nil {
		return guard.Result{}, err
	}
	log, err := os.Create(filepath.Join(o.dir, outputFile))
	if err != nil {
		return guard.Result{}, err
	}
	defer log.Close()
	args := []string{"suite", "--output", o.dir, "--label-filter", o.filter}
	if a.bench != "" {
		args = append(args, "--bench", a.bench)
	}
	if o.virtual {
		args = append(args, "--virtual-time")
	}
	if o.rationale != "" {
		args = append(args, "--rationale", o.rationale)
	}
	view := newProgress(a.progressTo(), o.steps)
	view.start(f.Name, o.dir)
	if o.prove {
		proofs, err := a.prove(ctx, f, o.dir, a.progressTo())
		if err != nil {
			return guard.Result{}, err
		}
		text, err := json.Marshal(proofs)
		if err != nil {
			return guard.Result{}, err
		}
		args = append(args, "--proofs", string(text))
	}
	return guard.Run(ctx, exec.Command(self, args...), guard.Options{
		File: f, Record: filepath.Join(o.dir, recordFile), Header: h,
		Output: log, Event: view.line,
	})
}

// tonight prepares a run of a night: it proves itself, and follows the last sealed run of its bench.
func (a *app) tonight(f *config.File, o *runOptions, seal *sealed.Options) (*history.DB, error) {
	o.prove = true
	db, err := openHistory(o.history)
	if err != nil || seal.Previous != "" {
		return db, err
	}
	run, statement, err := db.Sealed(f.Name)
	if err != nil {
		return nil, usage("%w", errors.Join(err, db.Close()))
	}
	seal.Previous = statement
	if run != "" {
		fmt.Fprintf(a.progressTo(), "follows run %s\n", printable(run))
	}
	return db, nil
}

// conclude writes the reports, seals the folder, adds the run to a history if there is one, and turns the run's status into
// an exit status.
func (a *app) conclude(ctx context.Context, dir string, res guard.Result, seal sealed.Options, db *history.DB) error {
	sum, err := a.finish(ctx, dir, seal)
	if err == nil && db != nil {
		err = db.Add(sum.Run)
	}
	if err != nil {
		return err
	}
	switch {
	case res.Interrupted:
		return &status{exitInterrupted, errors.New("interrupted: " + safety(res))}
	case res.Exit == exitSuiteUsage:
		return usage("%s; see %s", res.Reason, filepath.Join(dir, outputFile))
	case res.Exit != 0:
		return fault("%s; %s; see %s", res.Reason, safety(res), filepath.Join(dir, outputFile))
	}
	return verdict(sum)
}

func safety(res guard.Result) string {
	if res.Safe == nil || equipment.IsSafe(*res.Safe) {
		return "all outputs are off"
	}
	return "NOT ALL OUTPUTS ARE OFF: " + problems(*res.Safe)
}

func problems(s record.Safe) string {
	var all []error
	for _, o := range s.Outputs {
		if !equipment.IsOff(o) {
			all = append(all, fmt.Errorf("%s: %s", o.Device, o.Error))
		}
	}
	return errors.Join(all...).Error()
}

// runFolder makes a new folder for a run, with copies of the bench file and of the descriptions in files beside it: without
// them nobody else could tell what a frame of the trace says.
func runFolder(dir, run string, f *config.File, text []byte) (string, error) {
	if dir == "" {
		dir = filepath.Join("runs", run)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fault("make the run folder: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, recordFile)); err == nil {
		return "", usage("%s holds a run already; name another folder with --output", dir)
	}
	if err := os.WriteFile(filepath.Join(dir, benchFile), text, 0o644); err != nil {
		return "", fault("copy the bench file: %w", err)
	}
	for role, e := range f.ECUs {
		if text := e.DescriptionText(); text != nil {
			if err := os.WriteFile(filepath.Join(dir, "description-"+role+".yaml"), text, 0o644); err != nil {
				return "", fault("copy the description of %s: %w", role, err)
			}
		}
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fault("make the run folder: %w", err)
	}
	return abs, nil
}

// newHeader describes a run that starts now, and whose record stays.
func newHeader(f *config.File, path string, text []byte) record.Header {
	h := briefHeader(f, path, text)
	h.Suite = suiteDigest()
	return h
}

// briefHeader leaves the digest of the suite out, which takes a while.
func briefHeader(f *config.File, path string, text []byte) record.Header {
	now := time.Now()
	host, _ := os.Hostname()
	if path == "" {
		path = embedded.Name
	}
	return record.Header{
		Run:     now.UTC().Format("20060102T150405Z") + "-" + randomID(),
		Started: now, Tool: "otabench " + version(), Host: host,
		Bench: f.Name, File: path, Digest: config.Digest(text),
	}
}

// suiteDigest is the SHA-256 of this program, which holds the suite: Go builds the same one of the same source. Empty if it
// cannot be read, as after an update of the program while it runs.
var suiteDigest = sync.OnceValue(func() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return ""
	}
	return hex.EncodeToString(sum.Sum(nil))
})

func randomID() string {
	b := make([]byte, 3)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "development build"
}
