package profile

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:embed library/*.yaml
var library embed.FS

// Library returns the names of the profiles that come with the package, sorted.
func Library() []string {
	entries, err := fs.ReadDir(library, "library")
	if err != nil {
		panic(err) // the files are part of the program
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Named returns a profile of the library, or ErrUnknown.
func Named(name string) (*Profile, error) {
	path := "library/" + name + ".yaml"
	text, err := library.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w %.60q; known are %s", ErrUnknown, name, strings.Join(Library(), ", "))
	}
	return Parse(path, text)
}
