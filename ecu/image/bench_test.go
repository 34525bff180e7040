package image_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"

	"otabench/ecu/image"
	"otabench/ecu/image/internal/peertest"
)

// load is an image of 1 MiB with some gaps, as a large application is.
func load(b *testing.B) *image.Image {
	b.Helper()
	data := []byte(noise(1 << 20))
	return build(b,
		image.Segment{Address: 0x8000000, Data: data[:400_000]},
		image.Segment{Address: 0x8080000, Data: data[400_000:]},
	)
}

// BenchmarkRead reads 1 MiB of each format; the rate is that of data, not of text.
func BenchmarkRead(b *testing.B) {
	m := load(b)
	m.VBF = &image.VBF{Version: "2.6"}
	for _, format := range []image.Format{image.FormatIntelHex, image.FormatSRecord, image.FormatVBF} {
		data, err := image.Encode(format, m)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(string(format), func(b *testing.B) {
			b.Run("ours", func(b *testing.B) {
				b.SetBytes(int64(m.Size()))
				for b.Loop() {
					if read, err := image.ReadAs(format, "", data); err != nil || read.Size() != m.Size() {
						b.Fatal(read, err)
					}
				}
			})
			if format == image.FormatIntelHex {
				b.Run("python3-intelhex", func(b *testing.B) { readByPython(b, m) })
			}
		})
	}
}

// readByPython has intelhex read the same, and does not count the start of its process.
func readByPython(b *testing.B, m *image.Image) {
	path := filepath.Join(b.TempDir(), "load.hex")
	write(b, path, image.FormatIntelHex, m)
	var total float64
	for b.Loop() {
		out, ran := peertest.Run(b, nil, peertest.Python, "-c", script, "load", path)
		if !ran {
			b.Skip("intelhex is not installed")
		}
		var size uint64
		var seconds float64
		if _, err := fmt.Fscan(bytes.NewReader(out), &size, &seconds); err != nil {
			b.Fatalf("intelhex printed %q: %v", out, err)
		}
		if size < m.Size() {
			b.Fatalf("intelhex found %d bytes of %d", size, m.Size())
		}
		total += seconds
	}
	b.ReportMetric(float64(b.N)*float64(m.Size())/1e6/total, "MB/s")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkWrite(b *testing.B) {
	m := load(b)
	m.VBF = &image.VBF{Version: "2.6"}
	for _, format := range []image.Format{image.FormatIntelHex, image.FormatSRecord, image.FormatVBF} {
		b.Run(string(format), func(b *testing.B) {
			b.SetBytes(int64(m.Size()))
			for b.Loop() {
				if _, err := image.Encode(format, m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
