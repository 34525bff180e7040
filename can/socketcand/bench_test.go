package socketcand

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"otabench/can"
	"otabench/can/virtual"
)

// load is the frame that benchmarks carry.
var load = frame(0x100, 0, 0, 1, 2, 3, 4, 5, 6, 7)

// BenchmarkClients carries frames over the loopback interface, from and to clients of one server whose bus takes no
// time: this package's, which waits for each frame's confirmation, and python-can's, which does not.
func BenchmarkClients(b *testing.B) {
	for _, senders := range []int{1, 8} {
		b.Run("otabench/sends/"+strconv.Itoa(senders), func(b *testing.B) { benchmarkSends(b, senders) })
	}
	b.Run("otabench/receives", benchmarkReceives)
	b.Run("python-can/sends", benchmarkPythonSends)
	b.Run("python-can/receives", benchmarkPythonReceives)
}

func perSecond(b *testing.B, frames int) {
	b.ReportMetric(float64(frames)/b.Elapsed().Seconds(), "frames/s")
}

func benchmarkSends(b *testing.B, senders int) {
	address := listen(b, virtual.Options{})
	heard := make(chan struct{}, 1)
	count, want := 0, b.N
	dial(b, address).Tap(func(can.Received) {
		if count++; count == want {
			heard <- struct{}{}
		}
	})
	bus := dial(b, address)
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ReportAllocs()
	b.ResetTimer()
	var sending sync.WaitGroup
	for range senders {
		sending.Go(func() {
			for left.Add(-1) >= 0 {
				if err := bus.Send(b.Context(), load); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	sending.Wait()
	<-heard
	perSecond(b, b.N)
}

func benchmarkReceives(b *testing.B) {
	address, wire := listenOn(b, virtual.Options{})
	room := make(chan struct{}, feedQueue/2)
	dial(b, address).Tap(func(r can.Received) {
		if r.Lost > 0 {
			b.Errorf("lost %d frames", r.Lost)
		}
		<-room
	})
	node := wire.Attach("node")
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		room <- struct{}{}
		if err := node.Send(b.Context(), load); err != nil {
			b.Fatal(err)
		}
	}
	for range cap(room) {
		room <- struct{}{}
	}
	perSecond(b, b.N)
}

func benchmarkPythonSends(b *testing.B) {
	address := listen(b, virtual.Options{})
	heard := make(chan struct{}, 1)
	count, want := 0, b.N
	dial(b, address).Tap(func(can.Received) {
		if count++; count == 1 {
			b.ResetTimer() // the interpreter has started
		}
		if count == want {
			heard <- struct{}{}
		}
	})
	_, wait, ran := python(b, pythonSends, address, strconv.Itoa(b.N))
	if !ran {
		return
	}
	<-heard
	b.StopTimer()
	perSecond(b, b.N)
	wait()
}

// pythonCounts counts frames up to a last one, and tells how long it took. python-can 4.1 loses a frame wherever a read
// of 1024 bytes ends amid one.
const pythonCounts = `
n = 0
while True:
    m = bus.recv(10)
    if m is None:
        sys.exit("nothing came")
    if n == 0:
        began = time.perf_counter()
    n += 1
    if m.arbitration_id == 0x7FF:
        break
print(n, time.perf_counter() - began, flush=True)
`

func benchmarkPythonReceives(b *testing.B) {
	address, wire := listenOn(b, virtual.Options{})
	node := wire.Attach("node")
	lines, wait, ran := python(b, pythonCounts, address)
	if !ran {
		return
	}
	lines.Scan() // joined
	b.ResetTimer()
	const batch = feedQueue - 200 // so few that the server loses none, however slow the client is
	for range batch {
		if err := node.Send(b.Context(), load); err != nil {
			b.Fatal(err)
		}
	}
	for range 100 { // one of them gets through
		if err := node.Send(b.Context(), frame(0x7FF, 0)); err != nil {
			b.Fatal(err)
		}
	}
	lines.Scan()
	b.StopTimer()
	n, seconds, _ := strings.Cut(lines.Text(), " ")
	frames, err := strconv.ParseFloat(n, 64)
	if err != nil {
		b.Fatalf("python printed %q", lines.Text())
	}
	took, err := strconv.ParseFloat(seconds, 64)
	if err != nil {
		b.Fatalf("python printed %q", lines.Text())
	}
	b.ReportMetric(frames/took, "frames/s")
	b.ReportMetric(0, "ns/op") // of starting the interpreter
	wait()
}
