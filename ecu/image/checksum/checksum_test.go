package checksum_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"otabench/ecu/image/checksum"
)

// checkInput is what the catalogue of parametrised CRC algorithms gives the check value for.
const checkInput = "123456789"

// checks are the check values of the catalogue; the digests are those of FIPS 180-4 for the same input, by sha256sum
// and its kin.
func checks() map[string]string {
	return map[string]string{
		"crc8":          "f4",
		"crc8-j1850":    "4b",
		"crc8-h2f":      "df",
		"crc16-ccitt":   "29b1",
		"crc16-xmodem":  "31c3",
		"crc16-kermit":  "2189",
		"crc16-x25":     "906e",
		"crc16-arc":     "bb3d",
		"crc16-modbus":  "4b37",
		"crc32":         "cbf43926",
		"crc32c":        "e3069283",
		"crc32-bzip2":   "fc891918",
		"crc32-mpeg2":   "0376e6e7",
		"crc32-jamcrc":  "340bc6d9",
		"crc32-posix":   "765e7680",
		"crc32-autosar": "1697d06a",
		"crc64":         "995dc9bbdf1939fa",
		"crc64-ecma":    "6c40df5f0b497347",
		"sha256":        "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
		"sha384": "eb455d56d2c1a69de64e832011f3393d45f3fa31d6842f21af92d2fe469c499d" +
			"a5e3179847334a18479c8d1dedea1be3",
		"sha512": "d9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274a" +
			"d27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85",
	}
}

func lookup(t testing.TB, name string) checksum.Algorithm {
	t.Helper()
	a, err := checksum.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestCheckValues(t *testing.T) {
	want := checks()
	for _, name := range checksum.Names() {
		a := lookup(t, name)
		if a.Keyed() {
			continue
		}
		sum, err := a.Sum(nil, []byte(checkInput))
		if err != nil || hex.EncodeToString(sum) != want[name] {
			t.Errorf("%s = %x, %v, want %s", name, sum, err, want[name])
		}
		if len(sum) != a.Size() {
			t.Errorf("%s has %d bytes, says %d", name, len(sum), a.Size())
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("not among Names: %v", want)
	}
	if got := fmt.Sprintf("%x", checksum.CRC16CCITT([]byte(checkInput))); got != "29b1" {
		t.Errorf("CRC16CCITT = %s", got)
	}
}

// The key, message and codes of RFC 4493, 4, and of NIST SP 800-38B, D.2 and D.3.
func TestCMAC(t *testing.T) {
	const message = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
		"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
	keys := map[string]string{
		"cmac-aes128": "2b7e151628aed2a6abf7158809cf4f3c",
		"cmac-aes192": "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
		"cmac-aes256": "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
	}
	tests := []struct {
		name   string
		length int
		want   string
	}{
		{"cmac-aes128", 0, "bb1d6929e95937287fa37d129b756746"},
		{"cmac-aes128", 16, "070a16b46b4d4144f79bdd9dd04a287c"},
		{"cmac-aes128", 40, "dfa66747de9ae63030ca32611497c827"},
		{"cmac-aes128", 64, "51f0bebf7e3b9d92fc49741779363cfe"},
		{"cmac-aes192", 0, "d17ddf46adaacde531cac483de7a9367"},
		{"cmac-aes192", 16, "9e99a7bf31e710900662f65e617c5184"},
		{"cmac-aes192", 40, "8a1de5be2eb31aad089a82e6ee908b0e"},
		{"cmac-aes192", 64, "a1d5df0eed790f794d77589659f39a11"},
		{"cmac-aes256", 0, "028962f61b7bf89efc6b551f4667d983"},
		{"cmac-aes256", 16, "28a7023f452e8f82bd4bf28d8c37c35c"},
		{"cmac-aes256", 40, "aaf3d8f1de5640c232f5b169b9c911e6"},
		{"cmac-aes256", 64, "e1992190549f6ed5696a2c056c315410"},
	}
	for _, tt := range tests {
		sum, err := lookup(t, tt.name).Sum(unhex(t, keys[tt.name]), unhex(t, message)[:tt.length])
		if err != nil || hex.EncodeToString(sum) != tt.want {
			t.Errorf("%s of %d bytes = %x, %v, want %s", tt.name, tt.length, sum, err, tt.want)
		}
	}
}

// Test case 2 of RFC 4231, 4.3.
func TestHMAC(t *testing.T) {
	for name, want := range map[string]string{
		"hmac-sha256": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
		"hmac-sha384": "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e" +
			"8e2240ca5e69e2c78b3239ecfab21649",
		"hmac-sha512": "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554" +
			"9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
	} {
		sum, err := lookup(t, name).Sum([]byte("Jefe"), []byte("what do ya want for nothing?"))
		if err != nil || hex.EncodeToString(sum) != want {
			t.Errorf("%s = %x, %v, want %s", name, sum, err, want)
		}
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// keyFor is a key that the algorithm takes.
func keyFor(a checksum.Algorithm) []byte {
	switch {
	case !a.Keyed():
		return nil
	case strings.HasSuffix(a.Name(), "aes192"):
		return make([]byte, 24)
	case strings.HasSuffix(a.Name(), "aes256"):
		return make([]byte, 32)
	}
	return make([]byte, 16)
}

// TestPieces holds every algorithm to giving the same for data in pieces of any size, and again after Reset.
func TestPieces(t *testing.T) {
	data := []byte(strings.Repeat("the quick brown fox ", 20))
	for _, name := range checksum.Names() {
		a := lookup(t, name)
		want, err := a.Sum(keyFor(a), data)
		if err != nil {
			t.Fatal(err)
		}
		h, err := a.New(keyFor(a))
		if err != nil {
			t.Fatal(err)
		}
		for size := 1; size < 40; size++ {
			h.Reset()
			for piece := range slices.Chunk(data, size) {
				h.Write(piece)
				h.Sum(nil) // which must not disturb what follows
			}
			if got := h.Sum(nil); !slices.Equal(got, want) {
				t.Errorf("%s in pieces of %d bytes = %x, want %x", name, size, got, want)
			}
		}
		if h.Size() != a.Size() || h.BlockSize() < 1 {
			t.Errorf("%s: size %d, block size %d, want size %d", name, h.Size(), h.BlockSize(), a.Size())
		}
	}
}

func TestLookup(t *testing.T) {
	if a := lookup(t, "CRC16-CCITT"); a.String() != "crc16-ccitt" || a.Size() != 2 {
		t.Errorf("Lookup found %v of %d bytes", a, a.Size())
	}
	_, err := checksum.Lookup("crc17")
	if !errors.Is(err, checksum.ErrUnknown) || !strings.Contains(err.Error(), `"crc17"; there are cmac-aes128, `) {
		t.Errorf("Lookup = %v", err)
	}
	if names := checksum.Names(); !slices.IsSorted(names) || len(slices.Compact(names)) != len(checksum.Names()) {
		t.Errorf("Names = %v", names)
	}
}

func TestKeys(t *testing.T) {
	secret := []byte("not for the log")
	for name, want := range map[string]string{
		"crc32":       "crc32: wrong key: it takes none",
		"cmac-aes128": "cmac-aes128: wrong key: it has 15 bytes, and must have 16 bytes",
	} {
		_, err := lookup(t, name).Sum(secret, nil)
		if !errors.Is(err, checksum.ErrKey) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	if _, err := lookup(t, "hmac-sha256").New(nil); !errors.Is(err, checksum.ErrKey) {
		t.Errorf("hmac-sha256 without a key: %v", err)
	}
	if _, err := (checksum.Algorithm{}).Sum(nil, nil); !errors.Is(err, checksum.ErrUnknown) {
		t.Errorf("no algorithm: %v", err)
	}
}

func Example() {
	algorithm, err := checksum.Lookup("cmac-aes128")
	if err != nil {
		fmt.Println(err)
		return
	}
	key := []byte("a key of 16 byte")
	mac, err := algorithm.Sum(key, []byte("software"))
	fmt.Printf("%v: %d bytes, %v\n", algorithm, len(mac), err)

	_, err = algorithm.Sum(nil, []byte("software"))
	fmt.Println(err)
	// Output:
	// cmac-aes128: 16 bytes, <nil>
	// cmac-aes128: wrong key: it has 0 bytes, and must have 16 bytes
}

func BenchmarkSum(b *testing.B) {
	data := make([]byte, 1<<20)
	for _, name := range []string{"crc16-ccitt", "crc32", "crc32-mpeg2", "sha256", "cmac-aes128"} {
		a := lookup(b, name)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := a.Sum(keyFor(a), data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
