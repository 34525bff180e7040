package dial

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
	"otabench/power/scpi"
	"otabench/power/sim"
)

// tmcDevice stands in for the kernel's device and the instrument's output queue: a write is a message, a read asks for the
// answer and holds the device while it waits for it. An answer that was not read when the next message comes is thrown away
// (IEEE 488.2, 6.3.2.3: interrupted). It counts reads that nobody asked for.
type tmcDevice struct {
	mu        sync.Mutex // held while a call is in progress
	count     sync.Mutex // guards written
	supply    net.Conn
	replies   chan string
	questions int // not read for
	written   int // questions altogether
	unasked   int
	broken    error
}

func newTMCDevice(supply net.Conn) *tmcDevice {
	d := &tmcDevice{supply: supply, replies: make(chan string, 16)}
	go func() {
		lines := bufio.NewScanner(supply)
		for n := 1; lines.Scan(); n++ {
			if d.latest(n) {
				d.replies <- lines.Text()
			}
		}
		close(d.replies)
	}()
	return d
}

// latest reports that nothing was asked since question n.
func (d *tmcDevice) latest(n int) bool {
	d.count.Lock()
	defer d.count.Unlock()
	return n == d.written
}

func (d *tmcDevice) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken != nil {
		return 0, d.broken
	}
	for len(d.replies) > 0 {
		<-d.replies
	}
	if strings.Contains(string(p), "?") {
		d.questions++
		d.count.Lock()
		d.written++
		d.count.Unlock()
	}
	return d.supply.Write(p)
}

func (d *tmcDevice) Read(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.questions == 0 {
		d.unasked++
		return 0, syscall.EPIPE
	}
	d.questions--
	select {
	case reply, ok := <-d.replies:
		if !ok {
			return 0, io.EOF
		}
		return copy(p, reply), nil // a message ends by itself
	case <-time.After(usbtmcPatience):
		return 0, &fs.PathError{Op: "read", Path: "/dev/usbtmc0", Err: syscall.ETIMEDOUT}
	}
}

func (d *tmcDevice) Close() error { return d.supply.Close() }

// tmc returns a simulated supply behind a stand-in device.
func tmc(t *testing.T) (*sim.Supply, *tmcDevice, *usbtmc) {
	t.Helper()
	s, err := sim.NewSupply("keysight-e36312a", sim.SupplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	go func() { _ = s.Serve(t.Context(), far) }()
	device := newTMCDevice(near)
	return s, device, newUSBTMC(device)
}

func TestUSBTMC(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, device, link := tmc(t)
		d, err := scpi.Open(t.Context(), "keysight-e36312a", link, "usbtmc:/dev/usbtmc0", scpi.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		ch, err := d.Channel(2)
		if err != nil {
			t.Fatal(err)
		}
		out, err := power.Limit(t.Context(), ch, power.Limits{
			Voltage: 14 * physic.Volt, Current: physic.Ampere, OVP: 15 * physic.Volt, OCP: physic.Ampere,
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := out.On(t.Context(), 12*physic.Volt); err != nil || !s.Output(2).On {
			t.Errorf("On: %v", err)
		}

		s.Stall()
		if _, err := out.Measure(t.Context()); !errors.Is(err, power.ErrLink) {
			t.Errorf("stalled: %v", err)
		}
		s.Resume()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := out.Off(ctx); err != nil || s.Output(2).On {
			t.Errorf("Off after a stall: %v", err)
		}
		if device.unasked > 0 {
			t.Errorf("%d reads that nobody asked for: each is an error to an instrument", device.unasked)
		}
	})
}

func TestUSBTMCVanishes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, device, link := tmc(t)
		device.broken = syscall.ENODEV
		if _, err := scpi.Open(t.Context(), "keysight-e36312a", link, "usbtmc", scpi.Options{}); !errors.Is(err, power.ErrLink) {
			t.Errorf("Open: %v", err)
		}
		if _, err := link.Write([]byte("*IDN?\n")); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("Write after Close: %v", err)
		}
		if _, err := link.Read(nil); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("Read after Close: %v", err)
		}
	})
}

func TestUSBTMCLongAnswer(t *testing.T) {
	near, far := net.Pipe()
	go func() {
		buffer := make([]byte, 100)
		_, _ = far.Read(buffer)
		_, _ = io.WriteString(far, strings.Repeat("1", 2000)+"\n")
	}()
	link := newUSBTMC(newTMCDevice(near))
	defer link.Close()
	if _, err := link.Write([]byte("DATA?\n")); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReaderSize(link, 64).ReadString('\n')
	if err != nil || line != strings.Repeat("1", 2000)+"\n" {
		t.Errorf("read %d bytes, %v", len(line), err)
	}
}

func TestOpenUSBTMC(t *testing.T) {
	file := filepath.Join(t.TempDir(), "usbtmc0")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for address, text := range map[string]string{
		"usbtmc:/dev/no-such-device": "open /dev/no-such-device",
		"usbtmc:" + file:             "set the timeout of", // it is no instrument
	} {
		if _, err := Dial(t.Context(), address); !errors.Is(err, power.ErrLink) || !strings.Contains(err.Error(), text) {
			t.Errorf("Dial(%q): %v", address, err)
		}
	}
}
