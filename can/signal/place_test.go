package signal

import (
	"math/rand/v2"
	"slices"
	"testing"

	einride "go.einride.tech/can"
)

// randomPlace makes a signal that fits in size bytes.
func randomPlace(random *rand.Rand, size int) (*Signal, place) {
	for {
		s := &Signal{
			Start: random.IntN(8 * size), Length: 1 + random.IntN(64),
			Order: ByteOrder(random.IntN(2)), Type: Type(random.IntN(2)),
		}
		if p, fits := newPlace(s, size); fits {
			return s, p
		}
	}
}

func randomBytes(random *rand.Rand, n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	return data
}

// bitOf returns the position in the frame of a signal's bit, counted from its most significant one: by the words of the
// DBC format, one bit after the other.
func bitOf(s *Signal, i int) int {
	if s.Order == Intel {
		return s.Start + s.Length - 1 - i
	}
	bit := s.Start
	for range i {
		if bit%8 == 0 {
			bit += 15 // the most significant bit of the next byte
		} else {
			bit--
		}
	}
	return bit
}

func bitwise(s *Signal, data []byte) uint64 {
	var raw uint64
	for i := range s.Length {
		bit := bitOf(s, i)
		one := uint64(data[bit/8]) >> (bit % 8) & 1
		if i == 0 && s.Type == Signed {
			raw = -one
		}
		raw = raw<<1 | one
	}
	return raw
}

func TestPlacesBitByBit(t *testing.T) {
	random := rand.New(rand.NewPCG(11898, 1))
	for range 20_000 {
		size := 1 + random.IntN(64)
		s, p := randomPlace(random, size)
		data := randomBytes(random, size)
		if got, want := p.get(data), bitwise(s, data); got != want {
			t.Fatalf("%d|%d %v %v in %d bytes % X: got %x, want %x", s.Start, s.Length, s.Order, s.Type, size, data, got, want)
		}
		raw := bitwise(s, randomBytes(random, size))
		before := slices.Clone(data)
		p.put(data, raw)
		if got := bitwise(s, data); got != raw {
			t.Fatalf("%d|%d %v %v in %d bytes: put %x, got %x", s.Start, s.Length, s.Order, s.Type, size, raw, got)
		}
		for i := range s.Length { // all other bits are as they were
			bit := bitOf(s, i)
			data[bit/8] = data[bit/8]&^(1<<(bit%8)) | before[bit/8]&(1<<(bit%8))
		}
		if !slices.Equal(data, before) {
			t.Fatalf("%d|%d %v in %d bytes: % X became % X", s.Start, s.Length, s.Order, size, before, data)
		}
	}
}

// A signal fits exactly if all its bits are in the message.
func TestPlacesAtTheEnds(t *testing.T) {
	for size := 1; size <= 9; size++ {
		for start := range 8 * size {
			for length := 1; length <= 64; length++ {
				for _, order := range []ByteOrder{Intel, Motorola} {
					s := &Signal{Start: start, Length: length, Order: order}
					_, got := newPlace(s, size)
					ends := bitOf(s, 0)
					if order == Motorola {
						ends = bitOf(s, length-1)
					}
					if want := ends < 8*size; got != want {
						t.Fatalf("%d|%d %v in %d bytes: fits %v", start, length, order, size, got)
					}
				}
			}
		}
	}
}

// einride's reading of classic frames is somebody else's.
func TestPlacesAgainstEinride(t *testing.T) {
	random := rand.New(rand.NewPCG(11898, 2))
	for range 20_000 {
		s, p := randomPlace(random, 8)
		data := einride.Data(randomBytes(random, 8))
		start, length := uint8(s.Start), uint8(s.Length)
		var want uint64
		switch {
		case s.Order == Intel && s.Type == Signed:
			want = uint64(data.SignedBitsLittleEndian(start, length))
		case s.Order == Intel:
			want = data.UnsignedBitsLittleEndian(start, length)
		case s.Type == Signed:
			want = uint64(data.SignedBitsBigEndian(start, length))
		default:
			want = data.UnsignedBitsBigEndian(start, length)
		}
		if got := p.get(data[:]); got != want {
			t.Fatalf("%d|%d %v %v of % X: got %x, einride %x", s.Start, s.Length, s.Order, s.Type, data, got, want)
		}
	}
}
