package dial

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// slowPort takes a few bytes at a time and hangs where it is told to.
type slowPort struct {
	strings.Builder
	hang   chan struct{}
	closed bool
	step   int
	err    error
}

func (p *slowPort) Read([]byte) (int, error) { return 0, io.EOF }
func (p *slowPort) Close() error             { p.closed = true; return nil }

func (p *slowPort) Write(b []byte) (int, error) {
	if p.hang != nil {
		<-p.hang
	}
	if p.closed {
		panic("written after Close")
	}
	n, _ := p.Builder.Write(b[:min(p.step, len(b))])
	return n, p.err
}

func TestGuardWritesAll(t *testing.T) {
	port := &slowPort{step: 3}
	g := guard(port)
	if n, err := g.Write([]byte("*IDN?\n")); n != 6 || err != nil || port.String() != "*IDN?\n" {
		t.Errorf("Write = %d, %v: %q", n, err, port.String())
	}
	if _, err := g.Read(nil); !errors.Is(err, io.EOF) {
		t.Errorf("Read: %v", err)
	}
}

func TestGuardWriteFails(t *testing.T) {
	broken := errors.New("unplugged")
	for _, port := range []*slowPort{{step: 2, err: broken}, {step: 0}} {
		if n, err := guard(port).Write([]byte("*IDN?\n")); err == nil || n != port.step {
			t.Errorf("Write = %d, %v", n, err)
		}
	}
}

func TestGuardRefusesWritesAfterClose(t *testing.T) {
	port := &slowPort{step: 100}
	g := guard(port)
	for range 2 {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	}
	if n, err := g.Write([]byte("*IDN?\n")); n != 0 || !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Write = %d, %v", n, err)
	}
}

func TestGuardCloseWaitsForWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		port := &slowPort{step: 100, hang: make(chan struct{})}
		g := guard(port)
		written := make(chan error, 1)
		go func() {
			_, err := g.Write([]byte(":OUTP CH1,OFF\n"))
			written <- err
		}()
		synctest.Wait()
		time.AfterFunc(time.Millisecond, func() { close(port.hang) })
		start := time.Now()
		if err := g.Close(); err != nil || !port.closed || time.Since(start) != time.Millisecond {
			t.Errorf("Close: %v after %v", err, time.Since(start))
		}
		if err := <-written; err != nil {
			t.Errorf("the write in progress: %v", err)
		}
	})
}

func TestGuardCloseGivesUpOnStuckWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		port := &slowPort{step: 1, hang: make(chan struct{})}
		g := guard(port)
		go func() {
			defer func() { _ = recover() }()
			_, _ = g.Write([]byte("x"))
		}()
		synctest.Wait()
		start := time.Now()
		if err := g.Close(); err != nil || time.Since(start) != closeWait {
			t.Errorf("Close: %v after %v", err, time.Since(start))
		}
		close(port.hang)
	})
}
