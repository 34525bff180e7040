//go:build kernelcan

// These tests run inside a kernel that has CAN: see .ci/kernel.

package isotp_test

import (
	"bytes"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/isotp/isotptest"
	"otabench/can/socketcan"
)

// peerPatience bounds every wait; the guest is slow, and Python in it slower.
const peerPatience = 60 * time.Second

func openOn(t *testing.T, ifname string, cfg isotp.Config) isotp.Conn {
	t.Helper()
	bus, err := socketcan.Open(t.Context(), ifname, socketcan.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	cfg.MaxMessage = 1 << 17
	c, err := isotp.Open(bus, cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// peer is a program at the other end.
type peer struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bytes.Buffer
}

func startPeer(t *testing.T, name string, args ...string) *peer {
	t.Helper()
	p := &peer{Cmd: exec.CommandContext(t.Context(), name, args...), out: new(bytes.Buffer)}
	var err error
	if p.in, err = p.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	p.Stdout, p.Stderr = p.out, p.out
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// options are what isotpsend and isotprecv are to be told about the other end's configuration.
func options(c isotp.Config) []string {
	id := "%03X"
	if c.Address.Extended {
		id = "%08X"
	}
	args := []string{"-s", fmt.Sprintf(id, c.Address.Rx), "-d", fmt.Sprintf(id, c.Address.Tx)}
	if c.Address.Format != isotp.Normal {
		args = append(args, "-x", fmt.Sprintf("%02X:%02X", c.Address.RxByte, c.Address.TxByte))
	}
	if c.Padding != nil {
		args = append(args, "-p", fmt.Sprintf("%02X:", *c.Padding))
	}
	if c.FD {
		tx := c.TxDL
		if tx == 0 {
			tx = 64
		}
		args = append(args, "-L", fmt.Sprintf("72:%d:%d", tx, map[bool]int{true: 1}[c.BRS]))
	}
	return args
}

// The lengths are those up to which Debian's isotpsend reads its input.
var utilSizes = []int{1, 7, 8, 62, 63, 100, 4095, 4096}

func TestKernelIsotpsend(t *testing.T) {
	for _, v := range isotptest.Variants() {
		t.Run(v.Name, func(t *testing.T) {
			c := openOn(t, "vcan0", v.A)
			for _, n := range utilSizes {
				want := isotptest.Message(n)
				p := startPeer(t, "isotpsend", append(options(v.A), "-b", "vcan0")...)
				fmt.Fprintf(p.in, "% x", want)
				_ = p.in.Close()
				m, err := c.Receive(t.Context(), peerPatience)
				if err != nil {
					t.Fatalf("%d bytes: %v\n%s", n, err, p.out)
				}
				if !bytes.Equal(m.Data, want) {
					t.Fatalf("%d bytes came as %d others", n, len(m.Data))
				}
				if err := p.Wait(); err != nil {
					t.Fatalf("isotpsend of %d bytes: %v\n%s", n, err, p.out)
				}
			}
		})
	}
}

func TestKernelIsotprecv(t *testing.T) {
	sizes := []int{7, 8, 63, 4095} // fewer, because each has to wait until isotprecv is ready
	for _, v := range isotptest.Variants() {
		t.Run(v.Name, func(t *testing.T) {
			cfg := v.A
			cfg.NBs = 50 * time.Millisecond
			c := openOn(t, "vcan0", cfg)
			args := options(v.A)
			if v.B.BlockSize > 0 {
				args = append(args, "-b", fmt.Sprintf("%x", v.B.BlockSize), "-m", "F3")
			}
			for _, n := range sizes {
				want := isotptest.Message(n)
				p := startPeer(t, "isotprecv", append(args, "vcan0")...)
				sendUntilTaken(t, c, p, want)
				got, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(p.out.String()), " ", ""))
				if err != nil || !bytes.Equal(want, got) {
					t.Fatalf("%d bytes came as %d others, %v", n, len(got), err)
				}
			}
		})
	}
}

// sendUntilTaken sends a message again until the peer, which says nothing when it is ready, has taken it and ended.
func sendUntilTaken(t *testing.T, c isotp.Conn, p *peer, message []byte) {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	for again := time.NewTicker(50 * time.Millisecond); ; {
		_ = c.Send(t.Context(), message) // nobody is there at first
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v: %v\n%s", p, err, p.out)
			}
			return
		case <-again.C:
		}
	}
}

//go:embed testdata/echo.py
var echo string

// echoSizes are few because scapy in the guest needs a second for 4 KiB.
var echoSizes = []int{1, 7, 8, 4095, 65_536}

func TestKernelPython(t *testing.T) {
	pad := byte(0)
	normal := isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}}
	extended := isotp.Config{Address: isotp.Address{
		Tx: 0x6F1, Rx: 0x612, Format: isotp.ExtendedFormat, TxByte: 0x12, RxByte: 0xF1,
	}, Padding: &pad}
	slow := extended
	slow.STmin = 100 * time.Microsecond
	for _, tt := range []struct {
		name, how string
		cfg       isotp.Config
		longest   int
	}{
		{"kernel socket, normal", "kernel", normal, 1 << 16},
		{"kernel socket, extended, STmin", "kernel", slow, 1 << 16},
		{"scapy, normal", "scapy", normal, 1 << 16},
		{"scapy, extended", "scapy", extended, 4095},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := openOn(t, "vcan0", tt.cfg)
			a := tt.cfg.Address
			p := startPeer(t, "/usr/bin/python3", "-c", echo, tt.how, "vcan0", fmt.Sprint(a.Rx), fmt.Sprint(a.Tx),
				fmt.Sprint(uint8(a.Format)), fmt.Sprint(a.RxByte), fmt.Sprint(a.TxByte))
			if m, err := c.Receive(t.Context(), peerPatience); err != nil || string(m.Data) != "ready" {
				t.Fatalf("%v\n%s", err, p.out)
			}
			for _, n := range echoSizes {
				if n > tt.longest {
					continue
				}
				want := isotptest.Message(n)
				if err := c.Send(t.Context(), want); err != nil {
					t.Fatalf("%v\n%s", err, p.out)
				}
				m, err := c.Receive(t.Context(), peerPatience)
				if err != nil {
					t.Fatalf("%d bytes: %v\n%s", n, err, p.out)
				}
				if !bytes.Equal(m.Data, want) {
					t.Fatalf("%d bytes came back as %d others", n, len(m.Data))
				}
			}
			_ = p.in.Close()
			_ = p.Process.Kill()
			_ = p.Wait()
		})
	}
}

// The gaps that the kernel's stamps show are never shorter than what the receiver asks for.
func TestKernelSTminIsNeverUndercut(t *testing.T) {
	address := isotp.Address{Tx: 0x7E0, Rx: 0x7E8}
	for us := 100; us <= 900; us += 100 {
		stmin := time.Duration(us) * time.Microsecond
		t.Run(stmin.String(), func(t *testing.T) {
			sender := openOn(t, "vcan0", isotp.Config{Address: address})
			receiver := openOn(t, "vcan0", isotp.Config{Address: address.Reversed(), STmin: stmin})
			bus, err := socketcan.Open(t.Context(), "vcan0", socketcan.Options{Filters: []can.Filter{can.Exactly(address.Tx, false)}})
			if err != nil {
				t.Fatal(err)
			}
			defer bus.Close()
			var gaps []time.Duration
			var last time.Time
			bus.Tap(func(r can.Received) {
				if r.Data[0]>>4 == byte(isotp.ConsecutiveFrame) && !last.IsZero() {
					gaps = append(gaps, r.Time.Sub(last))
				}
				last = r.Time
				if r.Data[0]>>4 == byte(isotp.FirstFrame) {
					last = time.Time{} // no gap is asked for behind it
				}
			})
			frames := bus.Subscribe(0)
			sent := make(chan error, 1)
			go func() { sent <- sender.Send(t.Context(), isotptest.Message(300)) }()
			if _, err := receiver.Receive(t.Context(), peerPatience); err != nil {
				t.Fatal(err)
			}
			if err := <-sent; err != nil {
				t.Fatal(err)
			}
			for range 43 { // taps come first, so that they have seen what is received here
				<-frames.C()
			}
			if len(gaps) != 41 {
				t.Fatalf("%d gaps, want 41", len(gaps))
			}
			if least := slices.Min(gaps); least < stmin {
				t.Errorf("a gap of %v", least)
			}
		})
	}
}
