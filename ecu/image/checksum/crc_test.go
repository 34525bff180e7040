package checksum

import "testing"

// TestUnusual computes the one CRC of the catalogue whose bits leave in another order than they come in.
func TestUnusual(t *testing.T) {
	umts := newCRC(crc{name: "CRC-12/UMTS", width: 12, poly: 0x80F, refout: true})
	umts.Write([]byte("123456789"))
	if got := umts.Sum(nil); len(got) != 2 || got[0] != 0x0D || got[1] != 0xAF {
		t.Errorf("CRC-12/UMTS = %X, want 0DAF", got)
	}
}
