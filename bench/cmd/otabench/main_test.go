package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"otabench/bench/config"
	"otabench/bench/embedded"
)

// The test binary is also the command: scripts and process tests run it by the name "otabench".
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"otabench": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata/script",
		Setup: writeEmbedded,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"edit":  edit,
			"halve": halve,
			"pdx":   pdx,
			"serve": serve,
		},
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
	})
}

// writeEmbedded gives each script the embedded bench's file as bench.yaml, to run on or to spoil, and the schema of
// bench files as bench.schema.json. The example benches are in examples.
func writeEmbedded(env *testscript.Env) error {
	if err := os.WriteFile(env.WorkDir+"/bench.schema.json", config.Schema(), 0o644); err != nil {
		return err
	}
	if err := os.CopyFS(env.WorkDir+"/examples", os.DirFS("../../examples")); err != nil {
		return err
	}
	if err := os.WriteFile(env.WorkDir+"/vehicle.yaml", embedded.YAML, 0o644); err != nil {
		return err
	}
	return os.WriteFile(env.WorkDir+"/bench.yaml", embedded.UnitYAML, 0o644)
}

// exits runs otabench and wants an exit status:
//
//	exits STATUS ARGUMENT...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: exits STATUS ARGUMENT...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got, err := statusOf(ts.Exec("otabench", args[1:]...))
	ts.Check(err)
	if got != want {
		ts.Fatalf("otabench %s ended with status %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// statusOf is the exit status of a process that ended with err.
func statusOf(err error) (int, error) {
	var ended *exec.ExitError
	switch {
	case err == nil:
		return 0, nil
	case errors.As(err, &ended) && ended.Exited():
		return ended.ExitCode(), nil
	}
	return 0, fmt.Errorf("no exit status: %w", err)
}

// edit replaces the one place in a file where a text stands; \n in the new text begins a line:
//
//	edit FILE OLD NEW
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if n := strings.Count(text, args[1]); n != 1 {
		ts.Fatalf("%q stands in %s %d times, want once", args[1], args[0], n)
	}
	text = strings.Replace(text, args[1], strings.ReplaceAll(args[2], `\n`, "\n"), 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

// halve cuts a file short:
//
//	halve FILE
func halve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: halve FILE")
	}
	text := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text[:len(text)/2]), 0o644))
}
