package description

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Resolve makes the relative paths of a description relative to dir, where its file is: programs that are named with a
// path, certificates, and references to secrets in files.
func (e ECU) Resolve(dir string) ECU {
	e.Security = e.Security.resolve(dir)
	e.Unlocks = maps.Clone(e.Unlocks)
	for name, s := range e.Unlocks {
		e.Unlocks[name] = s.resolve(dir)
	}
	if e.Authentication != nil {
		a := *e.Authentication
		a.Certificate, a.Roots, a.Key = under(dir, a.Certificate), under(dir, a.Roots), secretUnder(dir, a.Key)
		e.Authentication = &a
	}
	e.Programming.ChecksumSecret = secretUnder(dir, e.Programming.ChecksumSecret)
	e.Programming.Blocks = slices.Clone(e.Programming.Blocks)
	for i, b := range e.Programming.Blocks {
		e.Programming.Blocks[i].Transform = programUnder(dir, b.Transform)
	}
	return e
}

func (s Security) resolve(dir string) Security {
	s.Secret, s.Program = secretUnder(dir, s.Secret), programUnder(dir, s.Program)
	return s
}

func under(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func secretUnder(dir, reference string) string {
	if path, ok := strings.CutPrefix(reference, "file:"); ok && path != "" {
		return "file:" + under(dir, path)
	}
	return reference
}

// programUnder leaves commands without a slash to be found as a shell finds them.
func programUnder(dir string, command []string) []string {
	if len(command) == 0 || !strings.Contains(command[0], "/") {
		return command
	}
	command = slices.Clone(command)
	if path := under(dir, command[0]); filepath.IsAbs(path) {
		command[0] = path
	} else {
		command[0] = "./" + path // and never one of that name elsewhere
	}
	return command
}
