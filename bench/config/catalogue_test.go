package config_test

import (
	"reflect"
	"strings"
	"testing"

	"otabench/bench/config"
)

func TestCatalogues(t *testing.T) {
	f, err := config.Parse("dir/b.yaml", []byte(good+"catalogues: [ota, un-r156@00, file: customer.yaml, {file: x.csv, id: X, title: t, version: '3'}]\n"))
	want := []config.Catalogue{{Name: "ota"}, {Name: "un-r156@00"}, {File: "customer.yaml"}, {File: "x.csv", ID: "X", Title: "t", Version: "3"}}
	if err != nil || !reflect.DeepEqual(f.Catalogues, want) {
		t.Errorf("%+v, %v", f.Catalogues, err)
	}
	for text, want := range map[string]string{
		"[customer.yaml]":         `catalogues[0]: "customer.yaml" is the name of a file; want file: customer.yaml`,
		"[ota, {id: X}]":          "catalogues[1]: want either",
		"[{name: a, file: b}]":    "catalogues[0]: want either",
		"[{name: a, version: b}]": "catalogues[0]: a catalogue of otabench has its own",
		"[{path: a}]":             "path",
		"ota":                     "catalogues: want a list",
		"['']":                    "catalogues[0]: want either",
	} {
		if got := problems(t, []byte(good+"catalogues: "+text+"\n")); !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %q", text, got, want)
		}
	}
}
