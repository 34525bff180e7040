package catalogue

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed data/*.yaml
var data embed.FS

// embedded are the catalogues of otabench in the order of reports.
var embedded = []struct {
	file string
	// latest is the edition that a catalogue is read in where none is named: the latest that is known to be in force.
	latest bool
}{
	{"ota", true},
	{"un-r156-00", true},
	{"un-r156-01", false},
	{"iso-24089", true},
	{"iso-14229-1", true},
	{"iso-14229-2", true},
}

// All returns the catalogues that are part of this version, in all their editions, in the order of reports.
func All() ([]Catalogue, error) { return read(func(bool) bool { return true }) }

// Default returns the catalogues that a run is judged by if nobody chooses others: all that are part of this version,
// each in the latest edition that is known to be in force.
func Default() ([]Catalogue, error) { return read(func(latest bool) bool { return latest }) }

func read(wanted func(latest bool) bool) ([]Catalogue, error) {
	var all []Catalogue
	for _, e := range embedded {
		if !wanted(e.latest) {
			continue
		}
		name := "data/" + e.file + ".yaml"
		text, err := data.ReadFile(name)
		if err != nil {
			return nil, err
		}
		c, err := parseYAML(name, text)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// Find returns the catalogue of this version that a reference names: its id, in upper or lower case, and perhaps an edition
// (un-r156@01). Without one it is the latest that is known to be in force.
func Find(ref string) (Catalogue, error) {
	all, err := All()
	if err != nil {
		return Catalogue{}, err
	}
	if i := slices.IndexFunc(all, func(c Catalogue) bool { return strings.EqualFold(c.Ref(), ref) }); i >= 0 {
		return all[i], nil
	}
	latest, err := Default()
	if err != nil {
		return Catalogue{}, err
	}
	if i := slices.IndexFunc(latest, func(c Catalogue) bool { return strings.EqualFold(c.ID, ref) }); i >= 0 {
		return latest[i], nil
	}
	return Catalogue{}, &UnknownError{ref, refs(all)}
}

func refs(all []Catalogue) []string {
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = strings.ToLower(c.Ref())
	}
	return names
}

// UnknownError says that no catalogue of this version has a name.
type UnknownError struct {
	Ref  string
	Have []string
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("there is no catalogue %.100q; there are %s, and a file of yours: .yaml, .csv, .reqif or .reqifz",
		e.Ref, strings.Join(e.Have, ", "))
}
