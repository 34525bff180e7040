package scpi

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/power"
)

// pieces is a link that reads what it is given, piece by piece; an empty piece is a read timeout.
type pieces struct {
	next   chan string
	closed chan struct{}
}

func newPieces(all ...string) *pieces {
	p := &pieces{next: make(chan string, len(all)), closed: make(chan struct{})}
	for _, piece := range all {
		p.next <- piece
	}
	return p
}

func (p *pieces) Read(b []byte) (int, error) {
	select {
	case piece := <-p.next:
		return copy(b, piece), nil
	case <-p.closed:
		return 0, io.EOF
	}
}

func (p *pieces) Write(b []byte) (int, error) { return len(b), nil }
func (p *pieces) Close() error                { close(p.closed); return nil }

func TestReplyInPieces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLink(newPieces("13", "", "", ".49", "87\r", "\n\n0,\"No", " error\"\nCV\n"))
		defer l.close()
		for _, want := range []string{"13.4987", `0,"No error"`, "CV"} {
			if got, err := l.read(t.Context()); err != nil || got != want {
				t.Errorf("read = %q, %v, want %q", got, err, want)
			}
		}
	})
}

func TestUnaskedRepliesAreDiscarded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSession(newPieces("1\n2\n3\n"), "test", Options{Timeout: time.Second})
		defer s.close()
		synctest.Wait()
		if _, err := query(t.Context(), s, "*ESE?", parseNumber); !errors.Is(err, power.ErrLink) {
			t.Errorf("query: %v", err)
		}
	})
}

func TestBlockedWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, _ := net.Pipe() // nobody reads
		s := newSession(near, "test", Options{Timeout: time.Second})
		defer s.close()
		for range 2 {
			if err := s.change(t.Context(), ":OUTP CH1,OFF"); !errors.Is(err, power.ErrLink) {
				t.Errorf("change: %v", err)
			}
		}
	})
}

func TestCancelledWhilePacing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSession(newPieces("0,\"No error\"\n"), "test", Options{Timeout: time.Hour, Pace: time.Minute})
		defer s.close()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if err := s.change(ctx, "*CLS"); !errors.Is(err, context.Canceled) {
			t.Errorf("change: %v", err)
		}
	})
}

func TestParseNumber(t *testing.T) {
	for reply, want := range map[string]int64{
		"0": 0, "13.500": 13_500_000_000, " +1.350E+01 ": 13_500_000_000, "-0.001": -1_000_000, ".5": 500_000_000,
	} {
		if got, err := parseNumber(reply); err != nil || got != want {
			t.Errorf("parseNumber(%q) = %d, %v, want %d", reply, got, err, want)
		}
	}
	for _, reply := range []string{"", "V", "NaN", "Inf", "9.9E37", "-1e9", "1e999", "0x10", "1_0", "1,2", "1 2", "--1"} {
		if got, err := parseNumber(reply); err == nil {
			t.Errorf("parseNumber(%q) = %d", reply, got)
		}
	}
}

func TestParseFlag(t *testing.T) {
	for reply, want := range map[string]bool{"ON": true, "yes": true, "1": true, "OFF": false, "No": false, "0": false} {
		if got, err := parseFlag(reply); err != nil || got != want {
			t.Errorf("parseFlag(%q) = %v, %v", reply, got, err)
		}
	}
	if _, err := parseFlag("2"); err == nil {
		t.Error(`parseFlag("2"): no error`)
	}
}

func TestDecimalNeverRoundsUp(t *testing.T) {
	for q, want := range map[int64]string{
		0: "0.000", 13_500_000_000: "13.500", 15_999_999_999: "15.999", 1_000_000: "0.001", 999_999: "0.000",
	} {
		if got := decimal(q); got != want {
			t.Errorf("decimal(%d) = %s, want %s", q, got, want)
		}
	}
}

func FuzzSplitter(f *testing.F) {
	f.Add("13.5\r\n", "CV\nON")
	f.Add("", "\n\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		var pieced, whole splitter
		got := slices.AppendSeq(slices.Collect(pieced.feed([]byte(a))), pieced.feed([]byte(b)))
		want := slices.Collect(whole.feed([]byte(a + b)))
		if !slices.Equal(got, want) {
			t.Errorf("in pieces %q, whole %q", got, want)
		}
		for _, line := range got {
			if line == "" || strings.Contains(line, "\n") {
				t.Errorf("line %q", line)
			}
		}
	})
}

func FuzzReplies(f *testing.F) {
	for _, seed := range []string{"13.500", "1e6", "ON", `-113,"Undefined header"`, "RIGOL TECHNOLOGIES,DP832,1,2", "1,2,3"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, reply string) {
		if n, err := parseNumber(reply); err == nil && (n > maxNumber*1e9 || n < -maxNumber*1e9) {
			t.Errorf("parseNumber(%q) = %d", reply, n)
		}
		if r, err := dp800Measurement(reply); err == nil && strings.Count(reply, ",") != 2 {
			t.Errorf("dp800Measurement(%q) = %v", reply, r)
		}
		if e, err := parseError(reply); err == nil && !strings.Contains(reply, ",") {
			t.Errorf("parseError(%q) = %v", reply, e)
		}
		if id, err := parseIdentity(reply); err == nil && strings.Contains(id.Maker+id.Model+id.Serial, ",") {
			t.Errorf("parseIdentity(%q) = %v", reply, id)
		}
		_, _ = parseFlag(reply)
	})
}
