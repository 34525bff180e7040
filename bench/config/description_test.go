package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/bench/config"
	"otabench/bench/embedded"
	"otabench/ecu/description"
)

const gauge = `
address: {request: 0x714, response: 0x77E}
security: {level: 0x03, algorithm: program, program: [./keygen, --fast], secret: "file:secret.hex"}
identifiers:
  speed: {id: 0x0200, writable: true, format: uint, length: 2, scale: 0.01, unit: km/h, values: {0xFFFF: invalid}}
  doors: {id: 0x0201, length: 1, fields: [{name: left, bits: 1, format: uint}, {name: right, bit: 1, bits: 1, format: uint}]}
routines:
  preconditions: 0
  verify: {id: 0x0205, options: "01 {crc32}", pass: ["10"], values: {"20": wrong}}
  start_loader: 0x0301
programming:
  hardware: IPC-1
  sequence: [{step: session}, {step: unlock}, {step: blocks}, {step: routine, routine: start_loader, block: app}, {step: verify}]
  blocks: [{name: app, source: app, index: 1, by_index: true, fill: 0xFF}]
`

// inline is the description in the good file.
var inline = good[strings.Index(good, "    description:"):]

func TestDescriptionFile(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "ecus/gauge.yaml", gauge)
	bench := strings.Replace(good, inline, "    description_file: ecus/gauge.yaml\n", 1)
	f, err := config.Parse(filepath.Join(dir, "b.yaml"), []byte(bench))
	if err != nil {
		t.Fatal(err)
	}
	e := f.ECUs["bcm"]
	d := e.Description
	if d.Identifiers["speed"].Decode([]byte{0x30, 0x39}) != "123.45 km/h" || d.Identifiers["speed"].Decode([]byte{0xFF, 0xFF}) != "invalid" {
		t.Errorf("speed is %+v", d.Identifiers["speed"])
	}
	if !d.Identifiers["speed"].Writable || d.Identifiers["doors"].Writable {
		t.Errorf("writable are %+v, want speed alone", d.Identifiers)
	}
	if got := d.Identifiers["doors"].Decode([]byte{2}); got != "left=0, right=1" {
		t.Errorf("doors read %q", got)
	}
	if d.Routines["preconditions"].Exists() || d.Routines["start_loader"].ID != 0x0301 || d.Routines["verify"].Meaning([]byte{0x20}) != "wrong" {
		t.Errorf("routines are %+v", d.Routines)
	}
	if want := filepath.Join(dir, "ecus", "keygen"); d.Security.Program[0] != want || d.Security.Secret != "file:"+filepath.Join(dir, "ecus", "secret.hex") {
		t.Errorf("security is %+v, want paths relative to the description", d.Security)
	}
	if string(e.DescriptionText()) != gauge {
		t.Error("the text of the description is not kept")
	}
}

func TestBadDescriptionFiles(t *testing.T) {
	dir := t.TempDir()
	tests := []struct{ name, text, want string }{
		{"unknown key", strings.Replace(gauge, "unit:", "units:", 1), "gauge.yaml:5:77: identifiers.speed.units: unknown key"},
		{"key that is no number", strings.Replace(gauge, "0xFFFF: invalid", "top: invalid", 1), `"top" is not a whole number`},
		{"number that is too large", strings.Replace(gauge, "start_loader: 0x0301", "start_loader: 0x10301", 1), "gauge.yaml:10:17: routines.start_loader: 66305 does not fit"},
		{"wrong reference", strings.Replace(gauge, "routine: start_loader", "routine: start", 1), `programming.sequence[3].routine: there is no routine "start"`},
		{"no document", "", "want one YAML document, a description of an ECU"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, dir, "gauge.yaml", tt.text)
			if _, _, err := config.LoadDescription(path); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
	for bench, want := range map[string]string{
		strings.Replace(good, inline, "", 1):                                      "want either description or description_file",
		strings.Replace(good, inline, inline+"    description_file: x.yaml\n", 1): "want either description or description_file",
		strings.Replace(good, inline, "    description_file: none.yaml\n", 1):     "no such file",
	} {
		if _, err := config.Parse(filepath.Join(dir, "b.yaml"), []byte(bench)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// What is written reads the same again.
func TestMarshalledDescription(t *testing.T) {
	embeddedFile, err := config.Parse(embedded.Name, embedded.YAML)
	if err != nil {
		t.Fatal(err)
	}
	first, err := config.ParseDescription("gauge.yaml", []byte(gauge))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []description.ECU{first, embeddedFile.ECUs["bcm"].Description} {
		d = d.WithDefaults()
		text, err := description.Marshal(d, "two lines\nof comment")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "# two lines\n# of comment\n") || !strings.Contains(string(text), "request: 0x7") {
			t.Errorf("it is written as\n%s", text)
		}
		again, err := config.ParseDescription("again.yaml", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(d, again.WithDefaults()); diff != "" {
			t.Errorf("it reads as another one (-want +got):\n%s", diff)
		}
	}
}
