package firmware

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"fmt"
	"io"
	"os"
	"strings"
)

// Names of the files in a package.
const (
	manifestFile  = "manifest.json"
	signatureFile = "manifest.sig"
	imageFile     = "image.bin"
)

// maxArchive bounds a package file; an image that does not compress takes a little more space than it has bytes.
const maxArchive = MaxImage + MaxImage/256 + 2*MaxManifest

// contents are the files of a package with their largest sizes in bytes.
func contents() map[string]int64 {
	return map[string]int64{manifestFile: MaxManifest, signatureFile: ed25519.SignatureSize, imageFile: MaxImage}
}

// ReadFile reads the package at path.
func ReadFile(path string) (*Package, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read firmware package: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read firmware package: %w", err)
	}
	p, err := Read(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("read firmware package %s: %w", path, err)
	}
	return p, nil
}

// Read reads a package of size bytes. It accepts exactly the three files, each once and within its size, and a
// manifest that [ParseManifest] accepts; it checks neither signature nor digest. Errors wrap ErrFormat, or are r's.
func Read(r io.ReaderAt, size int64) (*Package, error) {
	if size > maxArchive {
		return nil, fmt.Errorf("%w: %d bytes, at most %d are allowed", ErrFormat, size, maxArchive)
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: not a ZIP archive, or cut short: %w", ErrFormat, err)
	}
	files, err := readFiles(z)
	if err != nil {
		return nil, err
	}
	p := &Package{Raw: files[manifestFile], Signature: files[signatureFile], Image: files[imageFile]}
	if len(p.Signature) != ed25519.SignatureSize {
		return nil, fmt.Errorf("%w: %s has %d bytes, want %d", ErrFormat, signatureFile, len(p.Signature), ed25519.SignatureSize)
	}
	if p.Manifest, err = ParseManifest(p.Raw); err != nil {
		return nil, err
	}
	return p, nil
}

func readFiles(z *zip.Reader) (map[string][]byte, error) {
	limits, files := contents(), map[string][]byte{}
	for _, f := range z.File {
		limit, known := limits[f.Name]
		if !known {
			return nil, fmt.Errorf("%w: it holds %q, which is no part of a package", ErrFormat, clip(f.Name))
		}
		if _, twice := files[f.Name]; twice {
			return nil, fmt.Errorf("%w: it holds %s twice", ErrFormat, f.Name)
		}
		data, err := readEntry(f, limit)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrFormat, f.Name, err)
		}
		files[f.Name] = data
	}
	var missing []string
	for _, name := range []string{manifestFile, signatureFile, imageFile} {
		if _, ok := files[name]; !ok {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return nil, fmt.Errorf("%w: %s is missing", ErrFormat, strings.Join(missing, " and "))
	}
	return files, nil
}

func clip(name string) string {
	if len(name) > 64 {
		return name[:64] + "..."
	}
	return name
}

// readEntry trusts the size that the archive gives as a bound: package zip fails once an entry turns out longer.
func readEntry(f *zip.File, limit int64) ([]byte, error) {
	if f.UncompressedSize64 > uint64(limit) {
		return nil, fmt.Errorf("%d bytes, at most %d are allowed", f.UncompressedSize64, limit)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// WriteFile writes p to path.
func WriteFile(path string, p *Package) error {
	var b bytes.Buffer
	if err := Write(&b, p); err != nil {
		return fmt.Errorf("write firmware package %s: %w", path, err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write firmware package: %w", err)
	}
	return nil
}

// Write writes p as an archive that Read accepts. The same package always gives the same bytes.
func Write(w io.Writer, p *Package) error {
	z := zip.NewWriter(w)
	files := []struct {
		name string
		data []byte
	}{{manifestFile, p.Raw}, {signatureFile, p.Signature}, {imageFile, p.Image}}
	limits := contents()
	for _, f := range files {
		if n := int64(len(f.data)); n > limits[f.name] {
			return fmt.Errorf("%s has %d bytes, at most %d are allowed", f.name, n, limits[f.name])
		}
		entry, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate})
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		if _, err := entry.Write(f.data); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return z.Close()
}
