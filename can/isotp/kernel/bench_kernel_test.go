//go:build kernelcan

package kernel_test

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/isotp/isotptest"
	"otabench/can/isotp/kernel"
	"otabench/can/socketcan"
)

//go:embed testdata/transfer.py
var transfer string

// BenchmarkThroughput sends messages of 4095 bytes from one end to the other, each in the same process: this package's end
// on the kernel, package isotp in software, and scapy's ISOTPSoftSocket. On vcan, where a frame costs nothing but system
// calls, beside them stands what any software needs at least: as many frames are written to one raw socket and read from
// another, with no protocol at all. Between controllers each frame has to pass two drivers, as it has on a bench.
func BenchmarkThroughput(b *testing.B) {
	address := isotp.Address{Tx: 0x7E0, Rx: 0x7E8}
	cfg := isotp.Config{Address: address}
	other := isotp.Config{Address: address.Reversed()}
	for _, ends := range [][2]string{{"vcan0", "vcan0"}, {"can0", "can1"}} {
		b.Run(ends[0]+" to "+ends[1], func(b *testing.B) {
			b.Run("kernel", func(b *testing.B) {
				benchmark(b, onKernel(b, ends[0], cfg), onKernel(b, ends[1], other))
			})
			b.Run("software", func(b *testing.B) {
				benchmark(b, inSoftware(b, ends[0], cfg), inSoftware(b, ends[1], other))
			})
		})
	}
	b.Run("frames alone", benchmarkFrames)
	b.Run("scapy", benchmarkScapy)
}

func onKernel(b *testing.B, ifname string, cfg isotp.Config) isotp.Conn {
	c, err := kernel.Open(b.Context(), ifname, cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	return c
}

func inSoftware(b *testing.B, ifname string, cfg isotp.Config) isotp.Conn {
	bus, err := socketcan.Open(b.Context(), ifname, socketcan.Options{
		Filters: []can.Filter{can.Exactly(cfg.Address.Rx, false)}, // what the kernel's socket receives as well
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = bus.Close() })
	c, err := isotp.Open(bus, cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = c.Close() })
	return c
}

const size = 4095 // bytes of a message

func benchmark(b *testing.B, from, to isotp.Conn) {
	message := isotptest.Message(size)
	b.SetBytes(size)
	for b.Loop() {
		sent := make(chan error, 1)
		go func() { sent <- from.Send(b.Context(), message) }()
		if m, err := to.Receive(b.Context(), 10*time.Second); err != nil || len(m.Data) != size {
			b.Fatalf("%d bytes, %v", len(m.Data), err)
		}
		if err := <-sent; err != nil {
			b.Fatal(err)
		}
	}
}

// frames is how many carry a message of that size: a first frame of 6 bytes and consecutive ones of 7.
const frames = 1 + (size-6+6)/7

func benchmarkFrames(b *testing.B) {
	ifi, err := net.InterfaceByName("vcan0")
	if err != nil {
		b.Fatal(err)
	}
	var sockets [2]int
	for i := range sockets {
		if sockets[i], err = unix.Socket(unix.AF_CAN, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.CAN_RAW); err != nil {
			b.Fatal(err)
		}
		defer unix.Close(sockets[i])
		if err := unix.Bind(sockets[i], &unix.SockaddrCAN{Ifindex: ifi.Index}); err != nil {
			b.Fatal(err)
		}
	}
	const wholeMessage = 1 << 22 // bytes; the receiver may lag behind
	if err := unix.SetsockoptInt(sockets[1], unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, wholeMessage); err != nil {
		b.Fatal(err)
	}
	out, in := make([]byte, 16), make([]byte, 16)
	out[0], out[4] = 1, 8
	b.SetBytes(size)
	for b.Loop() {
		received := make(chan error, 1)
		go func() {
			var err error
			for n := 0; n < frames && err == nil; n++ {
				_, err = unix.Read(sockets[1], in)
			}
			received <- err
		}()
		for range frames {
			if _, err := unix.Write(sockets[0], out); err != nil {
				b.Fatal(err)
			}
		}
		if err := <-received; err != nil {
			b.Fatal(err)
		}
	}
}

// benchmarkScapy has a process of its own in which scapy transfers a message for each line.
func benchmarkScapy(b *testing.B) {
	script := exec.CommandContext(b.Context(), "/usr/bin/python3", "-c", transfer, "vcan0", fmt.Sprint(size))
	script.Stderr = os.Stderr
	in, err := script.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := script.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := script.Start(); err != nil {
		b.Fatal(err)
	}
	done := bufio.NewScanner(out)
	if !done.Scan() { // it is ready
		b.Fatal("scapy did not start")
	}
	b.SetBytes(size)
	for b.Loop() {
		_, _ = io.WriteString(in, "\n")
		if !done.Scan() {
			b.Fatal("scapy ended")
		}
	}
	_ = in.Close()
	if err := script.Wait(); err != nil {
		b.Fatal(err)
	}
}
