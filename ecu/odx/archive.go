package odx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
)

// Limits of archives.
const (
	maxArchive = 256 << 20 // bytes of the file
	maxEntries = 10_000
)

// Open reads a document or an archive from a file. What is wrong with what is in it is an *Error.
func Open(file string) (*Database, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the ODX file: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxArchive+1))
	if err != nil {
		return nil, fmt.Errorf("read the ODX file: %w", err)
	}
	return Read(file, data)
}

// Read reads a document or an archive; name stands in errors. Its error is an *Error.
func Read(name string, data []byte) (*Database, error) {
	if len(data) > maxArchive {
		return nil, &Error{File: name, Text: fmt.Sprintf("is longer than %d MiB", maxArchive>>20)}
	}
	return read(name, data, maxDocument, maxElements)
}

func read(name string, data []byte, size int64, elements int) (*Database, error) {
	r := &reader{db: newDatabase(name), bytes: size, elements: elements}
	var err error
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("PK\x05\x06")) {
		err = r.archive(name, data)
	} else {
		err = r.document(name, bytes.NewReader(data))
	}
	if err == nil {
		err = r.db.link()
	}
	if err != nil {
		return nil, err
	}
	return r.db, nil
}

// reader reads documents into a database, and counts down what may still be read.
type reader struct {
	db       *Database
	bytes    int64
	elements int
}

// archive reads the documents of an archive, in the order of their names: that of the entries is chance.
func (r *reader) archive(name string, data []byte) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return &Error{File: name, Text: "is no ZIP archive that can be read: " + clean(err.Error())}
	}
	if len(z.File) > maxEntries {
		return &Error{File: name, Text: fmt.Sprintf("has %d entries; accepted: up to %d", len(z.File), maxEntries)}
	}
	files := slices.Clone(z.File)
	slices.SortStableFunc(files, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	documents := 0
	for _, f := range files {
		if !isDocument(f.Name) {
			continue
		}
		documents++
		if err := r.entry(name, f); err != nil {
			return err
		}
	}
	if documents == 0 {
		return &Error{File: name, Text: "has no ODX document; want entries with names such as NAME.odx-d"}
	}
	return nil
}

func (r *reader) entry(archive string, f *zip.File) error {
	name := archive + ":" + clean(f.Name)
	in, err := f.Open()
	if err != nil {
		return &Error{File: name, Text: "cannot be unpacked: " + clean(err.Error())}
	}
	defer in.Close()
	return r.document(name, in)
}

// isDocument knows documents by their extensions: .odx, and .odx-d, .odx-c, .odx-cs and so on.
func isDocument(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".odx" || strings.HasPrefix(ext, ".odx-")
}

// document reads one document. How long it is counts, not how long an archive says it is.
func (r *reader) document(name string, in io.Reader) error {
	counted := &counter{in: in, left: &r.bytes, name: name}
	root, err := parse(name, counted, "ODX", &r.elements)
	if err != nil {
		return err
	}
	return r.db.add(root)
}

// counter reads up to a limit that several documents share.
type counter struct {
	in   io.Reader
	left *int64
	name string
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.in.Read(b)
	if *c.left -= int64(n); *c.left < 0 {
		text := fmt.Sprintf("the documents are too long; accepted: up to %d MiB altogether", maxDocument>>20)
		return 0, &Error{File: c.name, Text: text}
	}
	return n, err
}
