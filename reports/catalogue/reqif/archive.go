package reqif

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"path/filepath"
	"strings"
)

const maxEntries = 10_000

// ParseArchive reads a .reqifz archive: a ZIP file with one ReqIF document, and perhaps pictures, which are left alone.
// Nothing is unpacked to a disk. Its error is an *Error.
func ParseArchive(data []byte) (Document, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Document{}, wrong(0, "is no ZIP archive: %v", err)
	}
	if len(z.File) > maxEntries {
		return Document{}, wrong(0, "%d files are too many for an archive; want at most %d", len(z.File), maxEntries)
	}
	var found []*zip.File
	for _, f := range z.File {
		if !filepath.IsLocal(f.Name) && f.Name != "" || strings.Contains(f.Name, `\`) {
			return Document{}, wrong(0, "the archive has a file %.100q, which would stand outside of it", f.Name)
		}
		if strings.EqualFold(path.Ext(f.Name), ".reqif") {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		return Document{}, wrong(0, "the archive has %d ReqIF documents; want one", len(found))
	}
	text, err := unpack(found[0])
	if err != nil {
		return Document{}, err
	}
	return Parse(text)
}

// unpack reads a file, however large it claims to be.
func unpack(f *zip.File) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, wrong(0, "unpack %.100q: %v", f.Name, err)
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, MaxSize+1))
	if err != nil {
		return nil, wrong(0, "unpack %.100q: %v", f.Name, err)
	}
	if len(text) > MaxSize {
		return nil, wrong(0, "%.100q unpacks to more than %d bytes", f.Name, MaxSize)
	}
	return text, nil
}
