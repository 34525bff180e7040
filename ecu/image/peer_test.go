package image_test

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/image"
	"otabench/ecu/image/internal/peertest"
)

//go:embed peer.py
var script string

// dump shows segments as peer.py does.
func dump(m *image.Image) string {
	var b bytes.Buffer
	for _, s := range m.Segments {
		fmt.Fprintf(&b, "%X %x\n", s.Address, s.Data)
	}
	return b.String()
}

func write(t testing.TB, path string, format image.Format, m *image.Image) {
	t.Helper()
	if err := image.WriteFile(path, format, m); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) *image.Image {
	t.Helper()
	m, err := image.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPythonReadsIt(t *testing.T) {
	for name, m := range map[string]*image.Image{"sample.hex": sample(t), "small.hex": small(t), "tiny.hex": tiny(t)} {
		path := filepath.Join(t.TempDir(), name)
		write(t, path, image.FormatIntelHex, m)
		out, ran := peertest.Run(t, nil, peertest.Python, "-c", script, "dump", path)
		if !ran {
			return
		}
		if diff := cmp.Diff(dump(m), string(out)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestReadsPython(t *testing.T) {
	path, m := filepath.Join(t.TempDir(), "peer.hex"), sample(t)
	if _, ran := peertest.Run(t, []byte(dump(m)), peertest.Python, "-c", script, "write", path); !ran {
		return
	}
	if diff := cmp.Diff(content(m), content(read(t, path))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSRecCatReadsIt reads what SRecord makes of our files in Intel HEX, whatever they were.
func TestSRecCatReadsIt(t *testing.T) {
	for name, make := range golden() {
		format, peer := peerFormat(t, name)
		if peer == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			dir, m := t.TempDir(), make(t)
			ours, theirs := filepath.Join(dir, name), filepath.Join(dir, "peer.hex")
			write(t, ours, format, m)
			if _, ran := peertest.Run(t, nil, "srec_cat", ours, peer, "-o", theirs, "-Intel"); !ran {
				return
			}
			if diff := cmp.Diff(dump(m), dump(read(t, theirs))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// peerFormat returns how SRecord calls the format of a file, "" if it has none.
func peerFormat(t testing.TB, name string) (format image.Format, peer string) {
	t.Helper()
	format, err := image.FormatByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return format, map[image.Format]string{image.FormatIntelHex: "-Intel", image.FormatSRecord: "-Motorola"}[format]
}

// peerFile is a file that SRecord makes of one of ours.
type peerFile struct {
	name string // in testdata
	from func(testing.TB) *image.Image
	args []string // that make it
}

func peerFiles() []peerFile {
	return []peerFile{
		{"srec_cat.hex", sample, []string{"-Intel"}},
		{"srec_cat-lines.hex", sample, []string{"-Intel", "-line-length=200"}},
		{"srec_cat-segmented.hex", small, []string{"-Intel", "-address-length=3"}},
		{"srec_cat-16bit.hex", tiny, []string{"-Intel", "-address-length=2"}},
		{"srec_cat.s37", sample, []string{"-Motorola"}},
		{"srec_cat.s28", small, []string{"-Motorola"}},
		{"srec_cat.s19", tiny, []string{"-Motorola"}},
		{"srec_cat-forced.s37", tiny, []string{"-Motorola", "-address-length=4"}},
		{"srec_cat-nocount.s28", small, []string{"-Motorola", "-disable=data-count"}},
		{"srec_cat-nostart.s28", small, []string{"-Motorola", "-disable=exec-start-address"}},
	}
}

// TestReadsSRecCat reads files with addresses of all lengths, segments of Intel HEX, and long and short records: the
// golden ones, and what the peer makes today where it is installed. With -update those
// become the golden files.
func TestReadsSRecCat(t *testing.T) {
	for _, f := range peerFiles() {
		t.Run(f.name, func(t *testing.T) {
			m := f.from(t)
			golden := filepath.Join("testdata", f.name)
			ours, theirs := filepath.Join(t.TempDir(), "ours.s37"), filepath.Join(t.TempDir(), "peer"+filepath.Ext(f.name))
			write(t, ours, image.FormatSRecord, m)
			args := append([]string{ours, "-Motorola", "-o", theirs}, f.args...)
			if _, ran := peertest.Run(t, nil, "srec_cat", args...); ran {
				checkPeer(t, m, read(t, theirs))
				if *update {
					copyFile(t, theirs, golden)
				}
			}
			checkPeer(t, m, read(t, golden))
		})
	}
}

func checkPeer(t *testing.T, want, got *image.Image) {
	t.Helper()
	if diff := cmp.Diff(dump(want), dump(got)); diff != "" {
		t.Errorf("%v (-want +got):\n%s", got, diff)
	}
	if want.Entry != nil && (got.Entry == nil || *got.Entry != *want.Entry) {
		t.Errorf("%v: entry %v, want 0x%X", got, got.Entry, *want.Entry)
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
