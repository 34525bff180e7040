package can

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// The check value of CRC-15/CAN in the catalogue of parametrised CRC algorithms.
func TestChecksum(t *testing.T) {
	var s stuffer
	for _, b := range []byte("123456789") {
		s.put(uint32(b), 8)
	}
	if s.crc != 0x059E {
		t.Errorf("got %#04x, want 0x059e", s.crc)
	}
}

// stuffed inserts stuff bits by the words of ISO 11898-1:2015, 10.5, into a string.
func stuffed(bits string) string {
	var out strings.Builder
	run, last := 0, byte('x')
	for i := range len(bits) {
		if bits[i] != last {
			run, last = 0, bits[i]
		}
		out.WriteByte(last)
		if run++; run == 5 {
			last ^= 1
			out.WriteByte(last)
			run = 1
		}
	}
	return out.String()
}

func TestClassicBitsAgainstText(t *testing.T) {
	random := rand.New(rand.NewPCG(11898, 1))
	for range 2000 {
		f := Frame{ID: random.Uint32() & MaxStandardID, Len: uint8(random.IntN(9))}
		header := fmt.Sprintf("0%011b000%04b", f.ID, f.Len)
		if random.IntN(2) == 0 {
			f.Flags, f.ID = Extended, random.Uint32()&MaxExtendedID
			header = fmt.Sprintf("0%011b11%018b000%04b", f.ID>>18, f.ID&(1<<18-1), f.Len)
		}
		for i := range f.Len {
			f.Data[i] = byte(1<<random.IntN(9)) - byte(random.IntN(2)) // long runs of equal bits
			header += fmt.Sprintf("%08b", f.Data[i])
		}
		crc := uint32(0)
		for _, b := range header {
			crc = crc15(crc, uint32(b-'0'))
		}
		want := len(stuffed(header+fmt.Sprintf("%015b", crc))) + 13
		if got, _ := Bits(f); got != want {
			t.Fatalf("%v: got %d bits, want %d", f, got, want)
		}
	}
}

// An FD frame without dynamic stuff bits has fixed ones only: one before every four bits of stuff count and checksum.
func TestFDBits(t *testing.T) {
	tests := []struct {
		length        uint8
		nominal, data int
	}{
		// ESI, DLC, data, 4 bits of stuff count, checksum, fixed stuff bits, CRC delimiter
		{8, 17 + 12, 1 + 4 + 64 + 4 + 17 + 6 + 1},
		{16, 17 + 12, 1 + 4 + 128 + 4 + 17 + 6 + 1},
		{20, 17 + 12, 1 + 4 + 160 + 4 + 21 + 7 + 1},
		{64, 17 + 12, 1 + 4 + 512 + 4 + 21 + 7 + 1},
	}
	for _, test := range tests {
		f := Frame{ID: 0x555, Flags: FD | BRS, Len: test.length}
		for i := range f.Len {
			f.Data[i] = 0x55
		}
		if nominal, data := Bits(f); nominal != test.nominal || data != test.data {
			t.Errorf("%d bytes: got %d+%d bits, want %d+%d", test.length, nominal, data, test.nominal, test.data)
		}
	}
}
