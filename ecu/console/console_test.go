package console_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/console"
)

// open returns a console and the ECU's end of it.
func open(t *testing.T, opt console.Options) (*console.Console, net.Conn) {
	t.Helper()
	unit, ours := net.Pipe()
	c := console.New("bcm", ours, opt)
	t.Cleanup(func() { _ = c.Close(); _ = unit.Close() })
	return c, unit
}

func say(t *testing.T, w io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Error(err)
	}
}

func TestLinesAreStampedAtTheirFirstByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []console.Line
		var raw bytes.Buffer
		_, unit := open(t, console.Options{Observe: func(l console.Line) { seen = append(seen, l) }, Log: &raw})
		start := time.Now()
		say(t, unit, "bo")
		time.Sleep(5 * time.Millisecond)
		say(t, unit, "ot\r\nslot B\n\n")
		synctest.Wait()
		if len(seen) != 3 || seen[0].Text != "boot" || !seen[0].Time.Equal(start) || seen[1].Text != "slot B" ||
			!seen[1].Time.Equal(start.Add(5*time.Millisecond)) || seen[2].Text != "" {
			t.Errorf("%+v", seen)
		}
		if raw.String() != "boot\r\nslot B\n\n" {
			t.Errorf("log %q", raw.String())
		}
	})
}

func TestExpect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		say(t, unit, "boot: slot A\n")
		synctest.Wait()
		mark := c.Mark()
		say(t, unit, "boot: slot B\nlogin: ")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		m, err := c.Expect(ctx, mark, regexp.MustCompile(`slot ([AB])`))
		if err != nil || m.Groups[1] != "B" {
			t.Errorf("%+v, %v", m, err)
		}
		if _, err := c.Expect(ctx, mark, regexp.MustCompile(`^login: $`)); err != nil {
			t.Errorf("prompt: %v", err)
		}
		_, err = c.Expect(ctx, mark, regexp.MustCompile("slot C"))
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "\n\tboot: slot B") {
			t.Error(err)
		}
	})
}

func TestExpectWaitsForALineToCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		go func() {
			time.Sleep(time.Second)
			say(t, unit, "ready\n")
		}()
		if _, err := c.Expect(t.Context(), c.Mark(), regexp.MustCompile("ready")); err != nil {
			t.Error(err)
		}
	})
}

func TestAVanishedDeviceIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		_ = unit.Close()
		_, err := c.Expect(t.Context(), 0, regexp.MustCompile("x"))
		if !errors.Is(err, console.ErrClosed) || !strings.Contains(err.Error(), "printed nothing") || c.Err() == nil {
			t.Error(err)
		}
	})
}

func TestEndlessLinesAndLongHistoryAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		say(t, unit, strings.Repeat("x", 20_000)+"\n")
		for n := range 1500 {
			say(t, unit, fmt.Sprintf("%d\n", n))
		}
		synctest.Wait()
		lines := c.Since(0)
		if len(lines) != 1000 || lines[999].Text != "1499" {
			t.Errorf("%d lines, the last is %q", len(lines), lines[len(lines)-1].Text)
		}
		if got := c.Since(c.Mark()); len(got) != 0 {
			t.Errorf("%d lines behind the last", len(got))
		}
	})
}

func TestLongLineIsCutIntoPieces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		say(t, unit, strings.Repeat("x", 20_000)+"\nend\n")
		synctest.Wait()
		total := 0
		lines := c.Since(0)
		for _, l := range lines[:len(lines)-1] {
			total += len(l.Text)
			if len(l.Text) > 8<<10 {
				t.Errorf("a piece of %d bytes", len(l.Text))
			}
		}
		if total != 20_000 || lines[len(lines)-1].Text != "end" {
			t.Errorf("%d bytes in pieces", total)
		}
	})
}

func TestSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{})
		go func() { _ = c.Send(t.Context(), "version\n") }()
		b := make([]byte, 8)
		if _, err := io.ReadFull(unit, b); err != nil || string(b) != "version\n" {
			t.Errorf("%q, %v", b, err)
		}
		_ = unit.Close()
		if err := c.Send(t.Context(), "x"); err == nil {
			t.Error("sent to nobody")
		}
	})
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestABrokenLogIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{Log: broken{}})
		say(t, unit, "x\n")
		synctest.Wait()
		if err := c.Err(); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Error(err)
		}
	})
}

func TestDialErrors(t *testing.T) {
	for _, a := range []string{
		"", "serial:", "serial:@9600", "usb:1", "serial:/dev/null@fast", "serial:/dev/null@-1", "virtual:bcm",
	} {
		if _, err := (console.Dialer{}).Dial(a); !errors.Is(err, console.ErrAddress) {
			t.Errorf("%q: %v", a, err)
		}
	}
	_, err := (console.Dialer{}).Dial("serial:/dev/no-such-port@9600")
	if err == nil || errors.Is(err, console.ErrAddress) {
		t.Error(err)
	}
	unit, ours := net.Pipe()
	defer unit.Close()
	d := console.Dialer{Virtual: func(string) (io.ReadWriteCloser, error) { return ours, nil }}
	if got, err := d.Dial("virtual:bcm"); err != nil || got != ours {
		t.Error(err)
	}
}

func Example() {
	unit, ours := net.Pipe()
	c := console.New("bcm", ours, console.Options{})
	defer c.Close()
	go fmt.Fprint(unit, "boot: slot B\r\n")
	m, err := c.Expect(context.Background(), 0, regexp.MustCompile(`slot ([AB])`))
	fmt.Println(m.Groups[1], err)
	// Output: B <nil>
}
