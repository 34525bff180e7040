package picture_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power/profile"
	"otabench/power/profile/picture"
)

func curve(t *testing.T, name string) *profile.Curve {
	t.Helper()
	p, err := profile.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.Compile(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func rail() profile.Capability {
	return profile.Capability{
		Highest: 30 * physic.Volt, Interval: 20 * time.Millisecond, Rise: physic.Volt, Decay: 32 * time.Millisecond,
		Switch: &profile.Contact{Shortest: time.Millisecond, Decay: 22 * time.Millisecond},
	}
}

// A picture names its axes with their units, and all that is drawn.
func TestSVG(t *testing.T) {
	for name, want := range map[string][]string{
		"iso16750-2-starting-4":            {"time in s", "profile", "tolerance of the level", "expected of the rail"},
		"lv124-e10-short-interruption":     {"time in min", "line open"},
		"lv124-e07-slow-decrease-increase": {"time in min"},
	} {
		c := curve(t, name)
		p := picture.Of(c, 0, c.Cycle())
		p.Expect(profile.NewPlan(c, rail()))
		var b bytes.Buffer
		if err := picture.Write(&b, picture.SVG, p); err != nil {
			t.Fatal(err)
		}
		text := texts(t, b.Bytes())
		for _, w := range append(want, name, "voltage at the terminals in V") {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in %q", name, w, text)
			}
		}
	}
}

// texts are the words of an SVG, which has to be well-formed.
func texts(t *testing.T, svg []byte) string {
	t.Helper()
	var b strings.Builder
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := token.(xml.CharData); ok {
			b.WriteString(strings.TrimSpace(string(text)) + " ")
		}
	}
}

func TestPNG(t *testing.T) {
	c := curve(t, "iso16750-2-momentary-drop")
	var b bytes.Buffer
	if err := picture.Write(&b, picture.PNG, picture.Of(c, 900*time.Millisecond, 1300*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	image, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if size := image.Bounds(); size.Dx() < 800 || size.Dy() < 300 {
		t.Errorf("%v", size)
	}
}

// Every profile of the library can be drawn, as a whole.
func TestLibrary(t *testing.T) {
	for _, name := range profile.Library() {
		p, err := profile.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := p.Compile(nil)
		if err != nil {
			continue
		}
		if err := picture.Write(io.Discard, picture.SVG, picture.Of(c, 0, c.Duration())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
