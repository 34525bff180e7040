package description_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"otabench/ecu/description"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		format, data, want string
	}{
		{description.ASCII, "312E322E30", "1.2.0"},
		{description.ASCII, "312E300000FF20", "1.0"},
		{description.ASCII, "411B5B33316D22", `A\x1b[31m"`},
		{description.ASCII, "FFFF", ""},
		{description.ASCII, "", ""},
		{description.Hex, "01ab", "01AB"},
		{"", "01ab", "01AB"},
		{description.Uint, "00003039", "12345"},
		{description.Uint, "FFFFFFFFFFFFFFFFFF", "4722366482869645213695"},
		{description.Uint, "", ""},
		{description.Uint, strings.Repeat("FF", 17), strings.Repeat("FF", 17)},
		{description.BCD, "20260115", "20260115"},
		{description.BCD, "2A", "2A"},
	}
	for _, tt := range tests {
		data, err := hex.DecodeString(tt.data)
		if err != nil {
			t.Fatal(err)
		}
		if got := (description.DID{Codec: description.Codec{Format: tt.format}}).Decode(data); got != tt.want {
			t.Errorf("Decode(%s as %s) = %q, want %q", tt.data, tt.format, got, tt.want)
		}
	}
}

func TestEncode(t *testing.T) {
	tests := []struct {
		format string
		length int
		text   string
		want   string // hexadecimal, or a part of the error after "!"
	}{
		{description.ASCII, 0, "1.2", "312e32"},
		{description.ASCII, 5, "1.2", "312e320000"},
		{description.ASCII, 2, "1.2", "!3 bytes, want 2"},
		{description.ASCII, 0, "é", "!not a printable ASCII"},
		{description.Hex, 0, "01 AB", "01ab"},
		{description.Hex, 0, "1", "!even number"},
		{"", 1, "0102", "!2 bytes, want 1"},
		{description.Uint, 4, "12345", "00003039"},
		{description.Uint, 2, "0xFFFF", "ffff"},
		{description.Uint, 2, "65536", "!does not fit 2 bytes"},
		{description.Uint, 2, "-1", "!not negative"},
		{description.Uint, 0, "1", "!needs its length"},
		{description.BCD, 4, "20260115", "20260115"},
		{description.BCD, 0, "2A", "!not a decimal digit"},
	}
	for _, tt := range tests {
		d := description.DID{ID: 0xF190, Codec: description.Codec{Format: tt.format, Length: tt.length}}
		data, err := d.Encode(tt.text)
		if part, wantErr := strings.CutPrefix(tt.want, "!"); wantErr {
			if err == nil || !strings.Contains(err.Error(), part) || !strings.Contains(err.Error(), "F190") {
				t.Errorf("Encode(%q as %s) = %X, %v; want an error with F190 and %q", tt.text, tt.format, data, err, part)
			}
		} else if got := hex.EncodeToString(data); got != tt.want || err != nil {
			t.Errorf("Encode(%q as %s) = %s, %v; want %s", tt.text, tt.format, got, err, tt.want)
		}
	}
}

func TestIdentifier(t *testing.T) {
	e := description.ECU{Identifiers: map[string]description.DID{
		"slot":                      {ID: 0xFD00, Codec: description.Codec{Format: description.Uint}},
		description.SoftwareVersion: {ID: 0xF195, Codec: description.Codec{Format: description.Hex}},
	}}
	tests := []struct {
		ref, name string
		id        uint16
	}{
		{"vin", "vin", 0xF190},
		{"0xF190", "vin", 0xF190},
		{"F190", "vin", 0xF190},
		{"f190", "vin", 0xF190},
		{"slot", "slot", 0xFD00},
		{"0xfd00", "slot", 0xFD00},
		{"software_version", "software_version", 0xF195},
		{"1234", "1234", 0x1234},
	}
	for _, tt := range tests {
		name, did, err := e.Identifier(tt.ref)
		if err != nil || name != tt.name || did.ID != tt.id {
			t.Errorf("Identifier(%q) = %s, %04X, %v; want %s, %04X", tt.ref, name, did.ID, err, tt.name, tt.id)
		}
	}
	for _, ref := range []string{"", "colour", "12345", "-1"} {
		if _, _, err := e.Identifier(ref); err == nil || !strings.Contains(err.Error(), "slot, ") {
			t.Errorf("Identifier(%q): %v, want an error that lists the names", ref, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("ascii", []byte("WVW\x00\xff"))
	f.Add("uint", []byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, format string, data []byte) {
		shown := description.DID{Codec: description.Codec{Format: format}}.Decode(data)
		for _, r := range shown {
			if r < ' ' || r > '~' {
				t.Errorf("Decode(%X as %s) = %q, which a terminal would obey", data, format, shown)
			}
		}
	})
}
