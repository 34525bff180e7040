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
		l := newLink(newPieces("13", "", "", ".49", "87\r", "\n\n0,\"No", " error\"\nCV\n"), 0)
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
		s := newSession(newPieces("1\n2\n3\n"), "test", scpiWire(), Options{Timeout: time.Second})
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
		s := newSession(near, "test", scpiWire(), Options{Timeout: time.Second})
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
		s := newSession(newPieces("0,\"No error\"\n"), "test", scpiWire(), Options{Timeout: time.Hour, Pace: time.Minute})
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
	for _, tc := range []struct {
		setting setting
		q       int64
		want    string
	}{
		{setting{}, 0, "0.000"},
		{setting{}, 13_500_000_000, "13.500"},
		{setting{}, 15_999_999_999, "15.999"},
		{setting{}, 1_000_000, "0.001"},
		{setting{}, 999_999, "0.000"},
		{setting{decimals: 2}, 15_999_999_999, "15.99"},
		{setting{decimals: 2, width: 5}, 9_500_000_000, "09.50"},
		{setting{width: 5}, 500_000_000, "0.500"},
	} {
		if got := tc.setting.format(tc.q); got != tc.want {
			t.Errorf("%+v formats %d as %s, want %s", tc.setting, tc.q, got, tc.want)
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
			if line == "" || strings.ContainsAny(line, "\r\n") {
				t.Errorf("line %q", line)
			}
		}
	})
}

// TestReplyBySilence: where replies have no terminator, a pause ends them, and a shorter one does not.
func TestReplyBySilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		l := newLink(near, 40*time.Millisecond)
		defer l.close()
		go func() {
			for _, piece := range []string{"KORAD ", "KA3005P", " V5.5", "\n", "Q"} {
				_, _ = io.WriteString(far, piece)
				time.Sleep(30 * time.Millisecond)
				if piece == "\n" { // which is a byte like another
					time.Sleep(20 * time.Millisecond)
				}
			}
		}()
		for _, want := range []string{"KORAD KA3005P V5.5\n", "Q"} {
			if got, err := l.read(t.Context()); err != nil || got != want {
				t.Errorf("read = %q, %v, want %q", got, err, want)
			}
		}
		go func() {
			for {
				if _, err := io.WriteString(far, strings.Repeat("x", 500)); err != nil {
					return
				}
			}
		}()
		if _, err := l.read(t.Context()); err == nil || !strings.Contains(err.Error(), "more than 4096 bytes") {
			t.Errorf("endless: %v", err)
		}
	})
}

// Nothing is sent for a caller who has given up before.
func TestNothingIsSentForWhoGaveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		theirs, ours := net.Pipe()
		defer theirs.Close()
		s := newSession(ours, "test", wire{terminator: "\n"}, Options{Timeout: time.Second})
		defer s.close()
		var got strings.Builder
		go func() { _, _ = io.Copy(&got, theirs) }()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 100 {
			if err := s.change(ctx, "OUTP ON"); !errors.Is(err, context.Canceled) || errors.Is(err, power.ErrLink) {
				t.Fatalf("changed by who gave up: %v", err)
			}
		}
		synctest.Wait()
		if got.Len() > 0 {
			t.Errorf("the instrument was told %q", got.String())
		}
	})
}

// An instrument that does not answer is not taken for a caller whose time is over.
func TestSilenceIsNoDeadlineOfTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		theirs, ours := net.Pipe()
		defer theirs.Close()
		s := newSession(ours, "test", wire{terminator: "\n"}, Options{Timeout: time.Second})
		defer s.close()
		go func() { _, _ = io.Copy(io.Discard, theirs) }()
		_, err := query(t.Context(), s, "VOLT?", parseNumber)
		if !errors.Is(err, power.ErrLink) || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("no answer: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := query(ctx, s, "VOLT?", parseNumber); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("no time: %v", err)
		}
	})
}
