package config

import (
	"fmt"
	"path"
)

// Catalogue names requirements that runs on the bench are judged by: those that are part of otabench by their name alone, a
// customer's by a file.
type Catalogue struct {
	Name string `yaml:"name,omitempty" jsonschema:"description=catalogue that is part of otabench such as un-r156 or un-r156@01; otabench catalogue lists them"`
	File string `yaml:"file,omitempty" jsonschema:"description=file with a catalogue in YAML or CSV or ReqIF; relative to the bench file"`
	// ID, Title and Version are those of a CSV or ReqIF file, which has no room for them.
	ID      string `yaml:"id,omitempty" jsonschema:"description=id of the catalogue in a CSV or ReqIF file; made of the file's name if left out"`
	Title   string `yaml:"title,omitempty" jsonschema:"description=title of the catalogue in a CSV or ReqIF file"`
	Version string `yaml:"version,omitempty" jsonschema:"description=version of the catalogue in a CSV or ReqIF file; the beginning of its digest if left out"`
}

// UnmarshalYAML reads a catalogue, or its name alone.
func (c *Catalogue) UnmarshalYAML(unmarshal func(any) error) error {
	var name string
	if unmarshal(&name) == nil {
		*c = Catalogue{Name: name}
		return nil
	}
	type plain Catalogue
	return unmarshal((*plain)(c))
}

// Short says that a catalogue may be written as its name alone.
func (Catalogue) Short() any { return "" }

func (f *File) validateCatalogues(c *checker) {
	for i, one := range f.Catalogues {
		at := fmt.Sprintf("catalogues[%d]", i)
		switch {
		case (one.Name == "") == (one.File == ""):
			c.at(at, "want either the name of a catalogue of otabench or the file of another")
		case path.Ext(one.Name) != "":
			c.at(at, "%q is the name of a file; want file: %s", one.Name, one.Name)
		case one.Name != "" && (one.ID != "" || one.Title != "" || one.Version != ""):
			c.at(at, "a catalogue of otabench has its own id, title and version")
		}
	}
}
