package link_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"otabench/bench/link"
)

// bench is a link with a backend that a test plays.
type bench struct {
	*link.Link
	t       *testing.T
	backend *link.Listener
	events  chan link.Event
}

func newBench(t *testing.T) *bench {
	b := &bench{t: t, backend: link.NewListener("backend"), events: make(chan link.Event, 1000)}
	b.Link = link.New(link.Options{Upstream: b.backend.Dial, Observe: func(e link.Event) { b.events <- e }, Seed: 7})
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		_ = b.backend.Close()
	})
	return b
}

func (b *bench) shape(p link.Profile) {
	b.t.Helper()
	if err := b.Shape(p); err != nil {
		b.t.Fatal(err)
	}
}

// connect returns both ends of a connection.
func (b *bench) connect() (vehicle, backend net.Conn) {
	b.t.Helper()
	vehicle, err := b.Dial(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	backend, err = b.backend.Accept()
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _, _ = vehicle.Close(), backend.Close() })
	return vehicle, backend
}

// send writes data in the background and closes behind it.
func send(to net.Conn, data []byte) {
	go func() {
		_, _ = to.Write(data)
		_ = to.(interface{ CloseWrite() error }).CloseWrite()
	}()
}

func noise(n int) []byte {
	random := rand.NewChaCha8([32]byte{1})
	data := make([]byte, n)
	_, _ = random.Read(data)
	return data
}

// receive reads to the end and checks that it is all of want.
func receive(t *testing.T, from net.Conn, want []byte) {
	t.Helper()
	got, err := io.ReadAll(from)
	if err != nil {
		t.Fatalf("read after %d bytes: %v", len(got), err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("%d bytes came that are not the %d that were sent", len(got), len(want))
	}
}

func since(t *testing.T, begin time.Time, want, tolerance time.Duration) {
	t.Helper()
	if took := time.Since(begin); took < want-tolerance || took > want+tolerance {
		t.Errorf("took %v, want %v ± %v", took, want, tolerance)
	}
}

func TestRate(t *testing.T) {
	const size = 1 << 20
	for name, test := range map[string]struct {
		profile link.Profile
		up      bool
		want    time.Duration
	}{
		"down":           {link.Profile{Down: 8 * link.Mbit}, false, 1048576 * time.Microsecond},
		"up":             {link.Profile{Up: 4 * link.Mbit}, true, 2 * 1048576 * time.Microsecond},
		"other way":      {link.Profile{Down: 8 * link.Mbit}, true, 0},
		"slow":           {link.Profile{Down: 8 * link.Kbit}, false, 1048576 * time.Millisecond},
		"rounded":        {link.Profile{Down: 236800}, false, size * time.Second / 30000},
		"with a latency": {link.Profile{Down: 8 * link.Mbit, Latency: 50 * time.Millisecond}, false, 1098576 * time.Microsecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.shape(test.profile)
				vehicle, backend := b.connect()
				from, to := backend, vehicle
				if test.up {
					from, to = vehicle, backend
				}
				data, begin := noise(size), time.Now()
				send(from, data)
				receive(t, to, data)
				since(t, begin, test.want, 2*time.Millisecond)
			})
		})
	}
}

func TestLatencyIsOneWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.shape(link.Profile{Latency: 150 * time.Millisecond})
		begin := time.Now()
		vehicle, backend := b.connect()
		since(t, begin, 300*time.Millisecond, 0)

		begin = time.Now()
		send(vehicle, []byte("question"))
		receive(t, backend, []byte("question"))
		since(t, begin, 150*time.Millisecond, 0)
		send(backend, []byte("answer"))
		receive(t, vehicle, []byte("answer"))
		since(t, begin, 300*time.Millisecond, 0)
	})
}

func TestLatencyDoesNotLimitTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.shape(link.Profile{Down: 20 * link.Mbit, Latency: 300 * time.Millisecond})
		vehicle, backend := b.connect()
		data, begin := noise(10_000_000), time.Now()
		send(backend, data)
		receive(t, vehicle, data)
		since(t, begin, 4300*time.Millisecond, 10*time.Millisecond)
	})
}

func TestJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.shape(link.Profile{Latency: 50 * time.Millisecond, Jitter: 40 * time.Millisecond})
		vehicle, backend := b.connect()
		shortest, longest := time.Hour, time.Duration(0)
		buffer := make([]byte, 1400)
		for range 200 {
			begin := time.Now()
			_, _ = backend.Write(buffer)
			if _, err := io.ReadFull(vehicle, buffer); err != nil {
				t.Fatal(err)
			}
			shortest, longest = min(shortest, time.Since(begin)), max(longest, time.Since(begin))
		}
		if shortest < 10*time.Millisecond || shortest > 15*time.Millisecond || longest < 85*time.Millisecond || longest > 90*time.Millisecond {
			t.Errorf("latencies from %v to %v, want 10 to 90 ms", shortest, longest)
		}
	})
}

func TestLossSlowsAndKeepsTheBytes(t *testing.T) {
	data := noise(1 << 20)
	download := func(loss float64) (took time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			b.shape(link.Profile{Down: 8 * link.Mbit, Latency: 20 * time.Millisecond, Loss: loss})
			vehicle, backend := b.connect()
			begin := time.Now()
			send(backend, data)
			receive(t, vehicle, data)
			took = time.Since(begin)
		})
		return took
	}
	without, with, much := download(0), download(0.05), download(0.5)
	if with < 2*without || much < 2*with {
		t.Errorf("took %v, with a loss of 5 %% %v, of 50 %% %v", without, with, much)
	}
	if again := download(0.05); again != with {
		t.Errorf("took %v, and %v with the same seed", with, again)
	}
}

func TestALostSegmentComesAfterItsRetransmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.shape(link.Profile{Loss: 0.5})
		vehicle, backend := b.connect()
		seen := map[time.Duration]int{}
		buffer := make([]byte, 1400)
		for range 100 {
			begin := time.Now()
			_, _ = backend.Write(buffer)
			if _, err := io.ReadFull(vehicle, buffer); err != nil {
				t.Fatal(err)
			}
			seen[time.Since(begin)]++
		}
		for _, delay := range []time.Duration{0, 200 * time.Millisecond, 600 * time.Millisecond, 1400 * time.Millisecond} {
			if seen[delay] == 0 {
				t.Errorf("no segment took %v: %v", delay, seen)
			}
		}
		if seen[0] < 30 || seen[0] > 70 {
			t.Errorf("%d of 100 segments were not lost", seen[0])
		}
	})
}

func TestShapeAppliesToWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		data := noise(1 << 20)
		shapes := []link.Profile{
			{Down: 800 * link.Kbit},
			{Down: 800 * link.Kbit, Latency: 500 * time.Millisecond},
			link.WiFiPoor, link.Edge, link.Satellite, link.Stalled, link.LTE,
			{Latency: 10 * time.Second},
			{},
		}
		b.shape(shapes[0])
		vehicle, backend := b.connect()
		send(backend, data)
		for _, s := range shapes {
			b.shape(s)
			time.Sleep(333 * time.Millisecond)
		}
		begin := time.Now()
		receive(t, vehicle, data)
		since(t, begin, 0, 0)
	})
}

func TestNoShapeCorruptsBytes(t *testing.T) {
	profiles := []link.Profile{
		{},
		{Down: link.Mbit},
		{Up: 100 * link.Kbit, Latency: 3 * time.Millisecond},
		{Loss: 0.3},
		link.WiFiGood, link.WiFiPoor, link.LTE,
		link.Edge, link.Satellite, link.Stalled,
		{Down: 8 * link.Kbit, Up: 8 * link.Kbit, Latency: time.Minute, Jitter: time.Minute},
	}
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			b := newBench(t)
			vehicle, backend := b.connect()
			data := noise(100_000 + random.IntN(1_000_000))
			send(vehicle, data)
			send(backend, data)
			go func() {
				for range 100 {
					_ = b.Shape(profiles[random.IntN(len(profiles))])
					time.Sleep(time.Duration(random.IntN(200)) * time.Millisecond)
				}
				_ = b.Shape(link.LTE)
			}()
			arrived := make(chan []byte)
			go func() {
				got, _ := io.ReadAll(backend)
				arrived <- got
			}()
			receive(t, vehicle, data)
			if !bytes.Equal(<-arrived, data) {
				t.Error("the backend has other bytes than were sent")
			}
			time.Sleep(time.Minute) // until the shapes are over
		})
	}
}

func TestShapesAtOnceLeaveTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		vehicle, backend := b.connect()
		var shaping sync.WaitGroup
		for _, p := range []link.Profile{link.Stalled, {}, link.LTE, link.Stalled, link.WiFiGood} {
			shaping.Go(func() { b.shape(p) })
		}
		shaping.Wait()
		stalled := b.Profile().Stall
		_ = vehicle.SetReadDeadline(time.Now().Add(time.Minute))
		_, _ = backend.Write([]byte{1})
		if _, err := vehicle.Read(make([]byte, 1)); isTimeout(err) != stalled {
			t.Errorf("read: %v, with the profile %v", err, b.Profile())
		}
	})
}

func TestALatencyCountsFromWhenTheBytesWereSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		vehicle, backend := b.connect()
		b.shape(link.Profile{Latency: 10 * time.Second})
		begin := time.Now()
		send(backend, []byte("late"))
		time.Sleep(3 * time.Second)
		b.shape(link.Profile{Latency: 5 * time.Second, Down: link.Mbit})
		receive(t, vehicle, []byte("late"))
		since(t, begin, 5*time.Second, time.Millisecond)
	})
}

func TestALatencyIsPaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		shape := link.Profile{Down: 80 * link.Kbit, Latency: time.Second}
		b.shape(shape)
		vehicle, backend := b.connect()
		data, begin := noise(1000), time.Now() // 100 ms at this rate
		send(backend, data)
		time.Sleep(1050 * time.Millisecond) // its latency is over, and half of its time at the rate
		shape.Down *= 2
		b.shape(shape)
		got := make([]byte, len(data))
		if _, err := io.ReadFull(vehicle, got); err != nil || !bytes.Equal(got, data) {
			t.Fatalf("read %v", err)
		}
		since(t, begin, 1100*time.Millisecond, 0)
	})
}

func TestStallAndRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		vehicle, backend := b.connect()
		b.shape(link.Stalled)
		send(backend, []byte("late"))
		_ = vehicle.SetReadDeadline(time.Now().Add(time.Hour))
		if n, err := vehicle.Read(make([]byte, 9)); n != 0 || !errors.Is(err, context.DeadlineExceeded) && !isTimeout(err) {
			t.Fatalf("read %d bytes of a stalled link, and %v", n, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := b.Dial(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("dialled a stalled link: %v", err)
		}
		_ = vehicle.SetReadDeadline(time.Time{})
		time.AfterFunc(time.Minute, func() { _ = b.Shape(link.Profile{}) })
		begin := time.Now()
		b.connect() // waits
		receive(t, vehicle, []byte("late"))
		since(t, begin, time.Minute, 0)
	})
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

func TestCutAtAByte(t *testing.T) {
	data := noise(200_000)
	for _, profile := range []link.Profile{{}, {Down: 8 * link.Mbit, Latency: 20 * time.Millisecond, Loss: 0.01}} {
		for _, n := range []int{0, 1, 2, 1399, 1400, 1401, 32 << 10, 65536, 65537, 131073, 199_999, 200_000} {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.shape(profile)
				vehicle, backend := b.connect()
				cut := b.CutAt(int64(n))
				send(backend, data)
				got, err := io.ReadAll(vehicle)
				if !errors.Is(err, syscall.ECONNRESET) || !bytes.Equal(got, data[:n]) {
					t.Errorf("read %d bytes of %d until %v", len(got), n, err)
				}
				<-cut
				if _, err := io.ReadAll(backend); !errors.Is(err, syscall.ECONNRESET) {
					t.Errorf("the backend's end ended with %v", err)
				}
				if c := b.Count(); c.Down != int64(n) || c.Resets != 1 {
					t.Errorf("counted %+v", c)
				}
			})
		}
	}
}

func TestCutsCountOverAllConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		first, second := b.CutAt(5), b.CutAt(12)
		for i, want := range []string{"01234", "0123456", "0123456789"} {
			vehicle, backend := b.connect()
			send(backend, []byte("0123456789"))
			got, err := io.ReadAll(vehicle)
			if string(got) != want || (i < 2) != errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("connection %d: read %q until %v, want %q", i, got, err, want)
			}
		}
		<-first
		<-second
	})
}

func TestDisarm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		vehicle, backend := b.connect()
		b.CutAt(3)
		b.StallAt(4)
		b.Disarm()
		send(backend, []byte("0123456789"))
		receive(t, vehicle, []byte("0123456789"))
	})
}

func TestStallAtAByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		vehicle, backend := b.connect()
		stalled := b.StallAt(7)
		send(backend, []byte("0123456789"))
		<-stalled
		_ = vehicle.SetReadDeadline(time.Now().Add(time.Hour))
		got, err := io.ReadAll(vehicle)
		if string(got) != "0123456" || !isTimeout(err) {
			t.Fatalf("read %q until %v", got, err)
		}
		if vehicle, backend := b.connect(); true { // others are not concerned
			send(backend, []byte("other"))
			receive(t, vehicle, []byte("other"))
		}
		_ = vehicle.SetReadDeadline(time.Time{})
		b.shape(link.Profile{})
		receive(t, vehicle, []byte("789"))
	})
}

func TestRoamResetsAndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		vehicle, backend := b.connect()
		if err := b.Roam(link.Profile{Name: "other", Latency: time.Second}); err != nil {
			t.Fatal(err)
		}
		for end, conn := range map[string]net.Conn{"vehicle": vehicle, "backend": backend} {
			if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the %s reads %v", end, err)
			}
			if _, err := conn.Write(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the %s writes %v", end, err)
			}
		}
		begin := time.Now()
		vehicle, backend = b.connect()
		send(backend, []byte("again"))
		receive(t, vehicle, []byte("again"))
		since(t, begin, 3*time.Second, 0)
	})
}

func TestADialIsLostWhenTheVehicleRoams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.shape(link.Profile{Latency: time.Second})
		time.AfterFunc(time.Second, func() { _ = b.Roam(link.Profile{}) })
		if _, err := b.Dial(t.Context()); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("dialled: %v", err)
		}
	})
}

func TestOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		vehicle, _ := b.connect()
		b.shape(link.NoNetwork)
		if _, err := vehicle.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read %v", err)
		}
		if _, err := b.Dial(t.Context()); !errors.Is(err, syscall.ENETUNREACH) {
			t.Errorf("dialled: %v", err)
		}
		b.shape(link.WiFiGood)
		b.connect()
		if got, want := b.Count(), (link.Count{Dials: 3, Accepted: 2, Refused: 1, Resets: 1}); got != want {
			t.Errorf("counted %+v, want %+v", got, want)
		}
		var kinds []link.Kind
		for len(b.events) > 0 {
			kinds = append(kinds, (<-b.events).Kind)
		}
		want := []link.Kind{"dialled", "accepted", "reset", "shaped", "dialled", "refused", "shaped", "dialled", "accepted"}
		if len(kinds) != len(want) {
			t.Fatalf("events %v, want %v", kinds, want)
		}
		for i := range want {
			if kinds[i] != want[i] {
				t.Fatalf("events %v, want %v", kinds, want)
			}
		}
	})
}

func TestABackendThatIsNotThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		_ = b.backend.Close()
		if _, err := b.Dial(t.Context()); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dialled: %v", err)
		}
	})
}

func TestTheBackendsResetComesAfterItsBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.shape(link.Profile{Latency: time.Second})
		vehicle, backend := b.connect()
		_, _ = backend.Write([]byte("last"))
		synctest.Wait()
		backend.(interface{ Reset() }).Reset()
		got, err := io.ReadAll(vehicle)
		if string(got) != "last" || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read %q until %v", got, err)
		}
	})
}

func TestAClosedLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.shape(link.Edge)
		vehicle, backend := b.connect()
		send(backend, noise(1<<20))
		time.Sleep(time.Second)
		_ = b.Close()
		if _, err := io.ReadAll(vehicle); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read %v", err)
		}
		if _, err := b.Dial(t.Context()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("dialled: %v", err)
		}
		if err := b.Shape(link.LTE); !errors.Is(err, net.ErrClosed) {
			t.Errorf("shaped: %v", err)
		}
	})
}

func TestCloseEndsADial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.shape(link.Stalled)
		time.AfterFunc(time.Second, func() { _ = b.Close() })
		if _, err := b.Dial(t.Context()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("dialled: %v", err)
		}
	})
}
