package odx_test

import (
	"archive/zip"
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/description"
	"otabench/ecu/odx"
)

var update = flag.Bool("update", false, "write the golden files")

// files are the entries of an archive by name.
type files map[string]string

// pack makes an archive.
func pack(tb testing.TB, all files) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range all {
		w, err := z.Create(name)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// bcm are the documents of testdata/bcm, and things that archives of makers hold beside documents.
func bcm(tb testing.TB) files {
	tb.Helper()
	all := files{"index.xml": "<CATALOG/>", "pairing.jar": "PK"}
	paths, err := filepath.Glob("testdata/bcm/*")
	if err != nil || len(paths) != 4 {
		tb.Fatalf("testdata/bcm has %d documents, %v; want 4", len(paths), err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		all[filepath.Base(path)] = string(text)
	}
	return all
}

func describe(tb testing.TB, data []byte, c odx.Choice) (description.ECU, []string) {
	tb.Helper()
	db, err := odx.Read("test.pdx", data)
	if err != nil {
		tb.Fatal(err)
	}
	e, notes, err := db.Describe(c)
	if err != nil {
		tb.Fatal(err)
	}
	return e, notes
}

func TestDescriptions(t *testing.T) {
	archive := pack(t, bcm(t))
	old, err := os.ReadFile("testdata/gauge.odx")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		golden string
		data   []byte
		choice odx.Choice
	}{
		{"bcm_high", archive, odx.Choice{Variant: "bcm_high"}},
		{"bcm_low", archive, odx.Choice{Variant: "bcm_low", Protocol: "uds_on_can"}},
		{"bcm", archive, odx.Choice{Variant: "bcm"}},
		{"gauge", old, odx.Choice{}},
	}
	for _, tt := range tests {
		t.Run(tt.golden, func(t *testing.T) {
			e, notes := describe(t, tt.data, tt.choice)
			if err := e.Check(); err != nil {
				t.Errorf("the description is not valid: %v", err)
			}
			got, err := description.Marshal(e, notes...)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata/golden", tt.golden+".yaml")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("description (-want +got); -update writes it:\n%s", diff)
			}
		})
	}
}

// The values are those that odxtools decodes from the same archive, where a description can say them.
func TestValues(t *testing.T) {
	high, _ := describe(t, pack(t, bcm(t)), odx.Choice{Variant: "bcm_high"})
	low, _ := describe(t, pack(t, bcm(t)), odx.Choice{Variant: "bcm_low"})
	tests := []struct {
		ecu              description.ECU
		name, data, want string
	}{
		{high, "supply_voltage", "3039", "12.345 V"},
		{low, "supply_voltage", "85", "13.3 V"},
		{high, "state_of_charge", "50", "40 %"},
		{high, "state_of_charge", "FF", "unknown"},
		{high, "active_slot", "41", "A"},
		{
			high, "door_status", "546DF6024142",
			"voltage=13.5 V, left_door=open, trim=-2, temperature=-10 °C, label_length=2, label=AB",
		},
		{high, "counters", "3930010005", "counter_1_count=12345, counter_2_count=1, rest=05"},
		{high, "oddities", "FE807800410042123402", "ones=254, curve=128, steps=120, wide=00410042, digits=1234, mode=on"},
		{high, "window", "5080", "position=40 %, blocked=open"},
		{high, "gear", "03", "3"},
	}
	for _, tt := range tests {
		data, err := hex.DecodeString(tt.data)
		if err != nil {
			t.Fatal(err)
		}
		_, did, err := tt.ecu.Identifier(tt.name)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := did.Decode(data); got != tt.want {
			t.Errorf("%s reads %s as %q, want %q", tt.name, tt.data, got, tt.want)
		}
	}
	if _, there := low.Identifiers["oddities"]; there {
		t.Error("bcm_low has oddities, which it does not inherit")
	}
}

func TestVariants(t *testing.T) {
	db, err := odx.Read("bcm.pdx", pack(t, bcm(t)))
	if err != nil {
		t.Fatal(err)
	}
	protocols := []string{"uds_on_can"}
	const long = "Body control module, high line"
	want := []odx.Variant{
		{Name: "bcm", Kind: "BASE-VARIANT", LongName: "Body control module", Protocols: protocols},
		{Name: "bcm_high", Kind: "ECU-VARIANT", LongName: long, Base: "bcm", Protocols: protocols},
		{Name: "bcm_low", Kind: "ECU-VARIANT", Base: "bcm", Protocols: protocols},
	}
	if diff := cmp.Diff(want, db.Variants()); diff != "" {
		t.Errorf("variants (-want +got):\n%s", diff)
	}
	for c, want := range map[odx.Choice]string{
		{}:                                       "bcm.pdx: has several variants; name one of bcm, bcm_high, bcm_low",
		{Variant: "tcm"}:                         `bcm.pdx: has no variant "tcm"; there are bcm, bcm_high, bcm_low`,
		{Variant: "bcm", Protocol: "kwp_on_can"}: `bcm.pdx: bcm has no protocol "kwp_on_can"; there are uds_on_can`,
	} {
		if _, _, err := db.Describe(c); err == nil || err.Error() != want {
			t.Errorf("Describe(%+v): %v, want %s", c, err, want)
		}
	}
}

// The order of entries, and what else is in an archive, make no difference.
func TestSameEachTime(t *testing.T) {
	first, notes := describe(t, pack(t, bcm(t)), odx.Choice{Variant: "bcm_high"})
	for range 5 {
		again, other := describe(t, pack(t, bcm(t)), odx.Choice{Variant: "bcm_high"})
		if diff := cmp.Diff(first, again); diff != "" {
			t.Fatalf("another description (-first +again):\n%s", diff)
		}
		if !slices.Equal(notes, other) {
			t.Fatalf("other notes: %v, and before %v", other, notes)
		}
	}
}

func Example() {
	const document = `<ODX MODEL-VERSION="2.2.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<DIAG-LAYER-CONTAINER><SHORT-NAME>example</SHORT-NAME>
  <BASE-VARIANTS><BASE-VARIANT ID="bcm"><SHORT-NAME>bcm</SHORT-NAME>
    <DIAG-DATA-DICTIONARY-SPEC><DATA-OBJECT-PROPS><DATA-OBJECT-PROP ID="volts">
      <SHORT-NAME>volts</SHORT-NAME>
      <COMPU-METHOD><CATEGORY>LINEAR</CATEGORY><COMPU-INTERNAL-TO-PHYS><COMPU-SCALES><COMPU-SCALE>
        <COMPU-RATIONAL-COEFFS><COMPU-NUMERATOR><V>0</V><V>1</V></COMPU-NUMERATOR>
          <COMPU-DENOMINATOR><V>10</V></COMPU-DENOMINATOR></COMPU-RATIONAL-COEFFS>
      </COMPU-SCALE></COMPU-SCALES></COMPU-INTERNAL-TO-PHYS></COMPU-METHOD>
      <DIAG-CODED-TYPE BASE-DATA-TYPE="A_UINT32" xsi:type="STANDARD-LENGTH-TYPE">
        <BIT-LENGTH>8</BIT-LENGTH></DIAG-CODED-TYPE>
    </DATA-OBJECT-PROP></DATA-OBJECT-PROPS></DIAG-DATA-DICTIONARY-SPEC>
    <DIAG-COMMS><DIAG-SERVICE><SHORT-NAME>ReadSupply</SHORT-NAME><REQUEST-REF ID-REF="q"/>
      <POS-RESPONSE-REFS><POS-RESPONSE-REF ID-REF="a"/></POS-RESPONSE-REFS></DIAG-SERVICE></DIAG-COMMS>
    <REQUESTS><REQUEST ID="q"><PARAMS><PARAM xsi:type="CODED-CONST"><CODED-VALUE>0x22FD03</CODED-VALUE>
      <DIAG-CODED-TYPE BASE-DATA-TYPE="A_UINT32" xsi:type="STANDARD-LENGTH-TYPE">
        <BIT-LENGTH>24</BIT-LENGTH></DIAG-CODED-TYPE>
    </PARAM></PARAMS></REQUEST></REQUESTS>
    <POS-RESPONSES><POS-RESPONSE ID="a"><PARAMS><PARAM xsi:type="VALUE"><SHORT-NAME>Supply</SHORT-NAME>
      <BYTE-POSITION>3</BYTE-POSITION><DOP-REF ID-REF="volts"/></PARAM></PARAMS></POS-RESPONSE></POS-RESPONSES>
  </BASE-VARIANT></BASE-VARIANTS>
</DIAG-LAYER-CONTAINER></ODX>`
	db, err := odx.Read("example.odx-d", []byte(document))
	if err != nil {
		fmt.Println(err)
		return
	}
	e, notes, err := db.Describe(odx.Choice{Variant: "bcm"})
	fmt.Println(e.Identifiers["supply"].Decode([]byte{135}), err)
	fmt.Println(strings.Join(notes[:1], "\n"))
	// Output:
	// 13.5 <nil>
	// made from BASE-VARIANT bcm (example.odx-d:3)
}
