package can

import (
	"math/rand/v2"
	"testing"
)

// slow counts bit by bit, as the standard tells it.
type slow struct {
	bits int
	last uint32
	run  int
	crc  uint32
}

func (s *slow) put(v uint32, n int) {
	for i := n - 1; i >= 0; i-- {
		b := v >> i & 1
		s.stuff()
		s.crc = crc15(s.crc, b)
		s.bits++
		if s.bits > 1 && b == s.last {
			s.run++
		} else {
			s.last, s.run = b, 1
		}
	}
}

func (s *slow) stuff() {
	if s.run == 5 {
		s.bits++
		s.last, s.run = s.last^1, 1
	}
}

func TestStuffingFourBitsAtATime(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		var fast stuffer
		var want slow
		for range 1 + r.IntN(20) {
			n := 1 + r.IntN(18)
			v := r.Uint32()
			if r.IntN(3) > 0 { // long runs
				v = -(v & 1) ^ 1<<r.IntN(32)&-(v>>1&1)
			}
			fast.put(v, n)
			want.put(v, n)
		}
		if fast.bits != want.bits || fast.crc != want.crc {
			t.Fatalf("%d bits and checksum %X, want %d and %X", fast.bits, fast.crc, want.bits, want.crc)
		}
		fast.stuff()
		want.stuff()
		if fast.bits != want.bits {
			t.Fatalf("%d bits with the last stuff bit, want %d", fast.bits, want.bits)
		}
	}
}
