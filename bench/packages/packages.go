// Package packages finds the firmware packages that a bench file names for an ECU.
//
//	set, err := packages.Load("bcm", file.ECUs["bcm"], filepath.Dir(path))
//	next := set["next"]
//
// A package that cannot be read, or one of the roles that a suite relies on that does not verify with the ECU's key, is
// an error before anything is energised.
package packages

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"otabench/bench/config"
	"otabench/bench/example"
	"otabench/ecu/firmware"
)

// good are the roles whose packages have to be right; all others may be wrong on purpose.
var good = []string{"current", "next", "large", "advance"}

// Error says what is wrong with the packages of an ECU. It is the bench file's fault, not the bench's.
type Error struct {
	ECU, Role string
	Err       error
}

func (e *Error) Error() string {
	if e.Role == "" {
		return fmt.Sprintf("ECU %s: %v", e.ECU, e.Err)
	}
	return fmt.Sprintf("ECU %s, package %q: %v", e.ECU, e.Role, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Load reads the packages of an ECU by role. Relative paths are relative to dir. Its error is an *Error.
func Load(role string, e config.ECU, dir string) (map[string]*firmware.Package, error) {
	set := map[string]*firmware.Package{}
	for _, name := range slices.Sorted(maps.Keys(e.Packages)) {
		p, err := One(role, e, name, dir)
		if err != nil {
			return nil, err
		}
		set[name] = p
	}
	return set, nil
}

// One reads the package of an ECU that has a role. Relative paths are relative to dir. Its error is an *Error.
func One(role string, e config.ECU, name, dir string) (*firmware.Package, error) {
	p, err := load(e, e.Packages[name], dir)
	if err == nil && slices.Contains(good, name) {
		err = verify(p, e, dir)
	}
	if err != nil {
		return nil, &Error{ECU: role, Role: name, Err: err}
	}
	return p, nil
}

// Require says what the suite installs and an ECU has no package for. Its error is an *Error.
func Require(role string, set map[string]*firmware.Package) error {
	for _, name := range []string{"current", "next"} {
		if set[name] == nil {
			return &Error{ECU: role, Role: name, Err: fmt.Errorf("is missing; the suite installs it; name it under ecus.%s.packages", role)}
		}
	}
	return nil
}

// verify checks a signed package with the ECU's key. The files of a release have been compared with its digests, and
// whether a maker's signatures in them are right is for the ECU to say.
func verify(p *firmware.Package, e config.ECU, dir string) error {
	if p.Files != nil {
		return nil
	}
	key, err := Trust(e, dir)
	if err != nil {
		return fmt.Errorf("trust: %w", err)
	}
	return p.Verify(key)
}

// Trust is the key that an ECU's signed packages must verify with. Relative paths are relative to dir.
func Trust(e config.ECU, dir string) (ed25519.PublicKey, error) {
	switch e.Trust {
	case "":
		return nil, errors.New("is missing; it names the public key that signed packages must verify with")
	case "example":
		return firmware.PublicKey(example.Key()), nil
	}
	return firmware.ReadPublicKey(resolve(dir, e.Trust))
}

func load(e config.ECU, source, dir string) (*firmware.Package, error) {
	if name, ok := strings.CutPrefix(source, "example:"); ok {
		return example.Package(name, e.Description.Programming.System, e.Description.Programming.Hardware)
	}
	return firmware.Load(resolve(dir, source))
}

func resolve(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
