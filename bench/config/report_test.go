package config_test

import (
	"strings"
	"testing"

	"otabench/bench/config"
)

func TestReport(t *testing.T) {
	const name = "name: b\n"
	stated := "report:\n  customer: Body Electronics\n  received: 2026-02-23\n  environment: {temperature: 23 °C ± 2 K}\n  authorised_by: {name: A. Example, role: head}\n" + name
	f, err := config.Parse("b.yaml", with(t, name, stated))
	if err != nil {
		t.Fatal(err)
	}
	want := config.Report{
		Customer: "Body Electronics", Received: "2026-02-23",
		Environment:  config.Environment{Temperature: "23 °C ± 2 K"},
		AuthorisedBy: config.Person{Name: "A. Example", Role: "head"},
	}
	if f.Report == nil || *f.Report != want {
		t.Errorf("%+v, want %+v", f.Report, want)
	}
	for text, want := range map[string]string{
		"report: {received: yesterday}":          `report.received: "yesterday" is not a date`,
		"report: {costumer: x}":                  "costumer: unknown key",
		"report: {authorised_by: somebody else}": "report.authorised_by",
	} {
		if got := problems(t, with(t, name, text+"\n"+name)); !strings.Contains(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", text, got, want)
		}
	}
}
