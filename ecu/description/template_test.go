package description_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	. "otabench/ecu/description"
)

// place is a block for templates.
type place struct{}

func (place) Number(field string) (uint64, int, error) {
	switch field {
	case FieldAddress:
		return 0x8000, 4, nil
	case FieldSize:
		return 0x120, 3, nil
	case FieldDate:
		return 0x20261123, 3, nil
	}
	return 0, 0, ErrNoValue
}

func (place) Bytes(field string) ([]byte, error) {
	if field == "crc32" {
		return []byte{1, 2, 3, 4}, nil
	}
	return nil, ErrNoValue
}

func TestTemplate(t *testing.T) {
	tests := []struct{ text, want string }{ // an error behind "!"
		{"", ""},
		{"01 02ab", "0102AB"},
		{"44{address}{size}", "4400008000000120"},
		{"{address:2} {size:2} {crc32}", "8000012001020304"},
		{"{date}{date:4}", "26112320261123"},
		{"{address:1}", "!does not fit 1 bytes"},
		{"{entry}", "!{entry}: there is no such value here"},
		{"{sha256}", "!no such value"},
		{"0", "!hexadecimal bytes"},
		{"{crc32:2}", "!width"},
		{"{address:9}", "!1 to 8"},
		{"{odd}", "!no such field; there are address"},
		{"{address", "!not closed"},
	}
	for _, tt := range tests {
		got, err := expand(tt.text)
		if want, failing := strings.CutPrefix(tt.want, "!"); failing {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q = %s, %v; want an error with %q", tt.text, got, err, want)
			}
			continue
		}
		if err != nil || got != tt.want {
			t.Errorf("%q = %s, %v, want %s", tt.text, got, err, tt.want)
		}
	}
}

func expand(text string) (string, error) {
	parsed, err := ParseTemplate(text)
	if err != nil {
		return "", err
	}
	record, err := parsed.Expand(place{})
	return fmt.Sprintf("%X", record), err
}

func FuzzTemplate(f *testing.F) {
	f.Add("01 {address:3} {crc32}")
	f.Fuzz(func(t *testing.T, text string) {
		first, err := ParseTemplate(text)
		if err != nil {
			return
		}
		again, err := ParseTemplate(first.String())
		if err != nil || again.String() != first.String() {
			t.Errorf("%q is written as %q, which reads %v, %v", text, first, again, err)
		}
	})
}

func TestRoutineStatus(t *testing.T) {
	plain := Routine{ID: 1}
	special := Routine{
		ID: 2, Pass: []Bytes{"10 00", "11"}, Running: []Bytes{"20"},
		Values: map[Bytes]string{"30": "failed", "30 01": "wrong signature"},
	}
	tests := []struct {
		routine Routine
		status  []byte
		passed  bool
		runs    bool
		meaning string
	}{
		{plain, nil, true, false, ""},
		{plain, []byte{0, 5}, true, false, ""},
		{plain, []byte{1}, false, false, ""},
		{special, []byte{0x10, 0x00, 0xFF}, true, false, ""},
		{special, []byte{0x10, 0x01}, false, false, ""},
		{special, nil, false, false, ""},
		{special, []byte{0x20}, false, true, ""},
		{special, []byte{0x30, 0x01}, false, false, "wrong signature"},
		{special, []byte{0x30, 0x02}, false, false, "failed"},
		{Routine{ID: 3, Pass: []Bytes{"any"}}, []byte{0x77}, true, false, ""},
	}
	for _, tt := range tests {
		if tt.routine.Passed(tt.status) != tt.passed || tt.routine.StillRuns(tt.status) != tt.runs || tt.routine.Meaning(tt.status) != tt.meaning {
			t.Errorf("routine %d, status % X: passed %t, runs %t, %q; want %t, %t, %q", tt.routine.ID, tt.status,
				tt.routine.Passed(tt.status), tt.routine.StillRuns(tt.status), tt.routine.Meaning(tt.status), tt.passed, tt.runs, tt.meaning)
		}
	}
}

func TestMatch(t *testing.T) {
	widths := func(field string) int {
		return map[string]int{FieldAddress: 4, FieldSize: 3, "crc32": 4}[field]
	}
	tests := []struct{ template, record, want string }{
		{"01 {address} {size:2}", "01000080000120", "map[address:00008000 size:0120]"},
		{"{index}{crc32}", "0201020304", "map[crc32:01020304 index:02]"},
		{"{signature} FF", "AABBFF", "map[signature:AABB]"},
		{"{signature}", "", "map[signature:]"},
		{"", "", "map[]"},
		{"", "00", "!has 1 bytes"},
		{"01", "02", "!has 02 where 01 is wanted"},
		{"{address}", "0000", "!has 2 bytes"},
		{"{signature}{version}", "00", "!have no length"},
	}
	for _, tt := range tests {
		parsed, err := ParseTemplate(tt.template)
		if err != nil {
			t.Fatal(err)
		}
		fields, err := parsed.Match(Bytes(tt.record).Decode(), widths)
		if got := parsed.Separable(widths) == nil; got != !strings.Contains(tt.want, "have no length") {
			t.Errorf("%q is separable: %v", tt.template, got)
		}
		if want, failing := strings.CutPrefix(tt.want, "!"); failing {
			if !errors.Is(err, ErrNoMatch) || !strings.Contains(err.Error(), want) {
				t.Errorf("%q matches %s: %v, %v; want an error with %q", tt.template, tt.record, fields, err, want)
			}
			continue
		}
		shown := map[string]string{}
		for name, b := range fields {
			shown[name] = fmt.Sprintf("%X", b)
		}
		if err != nil || fmt.Sprint(shown) != tt.want {
			t.Errorf("%q matches %s: %v, %v; want %s", tt.template, tt.record, shown, err, tt.want)
		}
	}
}

// FuzzMatch takes records apart and puts them together again.
func FuzzMatch(f *testing.F) {
	f.Add("01 {address} {size:2}", []byte{1, 0, 0, 0x80, 0, 1, 0x20})
	f.Add("{index}{signature} FF", []byte{2, 3, 4, 0xFF})
	f.Fuzz(func(t *testing.T, text string, record []byte) {
		parsed, err := ParseTemplate(text)
		if err != nil {
			return
		}
		fields, err := parsed.Match(record, func(field string) int { return len(field) % 5 })
		if err != nil {
			return
		}
		for name, b := range fields {
			if !parsed.Needs(name) || !bytes.Contains(record, b) {
				t.Fatalf("%q matches % X with {%s} = % X", text, record, name, b)
			}
		}
	})
}
