package profile_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"otabench/power/profile"
)

// Whatever the text, Parse ends with an *Error that has places, or with a profile that compiles to a sound curve.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("library/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(drop))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := profile.Parse("fuzz", text)
		if err != nil {
			var e *profile.Error
			if !errors.As(err, &e) || len(e.Problems) == 0 || e.Problems[0].Line < 1 {
				t.Fatalf("%#v", err)
			}
			return
		}
		c, err := p.Compile(nil)
		if errors.Is(err, profile.ErrRefused) {
			return
		}
		if err != nil {
			t.Fatalf("it parses and does not compile: %v", err)
		}
		sound(t, c)
	})
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("t;v\n0;12\n0.5;6\n"))
	f.Add([]byte("-1,12\n1e-3,6,7\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if c, err := profile.ReadCSV("fuzz", bytes.NewReader(text)); err == nil {
			sound(t, c)
		}
	})
}

func sound(t *testing.T, c *profile.Curve) {
	t.Helper()
	if c.Duration() <= 0 {
		t.Fatalf("a curve of %v", c.Duration())
	}
	for i, s := range c.Segments {
		if s.Length <= 0 || i > 0 && s.Start != c.Segments[i-1].End() {
			t.Fatalf("part %d: %v at %v", i, s, s.Start)
		}
	}
	if lo, hi := c.Range(0, c.Duration()); lo > hi {
		t.Fatalf("%v to %v", lo, hi)
	}
}
