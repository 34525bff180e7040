package console_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/console"
)

// adapter is a device that vanishes and comes back with another connection to the ECU.
type adapter struct {
	next    chan net.Conn // our ends, as they come back
	opened  int
	changes []console.Change
}

func newAdapter() *adapter { return &adapter{next: make(chan net.Conn, 10)} }

func (a *adapter) open(ctx context.Context) (io.ReadWriteCloser, error) {
	a.opened++
	select {
	case ours := <-a.next:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// back plugs the adapter in again and returns the ECU's end.
func (a *adapter) back(t *testing.T) net.Conn {
	unit, ours := net.Pipe()
	t.Cleanup(func() { _ = unit.Close(); _ = ours.Close() })
	a.next <- ours
	return unit
}

func (a *adapter) options(fail bool) *console.Reconnect {
	return &console.Reconnect{
		Open: a.open, Within: 10 * time.Second, FailOnGap: fail,
		Observe: func(x console.Change) { a.changes = append(a.changes, x) },
	}
}

func TestReconnect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAdapter()
		var log bytes.Buffer
		var seen []console.Line
		c, unit := open(t, console.Options{
			Log: &log, Reconnect: a.options(false), Observe: func(l console.Line) { seen = append(seen, l) },
		})
		start := time.Now()
		time.Sleep(5 * time.Second)
		say(t, unit, "boot: rese")
		_ = unit.Close()
		go func() {
			time.Sleep(2 * time.Second)
			say(t, a.back(t), "app: started\r\n")
		}()
		if _, err := c.Expect(t.Context(), 0, regexp.MustCompile("^app")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // the log comes last
		lost, back := start.Add(5*time.Second), start.Add(7*time.Second)
		want := []console.Line{
			{Time: lost, Text: "boot: rese"}, {Time: lost, Lost: 2 * time.Second}, {Time: back, Text: "app: started"},
		}
		if got := c.Since(0); !slices.Equal(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if got := texts(seen); !slices.Equal(got, []string{"boot: rese", "app: started"}) {
			t.Errorf("observed %q", got)
		}
		if len(a.changes) != 2 || a.changes[0].Present || !a.changes[0].Time.Equal(lost) ||
			!errors.Is(a.changes[0].Err, io.EOF) ||
			!a.changes[1].Present || !a.changes[1].Time.Equal(back) || a.changes[1].Away != 2*time.Second {
			t.Errorf("changes: %+v", a.changes)
		}
		wantLog := "boot: rese\r\n[2000-01-01T00:00:05.000Z the device vanished: EOF]\r\n" +
			"\r\n[2000-01-01T00:00:07.000Z the device came back after 2s: what it printed meanwhile is lost]\r\napp: started\r\n"
		if log.String() != wantLog {
			t.Errorf("log %q", log.String())
		}
		if err := c.Err(); err != nil {
			t.Error(err)
		}
	})
}

func TestAGapMatchesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAdapter()
		c, unit := open(t, console.Options{Reconnect: a.options(false)})
		_ = unit.Close()
		a.back(t)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		_, err := c.Expect(ctx, 0, regexp.MustCompile(""))
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "the device was away for 100ms") {
			t.Error(err)
		}
	})
}

func TestExpectAndSendFailOnAGapIfTheyAreToldSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAdapter()
		c, unit := open(t, console.Options{Reconnect: a.options(true)})
		mark := c.Mark()
		say(t, unit, "before\n")
		go func() {
			time.Sleep(2 * time.Second)
			_ = unit.Close()
		}()
		start := time.Now()
		_, err := c.Expect(t.Context(), mark, regexp.MustCompile("after"))
		if took := time.Since(start); !errors.Is(err, console.ErrGap) || took != 2*time.Second {
			t.Errorf("away: %v after %v", err, took)
		}
		if err := c.Send(t.Context(), "x"); !errors.Is(err, console.ErrGap) {
			t.Errorf("send: %v", err)
		}
		say(t, a.back(t), "after\n")
		synctest.Wait()
		if _, err = c.Expect(t.Context(), mark, regexp.MustCompile("before")); err != nil {
			t.Errorf("what came before the gap: %v", err)
		}
		if _, err = c.Expect(t.Context(), mark, regexp.MustCompile("after")); !errors.Is(err, console.ErrGap) {
			t.Errorf("across the gap: %v", err)
		}
		if _, err = c.Expect(t.Context(), mark+2, regexp.MustCompile("after")); err != nil {
			t.Errorf("behind the gap: %v", err)
		}
	})
}

func TestSendWaitsForTheDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAdapter()
		c, unit := open(t, console.Options{Reconnect: a.options(false)})
		_ = unit.Close()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Send(ctx, "early"); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "away") {
			t.Error(err)
		}
		sent := make(chan error, 1)
		go func() { sent <- c.Send(t.Context(), "late") }()
		time.Sleep(time.Second)
		b := make([]byte, 4)
		if _, err := io.ReadFull(a.back(t), b); err != nil || string(b) != "late" {
			t.Errorf("%q, %v", b, err)
		}
		if err := <-sent; err != nil {
			t.Error(err)
		}
	})
}

func TestADeviceThatStaysAwayEndsTheConsole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, unit := open(t, console.Options{Reconnect: newAdapter().options(false)})
		start := time.Now()
		_ = unit.Close()
		<-c.Done()
		err := c.Err()
		if took := time.Since(start); took != 10*time.Second || !errors.Is(err, console.ErrClosed) ||
			!strings.Contains(err.Error(), "did not come back within 10s") {
			t.Errorf("%v after %v", err, took)
		}
		if err := c.Send(t.Context(), "x"); !errors.Is(err, console.ErrClosed) {
			t.Error(err)
		}
	})
}

func TestCloseWhileTheDeviceIsAway(t *testing.T) {
	for _, after := range []time.Duration{0, breath / 2, time.Second} {
		synctest.Test(t, func(t *testing.T) {
			c, unit := open(t, console.Options{Reconnect: newAdapter().options(false)})
			_ = unit.Close()
			time.Sleep(after)
			start := time.Now()
			if err := c.Close(); err != nil || time.Since(start) != 0 {
				t.Errorf("%v after %v", err, time.Since(start))
			}
			if err := c.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

// breath is what a device is given that cannot be read although it can be opened.
const breath = 100 * time.Millisecond

// A device that vanishes again at once is not opened more than ten times a second.
func TestAFlappingDeviceKeepsNobodyBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opened := 0
		dead := func(context.Context) (io.ReadWriteCloser, error) {
			opened++
			unit, ours := net.Pipe()
			return ours, unit.Close()
		}
		_, unit := open(t, console.Options{Reconnect: &console.Reconnect{Open: dead, Within: time.Minute}})
		_ = unit.Close()
		time.Sleep(time.Minute + breath/2)
		synctest.Wait()
		if opened != 600 {
			t.Errorf("opened %d times in a minute", opened)
		}
	})
}

// A device that returns while the console is closed is closed too.
func TestADeviceThatReturnsTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		unit, ours := net.Pipe()
		defer unit.Close()
		slow := func(ctx context.Context) (io.ReadWriteCloser, error) {
			<-ctx.Done()
			return ours, nil
		}
		c, first := open(t, console.Options{Reconnect: &console.Reconnect{Open: slow, Within: time.Minute}})
		_ = first.Close()
		time.Sleep(time.Second)
		if err := c.Close(); err != nil {
			t.Error(err)
		}
		if _, err := ours.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) && !errors.Is(err, os.ErrClosed) {
			t.Errorf("it is still open: %v", err)
		}
	})
}
