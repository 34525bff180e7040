package config_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"otabench/bench/config"
	"otabench/bench/embedded"
)

func TestSchemaAcceptsTheEmbeddedFile(t *testing.T) {
	if err := validate(t, string(embedded.UnitYAML)); err != nil {
		t.Errorf("%#v", err)
	}
}

func TestSchemaAcceptsCatalogues(t *testing.T) {
	text := string(embedded.UnitYAML) + "catalogues: [ota, un-r156@00, file: customer.yaml, {file: x.csv, id: X, version: '3'}]\n"
	if err := validate(t, text); err != nil {
		t.Errorf("%#v", err)
	}
}

func TestSchemaRefuses(t *testing.T) {
	for _, c := range []struct{ name, old, replacement, want string }{
		{"unknown key", "name: embedded", "name: embedded\ncolour: red", "colour"},
		{"missing key", "name: embedded-unit\n", "", "name"},
		{"voltage without unit", "nominal: 13.5V", "nominal: 13.5", "nominal"},
		{"wrong enum", "ina226", "ina3221", "model"},
		{"a catalogue's key", "name: embedded-unit\n", "name: embedded-unit\ncatalogues: [{path: a}]\n", "catalogues"},
		{"out of range", "channel: 1", "channel: 9", "channel"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(string(embedded.UnitYAML), c.old, c.replacement, 1)
			if text == string(embedded.UnitYAML) {
				t.Fatal("nothing was replaced")
			}
			if err := validate(t, text); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want an error about %s", err, c.want)
			}
		})
	}
}

// validate checks a bench file with the schema as an editor would.
func validate(t *testing.T, text string) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(config.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("bench.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("bench.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(instance)
}
