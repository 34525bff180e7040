package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"unicode"
	"unicode/utf8"
)

const (
	maxEntries = 100_000 // files and folders
	maxDepth   = 8       // folders within folders
	maxPath    = 1000    // bytes
	maxTotal   = 1 << 37 // bytes of all files; a few minutes of reading
)

// entry is a regular file that was found.
type entry struct {
	path string
	size int64
}

// walker gathers what a folder holds.
type walker struct {
	root     *os.Root
	without  []string
	files    []entry
	problems []Problem
	folded   map[string]string
	seen     int
	total    int64
}

// walk lists the regular files of a folder by path, and what may not be there.
func walk(root *os.Root, without []string) ([]entry, []Problem, error) {
	w := &walker{root: root, without: without, folded: map[string]string{}}
	if err := w.dir(".", 0); err != nil {
		return nil, nil, err
	}
	slices.SortFunc(w.files, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	slices.SortFunc(w.problems, func(a, b Problem) int { return strings.Compare(a.File, b.File) })
	return w.files, w.problems, nil
}

func (w *walker) dir(name string, depth int) error {
	d, err := w.root.OpenFile(name, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return fmt.Errorf("list the folder %s: %w", name, err)
	}
	defer d.Close()
	for {
		entries, err := d.ReadDir(1000)
		for _, e := range entries {
			if w.seen++; w.seen > maxEntries {
				return Problem{name, fmt.Sprintf("at most %d files and folders", maxEntries), "more"}
			}
			if err := w.entry(path.Join(name, e.Name()), depth); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list the folder %s: %w", name, err)
		}
	}
}

func (w *walker) entry(name string, depth int) error {
	if depth == 0 && slices.Contains(w.without, name) {
		return nil // looked at for itself
	}
	info, err := w.root.Lstat(name)
	if err != nil {
		return fmt.Errorf("look at %s: %w", name, err)
	}
	other := w.folded[fold(name)]
	w.folded[fold(name)] = name
	switch err := checkPath(name); {
	case err != nil:
		w.problem(name, "a name that each system reads alike", err.Error())
	case other != "":
		w.problem(name, "one file of this name", fmt.Sprintf("%.200q as well, which is the same on some systems", other))
	case info.IsDir() && depth >= maxDepth:
		w.problem(name, fmt.Sprintf("folders at most %d deep", maxDepth), "a folder")
	case info.IsDir():
		return w.dir(name, depth+1)
	case !info.Mode().IsRegular():
		w.problem(name, "a regular file", kind(info.Mode()))
	case info.Size() > maxTotal-w.total:
		w.problem(name, "at most "+bytesOf(maxTotal)+" in all", "more")
	default:
		w.total += info.Size()
		w.files = append(w.files, entry{name, info.Size()})
	}
	return nil
}

func (w *walker) problem(name, expected, found string) {
	w.problems = append(w.problems, Problem{name, expected, found})
}

// open opens a regular file without waiting for a writer of a pipe or following a link.
func open(root *os.Root, name string) (*os.File, int64, error) {
	before, err := root.Lstat(name)
	if err != nil {
		return nil, 0, err
	}
	if !before.Mode().IsRegular() {
		return nil, 0, Problem{name, "a regular file", kind(before.Mode())}
	}
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && !os.SameFile(before, info) {
		err = Problem{name, "one file", "another one a moment later"}
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}

// checkPath refuses paths that lead elsewhere, or that two systems read differently.
func checkPath(name string) error {
	switch {
	case !utf8.ValidString(name):
		return errors.New("the name is not UTF-8")
	case len(name) > maxPath:
		return fmt.Errorf("the path has %d bytes, want at most %d", len(name), maxPath)
	case !fs.ValidPath(name) || name == ".":
		return errors.New("the path is absolute, empty, or leads out of the folder")
	case strings.ContainsAny(name, `\:`):
		return errors.New("the name has a backslash or a colon")
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }):
		return errors.New("the name has characters that nobody sees")
	}
	return nil
}

// fold is equal for names that are one on a system that does not tell apart capitals.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }

func kind(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "a symbolic link"
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	case m.IsDir():
		return "a folder"
	}
	return "something else"
}
