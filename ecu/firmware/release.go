package firmware

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"otabench/ecu/image"
)

// ReleaseFormat names the layout of release files.
const ReleaseFormat = "otabench-release/1"

// maxRelease bounds a release file, in bytes.
const maxRelease = 256 << 10

// release is a list of a maker's own files: what a signed package's manifest says, and the files in place of one image.
// It has no signature of its own; the files may have some that the ECU checks.
type release struct {
	Format   string                 `yaml:"format"`
	ECU      string                 `yaml:"ecu"`
	Hardware string                 `yaml:"hardware"`
	Version  string                 `yaml:"version"`
	Counter  uint32                 `yaml:"security_counter"`
	RXSWIN   string                 `yaml:"rxswin"`
	Notice   *Notice                `yaml:"notice"`
	Files    map[string]releaseFile `yaml:"files"`
}

// releaseFile is one file, in any format that package image reads.
type releaseFile struct {
	File   string `yaml:"file"`   // beside or below the release file
	SHA256 string `yaml:"sha256"` // hexadecimal; not checked if it is empty
}

// IsRelease says that a path is that of a release file and not that of a signed package.
func IsRelease(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".yaml" || ext == ".yml"
}

// Load reads a signed package, or a release with its files.
func Load(path string) (*Package, error) {
	if IsRelease(path) {
		return ReadRelease(path)
	}
	return ReadFile(path)
}

// ReadRelease reads a release file and the files that it lists. The files stay beside or below it. Errors in what is
// read wrap ErrFormat or ErrDigest, or are those of package image.
func ReadRelease(path string) (*Package, error) {
	text, err := readBounded(path, maxRelease)
	if err != nil {
		return nil, fmt.Errorf("read the release: %w", err)
	}
	var r release
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&r); err != nil {
		return nil, fmt.Errorf("%w: release %s: %w", ErrFormat, path, err)
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("%w: release %s: %w", ErrFormat, path, err)
	}
	p := &Package{
		Manifest: Manifest{
			Format: ReleaseFormat, ECU: r.ECU, Hardware: r.Hardware, Version: r.Version, Counter: r.Counter, RXSWIN: r.RXSWIN, Notice: r.Notice,
		},
		Files: map[string]*image.Image{},
	}
	all := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		raw, err := r.Files[name].read(filepath.Dir(path))
		if err != nil {
			return nil, fmt.Errorf("release %s: file %s: %w", path, name, err)
		}
		if p.Files[name], err = image.Read(r.Files[name].File, raw); err != nil {
			return nil, fmt.Errorf("release %s: file %s: %w", path, name, err)
		}
		all.Write(raw)
		p.Manifest.Size += int64(len(raw))
	}
	p.Manifest.SHA256 = hex.EncodeToString(all.Sum(nil))
	return p, nil
}

func (r release) check() error {
	switch {
	case r.Format != ReleaseFormat:
		return fmt.Errorf("its format is %q, want %q", r.Format, ReleaseFormat)
	case r.Version == "" || len(r.Version) > maxName:
		return fmt.Errorf("version: want 1 to %d characters", maxName)
	case r.Hardware == "":
		return errors.New("hardware is missing")
	case len(r.Files) == 0:
		return errors.New("it lists no files")
	}
	return nil
}

// read returns the bytes of a file, which are those of its digest.
func (f releaseFile) read(dir string) ([]byte, error) {
	if !filepath.IsLocal(f.File) {
		return nil, fmt.Errorf("%w: %q is not beside or below the release", ErrFormat, f.File)
	}
	raw, err := readBounded(filepath.Join(dir, f.File), image.MaxSize)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(raw)
	if got := hex.EncodeToString(digest[:]); f.SHA256 != "" && !strings.EqualFold(got, f.SHA256) {
		return nil, fmt.Errorf("%w: its SHA-256 is %s and the release says %s", ErrDigest, got, f.SHA256)
	}
	return raw, nil
}

func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(raw)) > limit {
		err = fmt.Errorf("%w: %s has more than %d bytes", ErrFormat, path, limit)
	}
	return raw, err
}
