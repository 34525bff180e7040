package console_test

import (
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/console"
)

const ms = time.Millisecond

func texts(lines []console.Line) (all []string) {
	for _, l := range lines {
		all = append(all, l.Text)
	}
	return all
}

func TestALineIsNotExpectedBeforeItIsWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		go func() {
			say(t, unit, "version 1.2.1")
			time.Sleep(99 * ms)
			say(t, unit, "5\r\n")
		}()
		m, err := c.Expect(t.Context(), 0, regexp.MustCompile(`version ([\d.]+)`))
		if err != nil || m.Groups[1] != "1.2.15" {
			t.Errorf("%+v, %v", m, err)
		}
	})
}

func TestAPromptIsExpectedOnceItIsQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		start := time.Now()
		go func() {
			say(t, unit, "log")
			time.Sleep(60 * ms)
			say(t, unit, "in: ")
		}()
		m, err := c.Expect(t.Context(), c.Mark(), regexp.MustCompile("^log"))
		if took := time.Since(start); err != nil || m.Line.Text != "login: " || took != 160*ms {
			t.Errorf("%+v, %v, after %v", m, err, took)
		}
	})
}

// An ECU loses power in the middle of a line, and boots.
func TestAnAbandonedLineIsALineOfItsOwn(t *testing.T) {
	for _, tt := range []struct {
		silent time.Duration
		want   []string
	}{
		{999 * ms, []string{"app: excboot: slot A"}},
		{1000 * ms, []string{"app: exc", "boot: slot A"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var seen []console.Line
			_, unit := open(t, console.Options{Observe: func(l console.Line) { seen = append(seen, l) }})
			start := time.Now()
			say(t, unit, "app: exc")
			time.Sleep(tt.silent)
			say(t, unit, "boot: slot A\r\n")
			synctest.Wait()
			if !slices.Equal(texts(seen), tt.want) || !seen[0].Time.Equal(start) {
				t.Errorf("after %v: %v", tt.silent, seen)
			}
			if n := len(seen); n == 2 && !seen[1].Time.Equal(start.Add(tt.silent)) {
				t.Errorf("the second line is stamped %v", seen[1].Time)
			}
		})
	}
}

func TestTheLastWordsOfAStreamAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []console.Line
		c, unit := open(t, console.Options{Observe: func(l console.Line) { seen = append(seen, l) }})
		say(t, unit, "panic")
		_ = unit.Close()
		<-c.Done()
		if got := texts(c.Since(0)); !slices.Equal(got, []string{"panic"}) || len(seen) != 1 {
			t.Errorf("kept %q, observed %v", got, seen)
		}
	})
}

// order notes when it was told what.
type order struct{ all []string }

func (o *order) Write(b []byte) (int, error) {
	o.all = append(o.all, "log "+string(b))
	return len(b), nil
}

func TestObserversComeBeforeTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var o order
		observe := func(l console.Line) { o.all = append(o.all, "observe "+l.Text) }
		_, unit := open(t, console.Options{Observe: observe, Log: &o})
		say(t, unit, "a\nb\n")
		synctest.Wait()
		if want := []string{"observe a", "observe b", "log a\nb\n"}; !slices.Equal(o.all, want) {
			t.Errorf("%q", o.all)
		}
	})
}

func TestHostileBytesAreKeptAndEscaped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		const hostile = "\x1b[2J\"ä\"\xff\x00"
		say(t, unit, hostile+"\n")
		synctest.Wait()
		l := c.Since(0)[0]
		if l.Text != hostile || l.String() != `\x1b[2J"ä"\xff\x00` {
			t.Errorf("%q is shown as %v", l.Text, l)
		}
	})
}
