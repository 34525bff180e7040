// Package ci_test keeps the recipes beside it right: it runs their commands with an otabench that ends as it is told.
package ci_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// fake is an otabench that says what it was called with, makes the run folder, and ends as the environment says.
const fake = `#!/bin/sh
echo "otabench $*" >> "$CALLS"
[ "$1" = verify ] && exit "$VERIFY"
if [ "$RUN" = wait ]; then
	trap 'kill $!; echo outputs off >> "$CALLS"; exit 130' TERM
	echo ready
	while :; do sleep 60 & wait $!; done
fi
exit "$RUN"
`

// lab is a place in which a recipe runs: a checkout, and an otabench in the path.
type lab struct {
	dir, calls string
	env        []string
}

func newLab(t *testing.T, run, verify string) lab {
	t.Helper()
	l := lab{dir: t.TempDir()}
	l.calls = filepath.Join(l.dir, "calls")
	l.env = append(os.Environ(), "PATH="+filepath.Join(l.dir, "bin")+":"+os.Getenv("PATH"), "CALLS="+l.calls, "RUN="+run, "VERIFY="+verify)
	script, err := os.ReadFile("nightly")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"bin/otabench": fake, "bench/ci/nightly": string(script)} {
		path := filepath.Join(l.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// shell runs commands and returns their exit status and what they printed.
func (l lab) shell(t *testing.T, env []string, shell string, args ...string) (int, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), shell, args...)
	cmd.Dir, cmd.Env = l.dir, append(l.env, env...)
	out, err := cmd.CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// called returns the lines that otabench wrote.
func (l lab) called(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(l.calls)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.Fields(strings.ReplaceAll(string(text), " ", "·"))
}

// outcomes are the ends of a run and of its verification, with what a night comes to. They are what all recipes are tried with.
var outcomes = []struct {
	run, verify string
	want        int
	verified    bool
}{
	{"0", "0", 0, true},
	{"1", "0", 1, true},
	{"2", "0", 2, false},
	{"3", "0", 3, true},
	{"130", "0", 130, false},
	{"0", "1", 3, true}, // a pass without evidence is none,
	{"1", "1", 3, true}, // nor is a failure
	{"0", "2", 3, true},
	{"77", "0", 3, false},
	{"139", "0", 3, false}, // killed
}

func TestNightly(t *testing.T) {
	for _, c := range outcomes {
		l := newLab(t, c.run, c.verify)
		got, out := l.shell(t, nil, "bench/ci/nightly", "my bench.yaml", "key.pem", "runs/1", "--virtual-time")
		if got != c.want {
			t.Errorf("run %s, verify %s: %d, want %d\n%s", c.run, c.verify, got, c.want, out)
		}
		want := []string{"otabench·run·--nightly·-b·my·bench.yaml·--key·key.pem·-o·runs/1·--virtual-time"}
		if c.verified {
			want = append(want, "otabench·verify·runs/1")
		}
		if calls := l.called(t); fmt.Sprint(calls) != fmt.Sprint(want) {
			t.Errorf("run %s, verify %s: called %q, want %q", c.run, c.verify, calls, want)
		}
	}
}

func TestNightlyWithoutItsArguments(t *testing.T) {
	l := newLab(t, "0", "0")
	if got, out := l.shell(t, nil, "bench/ci/nightly", "bench.yaml", "key.pem"); got != 2 || !strings.Contains(out, "usage: nightly") || len(l.called(t)) != 0 {
		t.Errorf("%d, %q, called %q", got, out, l.called(t))
	}
}

// A CI server that tells the shell alone is heard, and the shell stays until the outputs are off.
func TestACancelledNightSwitchesTheOutputsOff(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		l := newLab(t, "wait", "0")
		cmd := exec.CommandContext(t.Context(), "bench/ci/nightly", "bench.yaml", "key.pem", "runs/1")
		cmd.Dir, cmd.Env = l.dir, l.env
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
			t.Fatalf("%q, %v", line, err)
		}
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		var ended *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &ended) || ended.ExitCode() != 130 {
			t.Errorf("%v: ended with %v", signal, err)
		}
		if calls := l.called(t); len(calls) != 2 || calls[1] != "outputs·off" {
			t.Errorf("%v: called %q", signal, calls)
		}
	}
}
