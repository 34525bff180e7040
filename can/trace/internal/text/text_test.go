package text_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"otabench/can/trace"
	"otabench/can/trace/internal/text"
)

func TestLines(t *testing.T) {
	full := strings.Repeat("x", 65535)
	lines := text.NewLines(strings.NewReader("one\r\n\n\ttwo ä\n" + full + "\nlast"))
	for _, want := range []string{"one", "", "\ttwo ä", full} {
		if line, err := lines.Next(); string(line) != want || err != nil {
			t.Errorf("got %.20q, error %v; want %.20q", line, err, want)
		}
	}
	line, err := lines.Next()
	if string(line) != "last" || !errors.Is(err, trace.ErrTruncated) || !strings.Contains(err.Error(), "line 5") {
		t.Errorf("got %q, error %v; want last and %v", line, err, trace.ErrTruncated)
	}
	if _, err := lines.Next(); err != io.EOF {
		t.Errorf("got error %v, want %v", err, io.EOF)
	}
	if err := lines.Corrupt("cause: %w", iotest.ErrTimeout); !errors.Is(err, trace.ErrCorrupt) ||
		!errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("%v does not wrap its causes", err)
	}
}

// A control character is found wherever it stands, beside any other byte.
func TestControlCharacters(t *testing.T) {
	for at := range 20 {
		for _, other := range []byte{' ', '~', 0x80, 0xFF, '\t'} {
			line := []byte(strings.Repeat(string([]byte{other}), 20) + "\n")
			if _, err := text.NewLines(strings.NewReader(string(line))).Next(); err != nil {
				t.Errorf("%q: %v", line, err)
			}
			for _, control := range []byte{0, 0x0B, 0x1F} {
				line[at] = control
				if _, err := text.NewLines(strings.NewReader(string(line))).Next(); !errors.Is(err, trace.ErrCorrupt) {
					t.Errorf("%q: got error %v, want %v", line, err, trace.ErrCorrupt)
				}
			}
		}
	}
}

func TestLinesThatCannotBeRead(t *testing.T) {
	tests := map[string]struct {
		r    io.Reader
		want error
	}{
		"too long":     {strings.NewReader(strings.Repeat("x", 65537)), trace.ErrCorrupt},
		"broken":       {iotest.ErrReader(iotest.ErrTimeout), iotest.ErrTimeout},
		"gzip, cut":    {iotest.ErrReader(io.ErrUnexpectedEOF), trace.ErrTruncated},
		"cut mid-line": {io.MultiReader(strings.NewReader("x"), iotest.ErrReader(iotest.ErrTimeout)), iotest.ErrTimeout},
	}
	for name, test := range tests {
		if _, err := text.NewLines(test.r).Next(); !errors.Is(err, test.want) || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%s: got error %v, want %v in line 1", name, err, test.want)
		}
	}
}

func TestField(t *testing.T) {
	rest := []byte("  one\ttwo three ")
	var got []string
	for {
		var word []byte
		if word, rest = text.Field(rest); len(word) == 0 {
			break
		}
		got = append(got, string(word))
	}
	if diff := cmp.Diff([]string{"one", "two", "three"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStamp(t *testing.T) {
	for in, want := range map[string]string{
		"0.0":                    "0 0 true",
		"12.5":                   "12 500000000 true",
		"1436509052.249713":      "1436509052 249713000 true",
		"1.000000001":            "1 1 true",
		"253402300799.999999999": "253402300799 999999999 true",
		"253402300800.0":         "0 0 false",
		"1000000000000.0":        "0 0 false",
		"1.0000000001":           "0 0 false",
		"1.":                     "0 0 false",
		".1":                     "0 0 false",
		"1":                      "0 0 false",
		"":                       "0 0 false",
		"-1.0":                   "0 0 false",
		"1.0x":                   "0 0 false",
		"1.-1":                   "0 0 false",
	} {
		seconds, ns, ok := text.Stamp([]byte(in))
		if got := fmt.Sprint(seconds, ns, ok); got != want {
			t.Errorf("%q is %s, want %s", in, got, want)
		}
	}
}

func TestAppend(t *testing.T) {
	for want, got := range map[string][]byte{
		"(1.000002":   text.AppendStamp([]byte("("), 1, 2999, 1),
		"   1.999999": text.AppendStamp(nil, 1, 999_999_999, 4),
		"1234.000000": text.AppendStamp(nil, 1234, 0, 3),
		"  7":         text.AppendDecimal(nil, 7, 3),
		" 10":         text.AppendDecimal(nil, 10, 3),
		"255":         text.AppendDecimal(nil, 255, 2),
		"0":           text.AppendHex(nil, 0, 1),
		"7E0":         text.AppendHex(nil, 0x7E0, 1),
		"007":         text.AppendHex(nil, 7, 3),
		"89ABCDEF":    text.AppendHex(nil, 0x89ABCDEF, 8),
		"0F":          text.AppendByte(nil, 15),
		"x":           text.AppendBlanks([]byte("x"), -1),
	} {
		if string(got) != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestHex(t *testing.T) {
	for value := range 256 {
		for _, format := range []string{"%02x", "%02X"} {
			if got, ok := text.Byte(fmt.Appendf(nil, format, value)); int(got) != value || !ok {
				t.Errorf("%02X reads as %d, %v", value, got, ok)
			}
		}
	}
	for _, word := range []string{"", "1", "111", "G0", "0G", "@1", "1`", "/0", "0:"} {
		if value, ok := text.Byte([]byte(word)); ok {
			t.Errorf("%q reads as %d", word, value)
		}
	}
	if value, ok := text.Hex([]byte("89abcDEF")); value != 0x89ABCDEF || !ok {
		t.Errorf("got %X, %v", value, ok)
	}
	for _, word := range []string{"", "123456789", "1G"} {
		if value, ok := text.Hex([]byte(word)); ok {
			t.Errorf("%q reads as %X", word, value)
		}
	}
}

func TestComments(t *testing.T) {
	var comments text.Comments
	if got := comments.Take(); got != "" {
		t.Errorf("there is a comment %q", got)
	}
	comments.Add("one\ntwo\r")
	comments.Add("gr\xf6\xdfer")
	if diff := cmp.Diff([]string{"one", "two ", "größer"}, comments.Lines()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := comments.Take(); got != "one\ntwo \ngrößer" {
		t.Errorf("got %q", got)
	}
	for i := range 17 {
		comments.Add(strings.Repeat(string(rune('a'+i)), 1025))
	}
	lines := comments.Lines()
	if len(lines) != 16 || lines[0] != strings.Repeat("b", 1024) || lines[15] != strings.Repeat("q", 1024) {
		t.Errorf("%d comments, from %.2q", len(lines), lines[0])
	}
	comments.Drop()
	comments.Add("x" + strings.Repeat("ä", 1024))
	if got := comments.Take(); got != "x"+strings.Repeat("ä", 511) {
		t.Errorf("a comment is cut to %d bytes", len(got))
	}
	var losses trace.Losses
	comments.CountCut(&losses)
	comments.CountCut(&losses)
	if list := losses.List(); len(list) != 1 || list[0].Count != 19 {
		t.Errorf("losses are %v, want 19 comments", list)
	}
}

func TestOutputKeepsWholeLines(t *testing.T) {
	var sizes []int
	out := text.NewOutput(writer(func(b []byte) (int, error) {
		sizes = append(sizes, len(b))
		return len(b), nil
	}))
	line := []byte(strings.Repeat("x", 999) + "\n")
	for range 70 {
		if err := out.Keep(append(out.Buffer(), line...)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := out.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]int{66000, 4000}, sizes); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}

func TestOutputErrorIsFinal(t *testing.T) {
	calls := 0
	out := text.NewOutput(writer(func([]byte) (int, error) {
		calls++
		return 0, iotest.ErrTimeout
	}))
	for range 2 {
		err := out.Keep(append(out.Buffer(), 'x'))
		if err == nil {
			err = out.Flush()
		}
		if !errors.Is(err, iotest.ErrTimeout) || !errors.Is(out.Err(), iotest.ErrTimeout) || calls != 1 {
			t.Errorf("got error %v after %d writes, want %v after one", err, calls, iotest.ErrTimeout)
		}
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }
