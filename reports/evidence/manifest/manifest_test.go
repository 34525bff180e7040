package manifest_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"otabench/reports/evidence/manifest"
)

// folder makes a folder with files, whose names may have folders before them.
func folder(t *testing.T, files map[string]string) (string, *os.Root) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return dir, root
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

var three = map[string]string{"b.csv": "0,1\n", "a.log": "", "points/x/record.jsonl": "{}\n", "sealed.json": "later"}

func TestAManifestListsEveryFile(t *testing.T) {
	_, root := folder(t, three)
	got, err := manifest.Of(t.Context(), root, "sealed.json")
	if err != nil {
		t.Fatal(err)
	}
	want := []manifest.File{ // by sha256sum
		{Path: "a.log", Size: 0, SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{Path: "b.csv", Size: 4, SHA256: "8d66c089414bb76bc2ee5c11465c93257821752b4e08be4f1d70737b9fa10f0c"},
		{Path: "points/x/record.jsonl", Size: 3, SHA256: "ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if err := manifest.Valid(got, "sealed.json"); err != nil {
		t.Error(err)
	}
	problems, read, err := manifest.Check(t.Context(), root, got, "sealed.json")
	if err != nil || len(problems) > 0 || read != 7 {
		t.Errorf("%v, %d bytes, %v", problems, read, err)
	}
}

func TestEachChangeIsNamed(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(t *testing.T, dir string)
		want   string
	}{
		"a byte":     {func(t *testing.T, dir string) { write(t, dir+"/b.csv", "0,2\n") }, "b.csv: expected SHA-256 8d66c0"},
		"longer":     {func(t *testing.T, dir string) { write(t, dir+"/b.csv", "0,1\n\n") }, "b.csv: expected 4 bytes, found 5 bytes"},
		"no longer":  {func(t *testing.T, dir string) { write(t, dir+"/a.log", "x") }, "a.log: expected 0 bytes, found 1 byte"},
		"gone":       {func(t *testing.T, dir string) { try(t, os.RemoveAll(dir+"/points")) }, "points/x/record.jsonl: expected a file of 3 bytes, found nothing"},
		"added":      {func(t *testing.T, dir string) { write(t, dir+"/z", "x") }, "z: expected no such file, found a file of 1 byte"},
		"hidden":     {func(t *testing.T, dir string) { write(t, dir+"/.z", "x") }, ".z: expected no such file"},
		"below":      {func(t *testing.T, dir string) { write(t, dir+"/points/x/sealed.json", "x") }, "points/x/sealed.json: expected no such file"},
		"link":       {func(t *testing.T, dir string) { relink(t, dir+"/b.csv", "a.log") }, "b.csv: expected a regular file, found a symbolic link"},
		"link out":   {func(t *testing.T, dir string) { relink(t, dir+"/b.csv", "/etc/passwd") }, "b.csv: expected a regular file, found a symbolic link"},
		"link aside": {func(t *testing.T, dir string) { relink(t, dir+"/points/y", "x") }, "points/y: expected a regular file, found a symbolic link"},
		"pipe":       {func(t *testing.T, dir string) { try(t, syscall.Mkfifo(dir+"/pipe", 0o644)) }, "pipe: expected a regular file, found a named pipe"},
		"socket":     {func(t *testing.T, dir string) { listen(t, dir+"/socket") }, "socket: expected a regular file, found a socket"},
		"folder":     {func(t *testing.T, dir string) { try(t, os.Remove(dir+"/b.csv")); write(t, dir+"/b.csv/c", "x") }, "b.csv: expected a file of 4 bytes, found nothing"},
		"capitals":   {func(t *testing.T, dir string) { write(t, dir+"/B.CSV", "0,1\n") }, `expected one file of this name, found "`},
		"backslash":  {func(t *testing.T, dir string) { write(t, dir+`/..\x`, "x") }, `..\x: expected a name that each system reads alike, found the name has a backslash`},
		"unseen":     {func(t *testing.T, dir string) { write(t, dir+"/\u202egpj.x", "x") }, "found the name has characters that nobody sees"},
		"escape":     {func(t *testing.T, dir string) { write(t, dir+"/\x1b[2J", "x") }, "found the name has characters that nobody sees"},
		"no text":    {func(t *testing.T, dir string) { write(t, dir+"/\xff", "x") }, "found the name is not UTF-8"},
		"deep":       {func(t *testing.T, dir string) { write(t, dir+strings.Repeat("/d", 20)+"/f", "x") }, "expected folders at most 8 deep"},
		"sparse": {func(t *testing.T, dir string) {
			write(t, dir+"/bomb", "")
			try(t, os.Truncate(dir+"/bomb", 1<<42))
		}, "bomb: expected at most 137438953472 bytes in all, found more"},
		"grown sparse": {func(t *testing.T, dir string) { try(t, os.Truncate(dir+"/b.csv", 1<<36)) }, "b.csv: expected 4 bytes, found 68719476736 bytes"},
	} {
		dir, root := folder(t, three)
		files, err := manifest.Of(t.Context(), root, "sealed.json")
		if err != nil {
			t.Fatal(err)
		}
		tt.change(t, dir)
		problems, _, err := manifest.Check(t.Context(), root, files, "sealed.json")
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(problems) == 0 || !slices.ContainsFunc(problems, func(p manifest.Problem) bool { return strings.Contains(p.Error(), tt.want) }) {
			t.Errorf("%s: %v, want %q", name, problems, tt.want)
		}
		if name != "folder" && len(problems) != 1 { // there, the file is gone and another one came
			t.Errorf("%s: %d problems: %v", name, len(problems), problems)
		}
	}
}

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func relink(t *testing.T, path, to string) {
	t.Helper()
	try(t, os.RemoveAll(path))
	try(t, os.Symlink(to, path))
}

func listen(t *testing.T, path string) {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
}

// What would make a run's evidence worthless, or hand out a key, is no manifest.
func TestFoldersThatAreNotListed(t *testing.T) {
	for name, tt := range map[string]struct {
		prepare func(t *testing.T, dir string)
		want    string
	}{
		"link": {func(t *testing.T, dir string) { relink(t, dir+"/x", "b.csv") }, "x: expected a regular file, found a symbolic link"},
		"pipe": {func(t *testing.T, dir string) { try(t, syscall.Mkfifo(dir+"/x", 0o644)) }, "a named pipe"},
		"private key": {func(t *testing.T, dir string) {
			write(t, dir+"/x.pem", "# me\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
		}, "x.pem: expected evidence, found a private key"},
		"other private key": {func(t *testing.T, dir string) { write(t, dir+"/id_rsa", "-----BEGIN OPENSSH PRIVATE KEY-----\n") }, "a private key"},
	} {
		dir, root := folder(t, three)
		tt.prepare(t, dir)
		if _, err := manifest.Of(t.Context(), root); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	dir, root := folder(t, three)
	write(t, dir+"/key.pub.pem", "-----BEGIN PUBLIC KEY-----\n")
	if _, err := manifest.Of(t.Context(), root); err != nil {
		t.Errorf("a public key: %v", err)
	}
}

func TestListsThatNobodyMakes(t *testing.T) {
	const sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	file := func(path string) manifest.File { return manifest.File{Path: path, SHA256: sum} }
	for name, tt := range map[string]struct {
		files []manifest.File
		want  string
	}{
		"absolute":       {[]manifest.File{file("/etc/passwd")}, "leads out of the folder"},
		"out":            {[]manifest.File{file("../x")}, "leads out of the folder"},
		"out within":     {[]manifest.File{file("a/../../x")}, "leads out of the folder"},
		"itself":         {[]manifest.File{file(".")}, "leads out of the folder"},
		"empty":          {[]manifest.File{file("")}, "leads out of the folder"},
		"drive":          {[]manifest.File{file("C:x")}, "colon"},
		"long":           {[]manifest.File{file(strings.Repeat("x", 2000))}, "2000 bytes"},
		"twice":          {[]manifest.File{file("a"), file("a")}, "behind"},
		"out of order":   {[]manifest.File{file("b"), file("a")}, "behind"},
		"capitals":       {[]manifest.File{file("A"), file("a")}, "one file on some systems"},
		"the evidence":   {[]manifest.File{file("sealed.json")}, "made from it"},
		"negative":       {[]manifest.File{{Path: "a", Size: -1, SHA256: sum}}, "-1 bytes"},
		"bomb":           {[]manifest.File{{Path: "a", Size: 1 << 60, SHA256: sum}}, "bytes"},
		"bombs":          {[]manifest.File{{Path: "a", Size: 1 << 37, SHA256: sum}, {Path: "b", Size: 1, SHA256: sum}}, "bytes"},
		"no digest":      {[]manifest.File{{Path: "a"}}, "as SHA-256"},
		"in capitals":    {[]manifest.File{{Path: "a", SHA256: strings.ToUpper(sum)}}, "as SHA-256"},
		"another digest": {[]manifest.File{{Path: "a", SHA256: sum[:40]}}, "as SHA-256"},
	} {
		if err := manifest.Valid(tt.files, "sealed.json"); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

func TestReadFileIsBounded(t *testing.T) {
	dir, root := folder(t, map[string]string{"a": "12345"})
	if text, err := manifest.ReadFile(root, "a", 5); err != nil || string(text) != "12345" {
		t.Errorf("%q %v", text, err)
	}
	if _, err := manifest.ReadFile(root, "a", 4); err == nil || !strings.Contains(err.Error(), "expected at most 4 bytes, found 5 bytes") {
		t.Error(err)
	}
	relink(t, dir+"/b", "a")
	if _, err := manifest.ReadFile(root, "b", 5); err == nil || !strings.Contains(err.Error(), "a symbolic link") {
		t.Error(err)
	}
	try(t, syscall.Mkfifo(dir+"/c", 0o644))
	if _, err := manifest.ReadFile(root, "c", 5); err == nil || !strings.Contains(err.Error(), "a named pipe") {
		t.Error(err)
	}
	if _, err := manifest.ReadFile(root, "../a", 5); err == nil {
		t.Error("a file outside was read")
	}
	if _, err := manifest.ReadFile(root, "none", 5); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestCheckEndsWithItsContext(t *testing.T) {
	_, root := folder(t, three)
	files, err := manifest.Of(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := manifest.Check(ctx, root, files); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := manifest.Of(ctx, root); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A path that a manifest may hold never leads out of the folder.
func FuzzValid(f *testing.F) {
	for _, path := range []string{"a", "../a", "/a", "a//b", `a\b`, "a/./b", "a\x00b"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		const sum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
		if manifest.Valid([]manifest.File{{Path: path, SHA256: sum}}) != nil {
			return
		}
		if !filepath.IsLocal(path) || filepath.Clean(path) != path {
			t.Errorf("%q is taken", path)
		}
	})
}

func Example() {
	root, err := os.OpenRoot("testdata/run")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer root.Close()
	files, err := manifest.Of(context.Background(), root)
	if err != nil {
		fmt.Println(err)
		return
	}
	files[0].Size++
	problems, _, err := manifest.Check(context.Background(), root, files)
	fmt.Println(problems, err)
	// Output: [console-bcm.log: expected 15 bytes, found 14 bytes] <nil>
}
