package manifest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// File is a regular file of a folder.
type File struct {
	Path   string `json:"path"` // below the folder, with slashes
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Problem is something about a file that is not as it has to be.
type Problem struct {
	File     string
	Expected string
	Found    string
}

func (p Problem) Error() string { return p.File + ": expected " + p.Expected + ", found " + p.Found }

// Of lists the files of a folder by path, but for those that without names. What is no regular file is an error, and so is a
// private key, which nobody wants to hand out.
func Of(ctx context.Context, root *os.Root, without ...string) ([]File, error) {
	found, problems, err := walk(root, without)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, problems[0]
	}
	files := make([]File, len(found))
	for i, f := range found {
		s, err := digest(ctx, root, f)
		if err != nil {
			return nil, err
		}
		if s.private {
			return nil, Problem{f.path, "evidence", "a private key, which has no place in a run folder"}
		}
		files[i] = File{f.path, f.size, s.sha256}
	}
	return files, nil
}

// Check says what differs in a folder from the list that was made of it, by path. Files with names in without may be there.
// Only files of the listed size are read. read is how many bytes that were.
func Check(ctx context.Context, root *os.Root, listed []File, without ...string) (problems []Problem, read int64, err error) {
	found, problems, err := walk(root, without)
	if err != nil {
		return nil, 0, err
	}
	stay := map[string]entry{}
	for _, f := range found {
		stay[f.path] = f
	}
	known := map[string]bool{}
	for _, want := range listed {
		known[want.Path] = true
		got, there := stay[want.Path]
		switch {
		case !there:
			// What is no regular file was named already.
			if !slices.ContainsFunc(problems, func(p Problem) bool { return p.File == want.Path }) {
				problems = append(problems, Problem{want.Path, "a file of " + bytesOf(want.Size), "nothing"})
			}
			continue
		case got.size != want.Size:
			problems = append(problems, Problem{want.Path, bytesOf(want.Size), bytesOf(got.size)})
			continue
		}
		s, err := digest(ctx, root, got)
		switch {
		case ctx.Err() != nil:
			return nil, 0, ctx.Err()
		case err != nil:
			problems = append(problems, Problem{want.Path, "a file that can be read", err.Error()})
		case s.sha256 != want.SHA256:
			problems = append(problems, Problem{want.Path, "SHA-256 " + want.SHA256, "SHA-256 " + s.sha256})
		}
		read += got.size
	}
	for _, f := range found {
		if !known[f.path] {
			problems = append(problems, Problem{f.path, "no such file", "a file of " + bytesOf(f.size) + " that was not there when the folder was sealed"})
		}
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return strings.Compare(a.File, b.File) })
	return problems, read, nil
}

// Valid says why a list is none that Of makes: each path one that may be, in order, and none of the names in without.
func Valid(files []File, without ...string) error {
	if len(files) > maxEntries {
		return fmt.Errorf("the manifest lists %d files, want at most %d", len(files), maxEntries)
	}
	folded := map[string]string{}
	var total int64
	for i, f := range files {
		if err := checkPath(f.Path); err != nil {
			return fmt.Errorf("the manifest lists %.200q: %w", f.Path, err)
		}
		sum, err := hex.DecodeString(f.SHA256)
		total += f.Size
		switch other := folded[fold(f.Path)]; {
		case i > 0 && files[i-1].Path >= f.Path:
			return fmt.Errorf("the manifest lists %.200q behind %.200q", f.Path, files[i-1].Path)
		case other != "":
			return fmt.Errorf("the manifest lists %.200q and %.200q, which are one file on some systems", other, f.Path)
		case slices.Contains(without, f.Path):
			return fmt.Errorf("the manifest lists %.200q, which is made from it", f.Path)
		case f.Size < 0 || f.Size > maxTotal || total > maxTotal:
			return fmt.Errorf("the manifest says that %.200q has %d bytes", f.Path, f.Size)
		case err != nil || len(sum) != sha256.Size || hex.EncodeToString(sum) != f.SHA256:
			return fmt.Errorf("the manifest has %.80q as SHA-256 of %.200q", f.SHA256, f.Path)
		}
		folded[fold(f.Path)] = f.Path
	}
	return nil
}

// ReadFile reads a regular file of a folder that has no more than limit bytes.
func ReadFile(root *os.Root, name string, limit int64) ([]byte, error) {
	f, size, err := open(root, name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > limit {
		return nil, Problem{name, "at most " + bytesOf(limit), bytesOf(size)}
	}
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) != size {
		err = Problem{name, bytesOf(size), "a file that grows or shrinks while it is read"}
	}
	return text, err
}

// summary is what one reading of a file tells.
type summary struct {
	sha256  string
	private bool // it is a private key in PEM
}

// digest reads a file once.
func digest(ctx context.Context, root *os.Root, e entry) (summary, error) {
	f, size, err := open(root, e.path)
	if err != nil {
		return summary{}, err
	}
	defer f.Close()
	if size != e.size {
		return summary{}, Problem{e.path, bytesOf(e.size), bytesOf(size) + ": the file changes while it is read"}
	}
	sum, buffer := sha256.New(), make([]byte, min(1<<20, size+1))
	var n int64
	var s summary
	for {
		if err := ctx.Err(); err != nil {
			return summary{}, err
		}
		k, err := f.Read(buffer)
		if n == 0 {
			s.private = isPrivate(buffer[:k])
		}
		_, _ = sum.Write(buffer[:k]) // never fails
		n += int64(k)
		if n > size || err == io.EOF && n < size {
			return summary{}, Problem{e.path, bytesOf(size), "a file that grows or shrinks while it is read"}
		}
		if err == io.EOF {
			s.sha256 = hex.EncodeToString(sum.Sum(nil))
			return s, nil
		}
		if err != nil {
			return summary{}, err
		}
	}
}

// isPrivate says whether a text begins as the file of a private key does, after comments.
func isPrivate(text []byte) bool {
	for line := range bytes.Lines(text[:min(len(text), 4096)]) {
		line = bytes.TrimSpace(line)
		if bytes.HasPrefix(line, []byte("-----BEGIN ")) {
			return bytes.HasSuffix(line, []byte("PRIVATE KEY-----"))
		}
	}
	return false
}

func bytesOf(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}
