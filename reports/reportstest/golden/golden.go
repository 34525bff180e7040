// Package golden compares what tests make with files in testdata, and writes these with -update.
package golden

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

// maxShown bounds what is shown of a text that differs, in bytes.
const maxShown = 64 << 10

// Compare fails the test if got is not what the file at path holds.
func Compare[T ~string | ~[]byte](t testing.TB, path string, got T) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		shown := string(got)
		t.Errorf("what follows differs from %s; run the test with -update if it is right\n%s", path, shown[:min(len(shown), maxShown)])
	}
}
