package socketcan

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"otabench/can"
)

// datagrams is a pair of connected sockets of another family, whose messages have time stamps and overflow as CAN's do.
func datagrams(t *testing.T, receiveBuffer int) (a, b *rawSocket) {
	t.Helper()
	bind := func() (int, *unix.SockaddrInet4) {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		check(t, err)
		check(t, prepare(fd, receiveBuffer))
		check(t, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
		name, err := unix.Getsockname(fd)
		check(t, err)
		return fd, name.(*unix.SockaddrInet4)
	}
	fdA, nameA := bind()
	fdB, nameB := bind()
	check(t, unix.Connect(fdA, nameB))
	check(t, unix.Connect(fdB, nameA))
	wrap := func(fd int) *rawSocket {
		s, err := newRawSocket(fd)
		check(t, err)
		t.Cleanup(func() { s.Close() })
		return s
	}
	return wrap(fdA), wrap(fdB)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sendOne(ctx context.Context, s *rawSocket, frame []byte) error {
	n, err := s.send(ctx, [][]byte{frame})
	if err == nil && n != 1 {
		return fmt.Errorf("%d frames were taken of one", n)
	}
	return err
}

// What there is room for goes at once, and the rest is left to the next call.
func TestSocketTakesWhatThereIsRoomFor(t *testing.T) {
	s, other := full(t)
	var b [classicSize]byte
	free := 0
	for ; free < 3; free++ {
		_, err := unix.Read(other, b[:])
		check(t, err)
	}
	var frames [][]byte
	for i := range batchSize {
		frames = append(frames, raw(uint32(i), byte(i)))
	}
	n, err := s.send(t.Context(), frames)
	if err != nil || n < 1 || n == batchSize {
		t.Fatalf("%d of %d frames were taken where there was room for about %d: %v", n, batchSize, free, err)
	}
	var got []byte
	for {
		_, err := unix.Read(other, b[:])
		if errors.Is(err, unix.EAGAIN) {
			break
		}
		check(t, err)
		got = append(got, b[dataOffset])
	}
	for i, first := range got[len(got)-n:] {
		if int(first) != i {
			t.Errorf("frame %d came as number %d", first, i)
		}
	}
}

func TestSocketCarriesFrames(t *testing.T) {
	a, b := datagrams(t, 0)
	awaitStamps(t, a, b)
	frames := [][]byte{raw(1, 1), rawFD(2, 64, fdFDF, 7), raw(3)}
	before := time.Now()
	for _, f := range frames {
		check(t, sendOne(t.Context(), a, f))
	}
	var got []message
	for len(got) < len(frames) {
		more, err := b.receive()
		check(t, err)
		for _, m := range more {
			m.data = bytes.Clone(m.data)
			got = append(got, m)
		}
	}
	for i, m := range got {
		if !bytes.Equal(m.data, frames[i]) || m.own || m.drops != 0 {
			t.Errorf("got %+v, want the data %x", m, frames[i])
		}
		if m.stamp.Before(before.Round(0)) || m.stamp.After(time.Now()) {
			t.Errorf("frame %d is stamped %v, not between %v and now", i, m.stamp, before)
		}
		before = m.stamp
	}
}

// awaitStamps sends until the kernel stamps what it receives, which it takes a moment to begin with.
func awaitStamps(t *testing.T, from, to *rawSocket) {
	t.Helper()
	for range 10_000 {
		check(t, sendOne(t.Context(), from, raw(0)))
		got, err := to.receive()
		check(t, err)
		if !got[0].stamp.IsZero() {
			return
		}
	}
	t.Fatal("the kernel gives no time stamps")
}

// Every frame that does not fit the receive buffer is counted, before the next one that does, and at the end.
func TestSocketCountsWhatItLoses(t *testing.T) {
	a, b := datagrams(t, 1)
	const sent = 200
	for range sent {
		check(t, sendOne(t.Context(), a, raw(1)))
	}
	first, err := b.receive()
	check(t, err)
	received := len(first)
	check(t, sendOne(t.Context(), a, raw(2)))
	last, err := b.receive()
	check(t, err)
	if got, want := last[0].drops, uint32(sent-received); got != want || want == 0 {
		t.Errorf("%d are said to be lost, %d are missing", got, want)
	}
	if got, err := b.drops(); err != nil || got != last[0].drops {
		t.Errorf("drops: %d, %v, want %d", got, err, last[0].drops)
	}
}

// full is a socket with no room to send, and the descriptor of its other end.
func full(t *testing.T) (s *rawSocket, other int) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	check(t, err)
	s, err = newRawSocket(fds[0])
	check(t, err)
	t.Cleanup(func() { s.Close() })
	t.Cleanup(func() { unix.Close(fds[1]) })
	for err == nil {
		_, err = unix.Write(fds[0], raw(1))
	}
	if !errors.Is(err, unix.EAGAIN) {
		t.Fatal(err)
	}
	return s, fds[1]
}

func TestSocketWaitsForRoom(t *testing.T) {
	s, other := full(t)
	sent := make(chan error)
	go func() { sent <- sendOne(t.Context(), s, raw(2)) }()
	var b [classicSize]byte
	for n := 0; ; n++ {
		select {
		case err := <-sent:
			if err != nil || n == 0 {
				t.Errorf("send: %v after %d frames were taken", err, n)
			}
			return
		default:
			_, err := unix.Read(other, b[:])
			if err != nil && !errors.Is(err, unix.EAGAIN) {
				t.Fatal(err)
			}
		}
	}
}

func TestSocketWaitsUntilTheContextEnds(t *testing.T) {
	s, other := full(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := sendOne(ctx, s, raw(2)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("got error %v, want %v", err, os.ErrDeadlineExceeded)
	}
	var b [classicSize]byte
	for range 2 { // the first one's room is for the second
		if _, err := unix.Read(other, b[:]); err != nil {
			t.Fatal(err)
		}
	}
	if err := sendOne(t.Context(), s, raw(3)); err != nil {
		t.Errorf("the socket did not survive: %v", err)
	}
}

func TestCloseWakesTheSocket(t *testing.T) {
	s, _ := full(t)
	results := make(chan error)
	go func() { results <- sendOne(t.Context(), s, raw(2)) }()
	go func() { _, err := s.receive(); results <- err }()
	check(t, s.Close())
	for range 2 {
		if err := <-results; err == nil {
			t.Error("no error from a closed socket")
		}
	}
	if _, err := s.drops(); err == nil {
		t.Error("a closed socket counts its losses")
	}
}

// Control messages come from the kernel; one that is cut off must do no harm all the same.
func FuzzParseControl(f *testing.F) {
	f.Add(make([]byte, controlSize))
	f.Add(unix.UnixRights(1))
	f.Fuzz(func(_ *testing.T, b []byte) {
		aligned := make([]byte, len(b)) // as the kernel has them
		copy(aligned, b)
		parseControl(aligned, &message{})
	})
}

// The kernel lets a frame through if its identifier and the filter's agree under the mask, flags included.
func TestFiltersForTheKernel(t *testing.T) {
	filters := []can.Filter{
		can.Exactly(0x123, false), can.Exactly(0x123, true), {ID: 0x700, Mask: 0x7F0}, {ID: 0x18DA0000, Mask: 0x1FFF0000, Extended: true},
	}
	frames := []can.Frame{
		can.New(0x123), flagged(can.Extended, 0x123), can.New(0x70F), flagged(can.Extended, 0x70F), flagged(can.Extended, 0x18DA10F1),
		{ID: 0x123, Flags: can.Remote},
	}
	for i, k := range kernelFilters(filters) {
		for _, f := range frames {
			var b [fdSize]byte
			id := binary.NativeEndian.Uint32(encode(&b, f))
			if got, want := (id^k.Id)&k.Mask == 0, filters[i].Match(f); got != want {
				t.Errorf("filter %+v lets %v through: %t, want %t", filters[i], f, got, want)
			}
		}
	}
}
