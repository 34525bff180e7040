package reportstest

import (
	"os"
	"os/exec"
	"testing"
)

// Tool returns the path of a program that a test compares with. In CI it has to be there; elsewhere the test is skipped without.
func Tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("%s is missing; run .ci/install", name)
	}
	if err != nil {
		t.Skipf("not checked: %s is not installed", name)
	}
	return path
}
