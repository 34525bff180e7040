package description_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	. "otabench/ecu/description"
)

func TestNumbers(t *testing.T) {
	door := map[int64]string{0: "closed", 1: "open", -1: "unknown"}
	tests := []struct {
		codec      Codec
		data, text string
	}{
		{Codec{Format: Uint, Length: 2, Scale: 0.001, Unit: "V"}, "3039", "12.345 V"},
		{Codec{Format: Uint, Length: 1, Scale: 0.5, Offset: -40, Unit: "degC"}, "50", "0 degC"},
		{Codec{Format: Uint, Length: 1, Scale: 0.5, Offset: -40, Unit: "degC"}, "00", "-40 degC"},
		{Codec{Format: Int, Length: 2, Scale: 0.1}, "FFFF", "-0.1"},
		{Codec{Format: Int, Length: 1}, "80", "-128"},
		{Codec{Format: Uint, Length: 2, LittleEndian: true}, "3930", "12345"},
		{Codec{Format: Uint, Length: 1, Values: door}, "01", "open"},
		{Codec{Format: Int, Length: 1, Values: door}, "FF", "unknown"},
		{Codec{Format: Uint, Length: 1, Values: door}, "07", "7"},
		{Codec{Format: Uint, Length: 1, Values: map[int64]string{1: "on", 2: "on", 3: "on", 4: "on"}}, "01", "on"},
		{Codec{Format: Float, Length: 4, Unit: "A"}, "3FC00000", "1.5 A"},
		{Codec{Format: Float, Length: 8, Scale: 2}, "3FF8000000000000", "3"},
	}
	for _, tt := range tests {
		data, err := hex.DecodeString(tt.data)
		if err != nil {
			t.Fatal(err)
		}
		if got := tt.codec.Decode(data); got != tt.text {
			t.Errorf("%+v decodes %s as %q, want %q", tt.codec, tt.data, got, tt.text)
		}
		back, err := tt.codec.Encode(tt.text)
		if err != nil || !bytes.Equal(back, data) {
			t.Errorf("%+v encodes %q as %X, %v, want %s", tt.codec, tt.text, back, err, tt.data)
		}
	}
}

func TestNumbersThatCannotBeWritten(t *testing.T) {
	tests := []struct {
		codec      Codec
		text, want string
	}{
		{Codec{Format: Uint, Length: 1, Scale: 0.5}, "0.3", "0.5 apart"},
		{Codec{Format: Int, Length: 1}, "128", "does not fit 1 bytes"},
		{Codec{Format: Int, Length: 1}, "-129", "does not fit 1 bytes"},
		{Codec{Format: Uint, Length: 1, Values: map[int64]string{1: "on"}}, "off", `a number or one of "on"`},
		{Codec{Format: Float, Length: 2}, "1", "4 or 8"},
		{Codec{Format: Uint, Length: 1}, "1e999999999", "want a number"},
	}
	for _, tt := range tests {
		if data, err := tt.codec.Encode(tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v encodes %q as %X, %v; want an error with %q", tt.codec, tt.text, data, err, tt.want)
		}
	}
}

// status has a 12-bit voltage across two bytes, two doors, a signed temperature and text to its end.
var status = DID{ID: 0x0100, Fields: []Field{
	{Name: "voltage", Byte: 0, Bit: 4, Bits: 12, Codec: Codec{Format: Uint, Scale: 0.01, Unit: "V"}},
	{Name: "left", Byte: 1, Bit: 0, Bits: 1, Codec: Codec{Format: Uint, Values: map[int64]string{0: "closed", 1: "open"}}},
	{Name: "trim", Byte: 1, Bit: 1, Bits: 3, Codec: Codec{Format: Int}},
	{Name: "temperature", Byte: 2, Codec: Codec{Format: Int, Length: 1}},
	{Name: "label", Byte: 3, Codec: Codec{Format: ASCII}},
}}

func TestFields(t *testing.T) {
	data := []byte{0x54, 0x6D, 0xF6, 'A', 'B'}
	const want = "voltage=13.5 V, left=open, trim=-2, temperature=-10, label=AB"
	if got := status.Decode(data); got != want {
		t.Errorf("Decode = %q, want %q", got, want)
	}
	back, err := status.Encode(want)
	if err != nil || !bytes.Equal(back, data) {
		t.Errorf("Encode = % X, %v, want % X", back, err, data)
	}
	if got := status.Decode(data[:1]); got != "" {
		t.Errorf("a record that ends early decodes as %q, want no field", got)
	}
	if parts := status.Parts(data[:3]); len(parts) != 5 || parts[4].Value != "" {
		t.Errorf("Parts of three bytes = %v, want all fields and an empty label", parts)
	}
}

func TestFieldsThatCannotBeWritten(t *testing.T) {
	for text, want := range map[string]string{
		"voltage":                         "NAME=VALUE",
		"voltage=13.5 V":                  `field "left" is missing`,
		"voltage=99 V, left=open, trim=0": "does not fit 12 bits",
		"voltage=1 V, left=open, trim=4":  "does not fit 3 bits",
		"voltage=1 V, left=open, trim=0, temperature=0, label=x, more=1": `no field "more"`,
	} {
		if data, err := status.Encode(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Encode(%q) = % X, %v; want an error with %q", text, data, err, want)
		}
	}
}

// FuzzFields shows that what an ECU sends never breaks a reader, and that what is shown can be written again.
func FuzzFields(f *testing.F) {
	f.Add([]byte{0x54, 0x6D, 0xF6, 'A'})
	f.Fuzz(func(t *testing.T, data []byte) {
		text := status.Decode(data)
		if len(data) < 4 || strings.ContainsAny(text, `,\`) && strings.Count(text, ",") != 4 {
			return
		}
		if strings.ContainsAny(string(data[3:]), `\=,`) || status.Parts(data)[4].Value != string(data[3:]) {
			return // padding and escapes are not the same when written
		}
		back, err := status.Encode(text)
		if err != nil || !bytes.Equal(back, data) {
			t.Errorf("% X reads %q and is written % X, %v", data, text, back, err)
		}
	})
}
