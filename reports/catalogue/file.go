package catalogue

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// MaxFile bounds the file of a catalogue in bytes.
const MaxFile = 32 << 20

// Identity is what a catalogue is called where its file has no room for that.
type Identity struct {
	ID      string // made of the file's name if empty
	Title   string // that of a ReqIF document, or else the id, if empty
	Version string // the beginning of the file's digest if empty
}

// complete fills what is empty.
func (i Identity) complete(file, title string, text []byte) Identity {
	if i.ID == "" {
		base := path.Base(strings.ReplaceAll(file, `\`, "/"))
		i.ID = strings.Trim(unsafe.ReplaceAllString(strings.TrimSuffix(base, path.Ext(base)), "-"), "-._")
	}
	if i.Title == "" {
		i.Title = title
	}
	if i.Title == "" {
		i.Title = i.ID
	}
	if i.Version == "" {
		i.Version = Digest(text)[:12]
	}
	return i
}

var unsafe = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// extensions of the files that Parse reads.
var extensions = []string{".yaml", ".yml", ".csv", ".reqif", ".reqifz"}

// IsFile says whether a name of a catalogue is that of a file.
func IsFile(name string) bool { return slices.Contains(extensions, Extension(name)) }

// Extension is that of a file's name, in lower case.
func Extension(name string) string { return strings.ToLower(path.Ext(name)) }

// Parse reads a customer's catalogue, in the format that the file's name ends with. Files that say themselves what they are
// called need no Identity. Its error is an *Error with the lines of the file.
func Parse(file string, text []byte, as Identity) (Catalogue, error) {
	switch Extension(file) {
	case ".yaml", ".yml":
		return parseYAML(file, text)
	case ".csv":
		return parseCSV(file, text, as)
	case ".reqif", ".reqifz":
		return ParseReqIF(file, text, as, Attributes{})
	}
	return Catalogue{}, wrong(file, 0, 0, "%.20q is no format of catalogues; want %s", Extension(file), strings.Join(extensions, ", "))
}

// ReadFile reads the text of a catalogue's file, which is no longer than it may be.
func ReadFile(in fs.FS, file string) ([]byte, error) {
	info, err := fs.Stat(in, file) // before it is opened, as a pipe that nobody writes to could block for ever
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, wrong(file, 0, 0, "is no file")
	}
	f, err := in.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read the catalogue %s: %w", file, err)
	}
	if len(text) > MaxFile {
		return nil, wrong(file, 0, 0, "more than %d bytes are too many for a catalogue", MaxFile)
	}
	return text, nil
}
