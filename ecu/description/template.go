package description

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Template is a record of bytes with places for what is known only when it is sent: hexadecimal bytes, and fields in
// braces. "01 {address} {size} {crc32}" is a byte, an address and a size as wide as the ECU wants them, and a CRC of the
// block. A width in bytes may follow a number, as in {address:3}.
type Template struct {
	parts []templatePart
}

// templatePart is bytes as they are, or a field.
type templatePart struct {
	fixed []byte
	field string
	width int // of a number; 0 is its own
}

// Fields of templates beside the names of checksums.
const (
	FieldMemory    = "memory"     // addressAndLengthFormatIdentifier, address and size (ISO 14229-1:2020, H.1)
	FieldAddress   = "address"    // of the block
	FieldSize      = "size"       // of the block, in bytes
	FieldEraseSize = "erase_size" // bytes of the block to be erased
	FieldFormat    = "format"     // addressAndLengthFormatIdentifier
	FieldIndex     = "index"      // logical number of the block
	FieldEntry     = "entry"      // entry point that the block's file names
	FieldSignature = "signature"  // that comes with the block's file
	FieldDate      = "date"       // today as YYMMDD in BCD; {date:4} is YYYYMMDD
	FieldVersion   = "version"    // of the software, as text
	FieldCount     = "count"      // number of blocks
)

// numbers are the fields that may have a width, with the width that they have otherwise; 0 depends on the description.
var numbers = map[string]int{
	FieldAddress: 0, FieldSize: 0, FieldEraseSize: 0, FieldIndex: 1, FieldEntry: 0, FieldDate: 3, FieldCount: 1,
}

// others are the fields that have their own length.
var others = []string{FieldMemory, FieldFormat, FieldSignature, FieldVersion}

// ParseTemplate reads a template.
func ParseTemplate(text string) (Template, error) {
	var t Template
	for rest := text; rest != ""; {
		fixed, after, found := strings.Cut(rest, "{")
		b, err := Bytes(fixed).decode()
		if err != nil {
			return Template{}, fmt.Errorf("%q: want hexadecimal bytes and fields in braces", strings.TrimSpace(fixed))
		}
		if len(b) > 0 {
			t.parts = append(t.parts, templatePart{fixed: b})
		}
		if !found {
			break
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed {
			return Template{}, fmt.Errorf("{%s: the brace is not closed", name)
		}
		p, err := parseField(name)
		if err != nil {
			return Template{}, err
		}
		t.parts, rest = append(t.parts, p), tail
	}
	return t, nil
}

func parseField(text string) (templatePart, error) {
	name, width, sized := strings.Cut(text, ":")
	p := templatePart{field: name}
	standard, number := numbers[name]
	if !number && !slices.Contains(others, name) && !slices.Contains(Checksums(), name) {
		return p, fmt.Errorf("{%s}: no such field; there are %s", text, strings.Join(TemplateFields(), ", "))
	}
	p.width = standard
	if !sized {
		return p, nil
	}
	n, err := strconv.Atoi(width)
	if !number || err != nil || n < 1 || n > 8 {
		return p, fmt.Errorf("{%s}: want a width of 1 to 8 bytes, and only behind a number", text)
	}
	p.width = n
	return p, nil
}

// TemplateFields are the fields that templates may have.
func TemplateFields() []string {
	all := slices.Concat(others, Checksums())
	for name := range numbers {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// Needs says that the template has a field.
func (t Template) Needs(field string) bool {
	return slices.ContainsFunc(t.parts, func(p templatePart) bool { return p.field == field })
}

// Values are what fields of a template stand for. Number gives numbers with the width that they have unless the
// template says otherwise, and Bytes everything else; both fail for what does not exist in their place.
type Values interface {
	Number(field string) (value uint64, width int, err error)
	Bytes(field string) ([]byte, error)
}

// ErrNoValue means that a field has no meaning in its place, such as {crc32} where there is no block.
var ErrNoValue = errors.New("there is no such value here")

// Expand returns the record. Numbers that do not fit their width are an error.
func (t Template) Expand(v Values) ([]byte, error) {
	var record []byte
	for _, p := range t.parts {
		b, err := p.expand(v)
		if err != nil {
			return nil, fmt.Errorf("{%s}: %w", p.field, err)
		}
		record = append(record, b...)
	}
	return record, nil
}

func (p templatePart) expand(v Values) ([]byte, error) {
	if p.field == "" {
		return p.fixed, nil
	}
	if _, number := numbers[p.field]; !number {
		return v.Bytes(p.field)
	}
	value, width, err := v.Number(p.field)
	if err != nil {
		return nil, err
	}
	if p.width != 0 {
		width = p.width
	}
	if p.field == FieldDate {
		value &= largest(width) // the century is not everybody's
	}
	if value > largest(width) {
		return nil, fmt.Errorf("%#x does not fit %d bytes", value, width)
	}
	return binary.BigEndian.AppendUint64(nil, value)[8-width:], nil
}

// String is the template as it would be written.
func (t Template) String() string {
	texts := make([]string, len(t.parts))
	for i, p := range t.parts {
		switch {
		case p.field == "":
			texts[i] = strings.ToUpper(hex.EncodeToString(p.fixed))
		case p.width != numbers[p.field]:
			texts[i] = fmt.Sprintf("{%s:%d}", p.field, p.width)
		default:
			texts[i] = "{" + p.field + "}"
		}
	}
	return strings.Join(texts, " ")
}
