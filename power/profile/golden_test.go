package profile_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/power/profile"
)

var update = flag.Bool("update", false, "write the golden files")

// Every profile of the library stands in a golden file, compiled with its defaults, so that no change of a number or
// of the language goes unseen.
func TestLibrary(t *testing.T) {
	for _, name := range profile.Library() {
		t.Run(name, func(t *testing.T) {
			p, err := profile.Named(name)
			if err != nil {
				t.Fatal(err)
			}
			if p.Name != name {
				t.Errorf("the file's profile is called %s", p.Name)
			}
			for what, text := range map[string]string{
				"title": p.Title, "standard": p.Standard, "clause": p.Clause, "source": p.Source,
			} {
				if text == "" {
					t.Errorf("no %s", what)
				}
			}
			got := describe(t, p)
			golden := filepath.Join("testdata", "golden", name+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Error(d)
			}
		})
	}
}

// describe lists the compiled parts; those of equal repetitions stand there once.
func describe(t *testing.T, p *profile.Profile) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s\n", p.Standard, p.Clause)
	c, err := p.Compile(nil)
	if errors.Is(err, profile.ErrRefused) {
		fmt.Fprintf(&b, "%v\n", err)
		return b.String()
	}
	if err != nil {
		t.Fatal(err)
	}
	tol := c.Tolerance
	fmt.Fprintf(&b, "+%v/-%v, times %g %%, steps %v\n%v, %d parts, from %v to %v\n",
		tol.Above, tol.Below, tol.Time, tol.Step, c.Duration(), len(c.Segments), c.Before, c.Final())
	seen := map[string]bool{}
	for _, s := range c.Segments {
		if line := fmt.Sprintf("%s: %v", s.Name, s); !seen[line] {
			seen[line] = true
			fmt.Fprintf(&b, "%12v  %s\n", s.Start, line)
		}
	}
	for _, w := range c.Waits {
		fmt.Fprintf(&b, "%12v  waits for %s\n", w.At, w.Event)
	}
	return b.String()
}
