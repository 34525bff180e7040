package config

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"otabench/ecu/description"
	"otabench/power/scpi"
)

// LoadDescription reads and checks the description of an ECU from a file of its own. Paths in it are relative to the
// file. An error that is not from the file system is an *Error.
func LoadDescription(path string) (description.ECU, []byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return description.ECU{}, nil, fmt.Errorf("read the description: %w", err)
	}
	d, err := ParseDescription(path, text)
	return d, text, err
}

// ParseDescription decodes and checks the description of an ECU. Its error is an *Error.
func ParseDescription(name string, text []byte) (description.ECU, error) {
	d, c, err := decode[description.ECU](name, "description of an ECU", text)
	if err != nil {
		return description.ECU{}, err
	}
	for _, p := range d.Validate() {
		c.at(p.Path, "%s", p.Text)
	}
	if len(c.problems) > 0 {
		return description.ECU{}, (&Error{File: name, Problems: c.problems}).sorted()
	}
	return d.Resolve(filepath.Dir(name)), nil
}

// LoadSupply reads and checks the description of a supply from a file of its own. An error that is not from the file
// system is an *Error.
func LoadSupply(path string) (scpi.Description, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return scpi.Description{}, fmt.Errorf("read the description of the supply: %w", err)
	}
	return ParseSupply(path, text)
}

// ParseSupply decodes and checks the description of a supply. Its error is an *Error.
func ParseSupply(name string, text []byte) (scpi.Description, error) {
	d, c, err := decode[scpi.Description](name, "description of a supply", text)
	if err != nil {
		return scpi.Description{}, err
	}
	for _, p := range d.Validate() {
		c.at(p.Path, "%s", p.Text)
	}
	if len(c.problems) > 0 {
		return scpi.Description{}, (&Error{File: name, Problems: c.problems}).sorted()
	}
	return *d, nil
}

// readSupplies puts descriptions of supplies from files where the bench file names them.
func (f *File) readSupplies() error {
	for _, role := range slices.Sorted(maps.Keys(f.Supplies)) {
		s := f.Supplies[role]
		if s.DescriptionFile == "" || s.Model != scpi.Generic {
			continue
		}
		file := s.DescriptionFile
		if !filepath.IsAbs(file) {
			file = filepath.Join(filepath.Dir(f.source.name), file)
		}
		var err error
		if s.Description, err = LoadSupply(file); err != nil {
			return err
		}
		f.Supplies[role] = s
	}
	return nil
}

// readDescriptions puts descriptions from files where the bench file names them. Those in the bench file itself are
// relative to it.
func (f *File) readDescriptions(c *checker) error {
	dir := filepath.Dir(f.source.name)
	for _, role := range slices.Sorted(maps.Keys(f.ECUs)) {
		e, path := f.ECUs[role], "ecus."+role
		_, inline := c.places[path+".description"]
		switch {
		case inline == (e.DescriptionFile != ""):
			c.at(path, "want either description or description_file")
			continue
		case inline:
			e.Description = e.Description.Resolve(dir)
		default:
			file := e.DescriptionFile
			if !filepath.IsAbs(file) {
				file = filepath.Join(dir, file)
			}
			d, text, err := LoadDescription(file)
			if err != nil {
				return err
			}
			e.Description, e.descriptionText = d, text
		}
		f.ECUs[role] = e
	}
	if len(c.problems) > 0 {
		return (&Error{File: f.source.name, Problems: c.problems}).sorted()
	}
	return nil
}

// DescriptionText is the text of the description file of an ECU; nil if the description is in the bench file.
func (e ECU) DescriptionText() []byte { return e.descriptionText }
