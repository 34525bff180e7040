// Package peertest runs the tools that tests hold this repository's formats against.
package peertest

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

// Python is Debian's, which has the packages that .ci/packages lists.
const Python = "/usr/bin/python3"

// Run runs a tool and returns what it printed. It fails the test if the tool fails, or if it is missing in CI; where it
// is missing elsewhere, what the test would have shown is left out.
func Run(t testing.TB, input []byte, name string, args ...string) (output []byte, ran bool) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is missing; run .ci/install", name)
		}
		t.Logf("not checked: %s is not installed", name)
		return nil, false
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %.200q: %v\n%s", name, args, err, stderr.Bytes())
	}
	return output, true
}
