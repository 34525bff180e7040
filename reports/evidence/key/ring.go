package key

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Ring is the public keys that somebody trusts.
type Ring []Public

// maxRing bounds how many keys a folder may hold.
const maxRing = 1000

// TrustedDir is the folder of the keys that a user trusts always.
func TrustedDir() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "otabench", "trusted"), nil
}

// ReadRing reads public keys from files, and from all files .pem of folders but private keys.
func ReadRing(paths ...string) (Ring, error) {
	var r Ring
	for _, path := range paths {
		files := []string{path}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			if files, err = publicFiles(path); err != nil {
				return nil, fmt.Errorf("read the trusted keys in %s: %w", path, err)
			}
		}
		for _, file := range files {
			p, err := ReadPublic(file)
			if err != nil {
				return nil, err
			}
			r = append(r, p)
		}
	}
	return r, nil
}

// ReadTrusted reads the keys in TrustedDir; none if there is no such folder.
func ReadTrusted() (Ring, error) {
	dir, err := TrustedDir()
	if err != nil {
		return nil, nil // no home, no keys
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return ReadRing(dir)
}

// publicFiles lists the public keys of a folder, by name.
func publicFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		private := strings.TrimSuffix(e.Name(), ".pem") + ".pub.pem"
		if _, err := os.Stat(filepath.Join(dir, private)); err == nil || filepath.Ext(e.Name()) != ".pem" {
			continue
		}
		files = append(files, filepath.Join(dir, e.Name()))
	}
	if len(files) > maxRing {
		return nil, fmt.Errorf("%d keys, want at most %d", len(files), maxRing)
	}
	return files, nil
}

// Find returns the trusted key with an id, with the name that its user gave it.
func (r Ring) Find(id string) (Public, bool) {
	for _, p := range r {
		if p.ID() == id {
			return p, true
		}
	}
	return Public{}, false
}
