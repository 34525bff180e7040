package compress_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"otabench/ecu/image/compress"
)

func lookup(t testing.TB, name string) compress.Codec {
	t.Helper()
	c, err := compress.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// samples are data that bring the codecs to their corners.
func samples() map[string][]byte {
	random := rand.NewChaCha8([32]byte{})
	noise := make([]byte, 10_000)
	_, _ = random.Read(noise) // never fails
	mixed := bytes.Clone(noise)
	for i := range mixed {
		mixed[i] &= 3
	}
	return map[string][]byte{
		"nothing":       {},
		"one byte":      {0},
		"two bytes":     {0x20, 0x20},
		"text":          []byte(strings.Repeat("boot, erase, program, verify; ", 50)),
		"blank flash":   bytes.Repeat([]byte{0xFF}, 100_000),
		"spaces":        bytes.Repeat([]byte{0x20}, 40),
		"noise":         noise,
		"four values":   mixed,
		"far repeat":    slices.Concat(noise[:900], noise[:900], noise[:5000], noise[:900]),
		"window border": slices.Concat(noise[:1023], noise[1000:1050], noise[1020:1024], noise[1022:1030]),
	}
}

func TestRoundTrip(t *testing.T) {
	for _, name := range compress.Names() {
		c := lookup(t, name)
		for sample, want := range samples() {
			packed, err := c.Compress(want)
			if err != nil {
				t.Errorf("%s of %s: %v", name, sample, err)
				continue
			}
			got, err := c.Decompress(packed, len(want))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s of %s: %d bytes came back as %d, %v", name, sample, len(want), len(got), err)
			}
			if len(want) == 0 {
				continue
			}
			if _, err := c.Decompress(packed, len(want)-1); !errors.Is(err, compress.ErrTooLarge) {
				t.Errorf("%s of %s into a byte too few: %v", name, sample, err)
			}
		}
	}
}

func TestItCompresses(t *testing.T) {
	text := samples()["text"]
	for name, percent := range map[string]int{
		"deflate": 5, "zlib": 6, "gzip": 7, "lz4": 5, "lzss": 20, "lzss-vbf": 17, "none": 100,
	} {
		packed, err := lookup(t, name).Compress(text)
		if got := 100 * len(packed) / len(text); err != nil || got > percent {
			t.Errorf("%s leaves %d %%, %v; want at most %d", name, got, err, percent)
		}
	}
}

// TestVectors unpacks what was put together by hand after the descriptions of the formats.
func TestVectors(t *testing.T) {
	tests := []struct{ codec, packed, want string }{
		{"none", "abc", "abc"},
		{"deflate", "\x01\x03\x00\xFC\xFFabc", "abc"}, // stored
		{"zlib", "\x78\x01\x01\x03\x00\xFC\xFFabc\x02\x4D\x01\x27", "abc"},
		{"gzip", "\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\xFF\x01\x03\x00\xFC\xFFabc\xC2\x41\x24\x35\x03\x00\x00\x00", "abc"},
		{"lz4", "\x30abc", "abc"},
		{"lz4", "\x32abc\x03\x00\x50defgh", "abcabcabcdefgh"},
		{"lz4", "\x1Fa\x01\x00\xFF\x00\x10b", strings.Repeat("a", 1+15+255+4) + "b"},
		{"lzss", "\x07abc", "abc"},
		{"lzss", "\x07abc\xEE\xF3", "abcabcabc"},                    // position 0xFEE, where writing began; length 6
		{"lzss", "\x00\x00\x0F\x0F\xF0", strings.Repeat(" ", 18+3)}, // what the window is filled with; over its end
		{"lzss", "\xFFabcdefgh\x01i", "abcdefghi"},
		{"lzss-vbf", "\xB0\xD8\xAC\x60\x00", "abc"},
		{"lzss-vbf", "\x00\x3E\x00\x00", strings.Repeat("\x00", 17)},
	}
	for _, tt := range tests {
		got, err := lookup(t, tt.codec).Decompress([]byte(tt.packed), 1000)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s of %X = %q, %v, want %q", tt.codec, tt.packed, got, err, tt.want)
		}
	}
}

func TestCorrupt(t *testing.T) {
	tests := []struct{ codec, packed, want string }{
		{"deflate", "", "unexpected EOF"},
		{"deflate", "\x01\x03\x00\xFC\xFFab", "corrupt after 2 bytes"},
		{"deflate", "\x01\x03\x00\xFC\xFFabcd", "1 bytes follow their end"},
		{"zlib", "\x78\x01\x01\x03\x00\xFC\xFFabc\x02\x4D\x01\x28", "checksum"},
		{"zlib", "abc", "zlib: invalid header"},
		{"gzip", "abc", "unexpected EOF"},
		{"lz4", "", "cut short"},
		{"lz4", "\x40abc", "cut short"},
		{"lz4", "\x32abc\x03\x00", "cut short"},
		{"lz4", "\xF0\xFF", "cut short"},
		{"lz4", "\x32abc\x04\x00\x50defgh", "before the beginning"},
		{"lzss", "\x01", "flags without data"},
		{"lzss", "\x00\x00", "the last match is cut short"},
		{"lzss-vbf", "", "without the mark of their end"},
		{"lzss-vbf", "\x00", "without the mark of their end"},
		{"lzss-vbf", "\xB0\xD8\xAC\x60", "without the mark of their end"},
		{"lzss-vbf", "\xB0\xD8\xAC\x60\x00\x00", "1 bytes follow"},
	}
	for _, tt := range tests {
		_, err := lookup(t, tt.codec).Decompress([]byte(tt.packed), 1000)
		if !errors.Is(err, compress.ErrCorrupt) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s of %X: %v, want ErrCorrupt with %q", tt.codec, tt.packed, err, tt.want)
		}
	}
}

// TestBomb unpacks what would be very large; the limit holds before memory is reserved for that.
func TestBomb(t *testing.T) {
	const limit = 1 << 18
	for name, packed := range map[string][]byte{
		"lz4":  slices.Concat([]byte("\x1Fa\x01\x00"), bytes.Repeat([]byte{0xFF}, 4<<20), []byte("\x00\x10b")),
		"lzss": make([]byte, limit),
		"zlib": pack(t, "zlib", make([]byte, 8<<20)),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := lookup(t, name).Decompress(packed, limit)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, compress.ErrTooLarge) {
			t.Errorf("%s: %v, want ErrTooLarge", name, err)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > 16*limit {
			t.Errorf("%s takes %d bytes for a limit of %d", name, took, limit)
		}
	}
}

func pack(t testing.TB, name string, data []byte) []byte {
	t.Helper()
	packed, err := lookup(t, name).Compress(data)
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func TestLookup(t *testing.T) {
	if c := lookup(t, "LZSS"); c.Name() != "lzss" || fmt.Sprint(c) != "lzss" {
		t.Errorf("Lookup found %v", c)
	}
	_, err := compress.Lookup("rar")
	if !errors.Is(err, compress.ErrUnknown) || !strings.Contains(err.Error(), `"rar"; there are deflate, gzip, `) {
		t.Errorf("Lookup = %v", err)
	}
	var none compress.Codec
	if _, err := none.Compress(nil); !errors.Is(err, compress.ErrUnknown) {
		t.Errorf("Compress with no codec: %v", err)
	}
	if _, err := none.Decompress(nil, 1); !errors.Is(err, compress.ErrUnknown) {
		t.Errorf("Decompress with no codec: %v", err)
	}
}

func Example() {
	codec, err := compress.Lookup("lzss")
	if err != nil {
		fmt.Println(err)
		return
	}
	software := bytes.Repeat([]byte("erased "), 100)
	packed, err := codec.Compress(software)
	fmt.Println(len(software), len(packed), err)

	unpacked, err := codec.Decompress(packed, 1<<20)
	fmt.Println(bytes.Equal(unpacked, software), err)
	// Output:
	// 700 91 <nil>
	// true <nil>
}

func FuzzDecompress(f *testing.F) {
	for i, name := range compress.Names() {
		for _, sample := range []string{"nothing", "text", "spaces"} {
			f.Add(i, pack(f, name, samples()[sample]))
		}
	}
	f.Fuzz(func(t *testing.T, i int, packed []byte) {
		names := compress.Names()
		c := lookup(t, names[uint(i)%uint(len(names))])
		const limit = 1 << 16
		data, err := c.Decompress(packed, limit)
		if err != nil {
			if !errors.Is(err, compress.ErrCorrupt) && !errors.Is(err, compress.ErrTooLarge) {
				t.Errorf("%v: %v", c, err)
			}
			return
		}
		if len(data) > limit {
			t.Fatalf("%v: %d bytes", c, len(data))
		}
		again, err := c.Decompress(pack(t, c.Name(), data), limit)
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%v: %d bytes come back as %d, %v", c, len(data), len(again), err)
		}
	})
}
