package odx_test

import (
	"strings"
	"testing"

	"otabench/ecu/odx"
)

// service is one with a request of some parameters, and no response.
func service(name, params string) string {
	return `<DIAG-SERVICE><SHORT-NAME>` + name + `</SHORT-NAME><REQUEST-REF ID-REF="q.` + name + `"/></DIAG-SERVICE>|` +
		`<REQUEST ID="q.` + name + `"><PARAMS>` + params + `</PARAMS></REQUEST>`
}

func serving(services ...string) string {
	var comms, requests strings.Builder
	for _, s := range services {
		comm, request, _ := strings.Cut(s, "|")
		comms.WriteString(comm)
		requests.WriteString(request)
	}
	return ecu(`<DIAG-COMMS>` + comms.String() + `</DIAG-COMMS><REQUESTS>` + requests.String() + `</REQUESTS>`)
}

func TestServices(t *testing.T) {
	byteParam := `<PARAM xsi:type="RESERVED"><SHORT-NAME>R</SHORT-NAME><BIT-LENGTH>8</BIT-LENGTH></PARAM>`
	tests := []struct{ name, document, note string }{
		{
			"no request", serving(`<DIAG-SERVICE><SHORT-NAME>A</SHORT-NAME></DIAG-SERVICE>`),
			"A is left out: it has no REQUEST-REF",
		},
		{
			"request that is not there",
			serving(`<DIAG-SERVICE><SHORT-NAME>A</SHORT-NAME><REQUEST-REF ID-REF="q"/></DIAG-SERVICE>`),
			`test.pdx:3:53: REQUEST-REF leads to "q", which is not there`,
		},
		{
			"service that is not there", serving(`<DIAG-COMM-REF ID-REF="s"/>`),
			`DIAG-COMM-REF leads to "s", which is not there`,
		},
		{"no service", serving(service("A", byteParam)), "service A is left out: its request does not begin with a constant"},
		{
			"short", serving(service("A", constant("0x22F1", 16))),
			"service A is left out: its request has 2 bytes, and 22 has at least 3",
		},
		{"any identifier", serving(service("A", constant("0x22", 8)+byteParam+byteParam)), "what it is about is a parameter"},
		{"identifier 0", serving(service("A", constant("0x220000", 24))), "data identifier 0000 is not accepted"},
		{"routine 0", serving(service("A", constant("0x31010000", 32))), "routine 0000 is not accepted"},
		{"session 0", serving(service("A", constant("0x1080", 16))), "session 00 is not accepted"},
		{"level 7F", serving(service("A", constant("0x277F", 16))), "security level 7F is not accepted"},
		{
			"maker's own", serving(service("A", constant("0xBA", 8))),
			"services that ISO 14229-1 does not have are left out: A (BA)",
		},
		{
			"others", serving(service("A", constant("0x14FFFFFF", 32)), service("B", constant("0x3E00", 16))),
			"have no place in one: A (14), B (3E)",
		},
		{
			"resets", serving(service("Hard", constant("0x1101", 16)), service("Soft", constant("0x1183", 16))),
			"may name one: 01 Hard, 03 Soft",
		},
		{
			"two of one number",
			serving(service("A", constant("0x22FD01", 24)), service("B", constant("0x22FD01", 24)+byteParam)), "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, notes := describe(t, []byte(tt.document), odx.Choice{})
			if !strings.Contains(strings.Join(notes, "\n"), tt.note) {
				t.Errorf("notes %q, want one with %s", notes, tt.note)
			}
		})
	}
}

// Suppressed responses are the same sessions, resets and levels; standard names stay with the standard's numbers.
func TestNumbersAndNames(t *testing.T) {
	e, _ := describe(t, []byte(serving(
		service("Extended", constant("0x1083", 16)),
		service("Maker", constant("0x1041", 16)),
		service("MakerSilent", constant("0x10C1", 16)),
		service("Boot_Seed", constant("0x2705", 16)),
		service("Boot_Key", constant("0x2706", 16)),
		service("Serial_Read", constant("0x220100", 24)),
		service("ECUSerialNumber_Read", constant("0x22F18C", 24)),
		service("Erase_Start", constant("0x31010102", 32)),
		service("Erase_Stop", constant("0x31020102", 32)),
	)), odx.Choice{})
	if e.Sessions.Extended != 3 || len(e.Sessions.Others) != 1 || e.Sessions.Others["maker"] != 0x41 {
		t.Errorf("sessions are %+v", e.Sessions)
	}
	if e.Security.Level != 5 || len(e.Unlocks) != 0 {
		t.Errorf("security is %+v, unlocks are %+v", e.Security, e.Unlocks)
	}
	if e.Identifiers["serial"].ID != 0xF18C || e.Identifiers["serial_0100"].ID != 0x0100 {
		t.Errorf("identifiers are %+v", e.Identifiers)
	}
	if e.Routines["erase"].Exists() || e.Routines["erase_0102"].ID != 0x0102 {
		t.Errorf("routines are %+v", e.Routines)
	}
}

// IDs may be the same in several documents; DOCREF and IMPORT-REF tell them apart.
func TestReferencesBetweenDocuments(t *testing.T) {
	shared := func(name, bits string) string {
		return `<ODX xmlns:xsi="x"><DIAG-LAYER-CONTAINER><SHORT-NAME>c_` + name + `</SHORT-NAME>` +
			`<ECU-SHARED-DATAS><ECU-SHARED-DATA ID="` + name + `"><SHORT-NAME>` + name + `</SHORT-NAME>` +
			`<DIAG-DATA-DICTIONARY-SPEC><DATA-OBJECT-PROPS>` + object(standard("A_UINT32", bits), "") +
			`</DATA-OBJECT-PROPS></DIAG-DATA-DICTIONARY-SPEC></ECU-SHARED-DATA></ECU-SHARED-DATAS></DIAG-LAYER-CONTAINER></ODX>`
	}
	one, two := shared("one", "8"), shared("two", "16")
	plain := reading("", "")
	refer := func(reference string) string { return strings.Replace(plain, `<DOP-REF ID-REF="d"/>`, reference, 1) }
	more := func(document, text string) string {
		return strings.Replace(document, "</BASE-VARIANT>", text+"</BASE-VARIANT>", 1)
	}
	tests := []struct {
		name, document string
		length         int // of the identifier, in bytes; 0 where it is not known
		note           string
	}{
		{
			"DOCREF",
			refer(`<DOP-REF ID-REF="d" DOCREF="two" DOCTYPE="LAYER"/>`), 2,
			"",
		},
		{
			"container",
			refer(`<DOP-REF ID-REF="d" DOCREF="c_one" DOCTYPE="CONTAINER"/>`),
			1, "",
		},
		{
			"IMPORT-REF", more(plain, `<IMPORT-REFS><IMPORT-REF ID-REF="two"/></IMPORT-REFS>`),
			2, "",
		},
		{"neither", plain, 0, `DOP-REF leads to "d", which is not there`},
		{
			"SNREF", more(refer(`<DOP-SNREF SHORT-NAME="speed"/>`), `<PARENT-REFS><PARENT-REF ID-REF="two"/></PARENT-REFS>`),
			2, "",
		},
		{
			"SNREF that is not there",
			refer(`<DOP-SNREF SHORT-NAME="speed"/>`), 0,
			`DOP-SNREF leads to "speed", which ecu does not have`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, notes := describe(t, pack(t, files{"ecu.odx-d": tt.document, "one.odx-d": one, "two.odx-d": two}), odx.Choice{})
			if got := e.Identifiers["speed"].Length; got != tt.length {
				t.Errorf("it has %d bytes, want %d; notes %q", got, tt.length, notes)
			}
			if !strings.Contains(strings.Join(notes, "\n"), tt.note) {
				t.Errorf("notes %q, want one with %s", notes, tt.note)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	simple := func(name, value string) string {
		return `<COMPARAM-REF ID-REF="x.` + name + `"><SIMPLE-VALUE>` + value + `</SIMPLE-VALUE></COMPARAM-REF>`
	}
	row := func(request, response, layer string) string {
		var b strings.Builder
		for _, v := range []string{
			"normal segmented 29-bit transmit with FC", request, "0",
			"normal segmented 29-bit receive with FC", response, "0",
			"", "4294967295", "0", layer,
		} {
			b.WriteString("<SIMPLE-VALUE>" + v + "</SIMPLE-VALUE>")
		}
		return "<COMPLEX-VALUE>" + b.String() + "</COMPLEX-VALUE>"
	}
	table := func(rows string) string {
		return `<COMPARAM-REF ID-REF="x.CP_UniqueRespIdTable"><COMPLEX-VALUE>` + rows + `</COMPLEX-VALUE></COMPARAM-REF>`
	}
	rows := row("1", "2", "other") + row("0x18DA10F1", "0x18DAF110", "ecu")
	tests := []struct {
		name, parameters  string
		request, response uint32
		note              string
	}{
		{"single", simple("CP_CanPhysReqId", "0x7E0") + simple("CP_CanRespUSDTId", "2024"), 0x7E0, 0x7E8, ""},
		{"own row", table(rows), 0x18DA10F1, 0x18DAF110, ""},
		{"no own row", table(strings.ReplaceAll(rows, ">ecu<", ">else<")), 1, 2, "of 2 rows of addresses none is for ecu"},
		{"no table", table(""), 0, 0, "address.request: is missing"},
		{"no number", simple("CP_CanPhysReqId", "seven"), 0, 0, `CP_CanPhysReqId: "seven" is no whole number`},
		{"too large", simple("CP_CanPhysReqId", "0x20000000"), 0, 0, "CP_CanPhysReqId: 536870912 is no CAN identifier"},
		{
			"both the same", simple("CP_CanPhysReqId", "5") + simple("CP_CanRespUSDTId", "5"), 0, 0,
			"address.response: 0x5 is the identifier of requests as well",
		},
		{
			"functional of another length",
			simple("CP_CanPhysReqId", "0x18DA10F1") + simple("CP_CanRespUSDTId", "0x18DAF110") +
				simple("CP_CanFuncReqId", "0x7DF"),
			0x18DA10F1, 0x18DAF110, "functional requests have identifiers of another length, 0x7df, which is left out",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, notes := describe(t, []byte(ecu("<COMPARAM-REFS>"+tt.parameters+"</COMPARAM-REFS>")), odx.Choice{})
			if e.Address.Request != tt.request || e.Address.Response != tt.response {
				t.Errorf("address %+v, want %#x and %#x", e.Address, tt.request, tt.response)
			}
			if !strings.Contains(strings.Join(notes, "\n"), tt.note) {
				t.Errorf("notes %q, want one with %s", notes, tt.note)
			}
		})
	}
}
