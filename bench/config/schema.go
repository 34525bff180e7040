package config

import (
	_ "embed"
	"encoding/json"
	"path"
	"reflect"
	"time"

	"github.com/invopop/jsonschema"

	"otabench/ecu/description"
)

//go:embed bench.schema.json
var schema []byte

// Schema returns the JSON Schema of bench files, as it is checked in.
func Schema() []byte { return schema }

// generate makes the schema from the types of the bench file.
func generate() ([]byte, error) {
	r := &jsonschema.Reflector{
		FieldNameTag: "yaml",
		Anonymous:    true,
		Mapper:       mapQuantity,
		Namer:        definition,
	}
	s := r.Reflect(&File{})
	shorten(s, reflect.TypeFor[description.Routine](), &jsonschema.Schema{Type: "integer", Minimum: "0", Maximum: "65535", Description: "routineIdentifier alone"})
	shorten(s, reflect.TypeFor[Catalogue](), &jsonschema.Schema{Type: "string", Description: "catalogue that is part of otabench, such as un-r156 or un-r156@01"})
	s.Title = "otabench bench file"
	b, err := json.MarshalIndent(s, "", "  ")
	return append(b, '\n'), err
}

// definition names the definition of a type. Several packages have a type Address, and maps have no name: they are
// described where they stand.
func definition(t reflect.Type) string {
	if t.Name() == "" {
		return ""
	}
	return path.Base(t.PkgPath()) + "." + t.Name()
}

// mapQuantity describes values with units, which bench files write as text.
func mapQuantity(t reflect.Type) *jsonschema.Schema {
	if text, ok := quantities[t]; ok {
		return &jsonschema.Schema{Type: "string", Pattern: `^-?[0-9]+(\.[0-9]+)? ?[pnuµmkMG]?(V|A|Ohm|Ω|F)$`, Description: text}
	}
	if t == dateType {
		return &jsonschema.Schema{Type: "string", Pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`, Description: wanted(t)}
	}
	if t == reflect.TypeFor[time.Duration]() {
		return &jsonschema.Schema{Type: "string", Pattern: `^([0-9]+(\.[0-9]+)? ?(ns|us|µs|ms|s|m|h))+$`, Description: wanted(t)}
	}
	return nil
}

// shorten lets values of a type be written short.
func shorten(s *jsonschema.Schema, t reflect.Type, short *jsonschema.Schema) {
	name := definition(t)
	if full, ok := s.Definitions[name]; ok {
		s.Definitions[name] = &jsonschema.Schema{OneOf: []*jsonschema.Schema{short, full}}
	}
}
