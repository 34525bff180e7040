package image

import (
	"bytes"
	"encoding/hex"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// vbfParser reads the header of a VBF file:
//
//	vbf_version = 2.6; header { name = value; ... }
//
// where a value is a word, a string or a list of values in braces.
type vbfParser struct{ vbfLexer }

// vbfValue is what stands behind a name.
type vbfValue struct {
	vbfToken // the word or string; the opening brace of a list
	list     []vbfValue
}

// vbfDepth bounds lists in lists; erase has two.
const vbfDepth = 4

// vbfVersion are the versions that are known: later 2.x and 3.x add fields, not structure. Jaguar and Land Rover have
// their own.
var vbfVersion = regexp.MustCompile(`^(JLR)?[23]\.[0-9]+$`)

// parse reads up to the brace that ends the header, behind which the blocks begin.
func (p *vbfParser) parse() (*VBF, error) {
	h := &VBF{}
	if err := p.version(h); err != nil {
		return nil, err
	}
	if err := p.words("header", '{'); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for {
		name, err := p.next()
		if err != nil {
			return nil, err
		}
		if name.kind == '}' {
			break
		}
		if seen[name.text] {
			return nil, p.errorf(name.offset, "%s is given twice; leave one of them out", name.text)
		}
		seen[name.text] = true
		if err := p.field(h, name); err != nil {
			return nil, err
		}
	}
	if !seen["file_checksum"] {
		return nil, p.errorf(p.at-1, "the header has no file_checksum; without it nobody knows whether the file is whole")
	}
	return h, nil
}

func (p *vbfParser) version(h *VBF) error {
	if err := p.words("vbf_version", '='); err != nil {
		return err
	}
	v, err := p.value(0)
	if err != nil {
		return err
	}
	if !vbfVersion.MatchString(v.text) {
		return p.errorf(v.offset, "version %v is not known; versions 2 and 3 are", v)
	}
	h.Version = v.text
	return p.want(';')
}

// words reads one given word and the punctuation behind it.
func (p *vbfParser) words(word string, then byte) error {
	t, err := p.next()
	if err != nil {
		return err
	}
	if t.kind != vbfWord || t.text != word {
		return p.errorf(t.offset, "%s is expected here, and this is %v", word, t)
	}
	return p.want(then)
}

func (p *vbfParser) want(kind byte) error {
	t, err := p.next()
	if err == nil && t.kind != kind {
		err = p.errorf(t.offset, "%c is expected here, and this is %v", kind, t)
	}
	return err
}

// field reads what follows a name, and keeps it.
func (p *vbfParser) field(h *VBF, name vbfToken) error {
	if name.kind != vbfWord {
		return p.errorf(name.offset, "the name of a field is expected here, and this is %v", name)
	}
	if err := p.want('='); err != nil {
		return err
	}
	from := p.at
	v, err := p.value(0)
	if err != nil {
		return err
	}
	to := p.at
	if err := p.want(';'); err != nil {
		return err
	}
	for _, known := range h.fields() {
		if known.name == name.text {
			return p.set(known, v)
		}
	}
	h.Other = append(h.Other, VBFField{name.text, string(bytes.TrimSpace(p.data[from:to]))})
	return nil
}

// value reads a word, a string or a list.
func (p *vbfParser) value(depth int) (vbfValue, error) {
	t, err := p.next()
	v := vbfValue{vbfToken: t}
	switch {
	case err != nil || t.kind == vbfWord || t.kind == vbfString:
		return v, err
	case t.kind != '{':
		return v, p.errorf(t.offset, "a value is expected here, and this is %v", t)
	case depth == vbfDepth:
		return v, p.errorf(t.offset, "more than %d lists in each other", vbfDepth)
	}
	v.list, err = p.list(depth)
	return v, err
}

// list reads values up to the closing brace; a comma may stand behind the last.
func (p *vbfParser) list(depth int) ([]vbfValue, error) {
	var list []vbfValue
	for {
		before := p.at
		end, err := p.next()
		if err != nil || end.kind == '}' {
			return list, err
		}
		if len(list) > 0 {
			if end.kind != ',' {
				return nil, p.errorf(end.offset, ", or } is expected here, and this is %v", end)
			}
			before = p.at
			if end, err = p.next(); err != nil || end.kind == '}' {
				return list, err
			}
		}
		p.at = before
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
}

// set gives a field its value.
func (p *vbfParser) set(f vbfKnown, v vbfValue) (err error) {
	switch to := f.to.(type) {
	case *string:
		*to, err = p.text(v)
	case *[]string:
		*to, err = each(v, p.text)
	case *byte:
		var n uint32
		n, err = p.number(v, math.MaxUint8)
		*to = byte(n)
	case *uint32:
		*to, err = p.number(v, math.MaxUint32)
	case **uint32:
		var n uint32
		n, err = p.number(v, math.MaxUint32)
		*to = &n
	case *[]uint32:
		*to, err = each(v, func(v vbfValue) (uint32, error) { return p.number(v, math.MaxUint32) })
	case *[]byte:
		*to, err = p.bytes(v)
	case *[]Range:
		*to, err = each(v, p.extent)
	}
	return err
}

// each reads a list of values, or one that stands alone.
func each[T any](v vbfValue, read func(vbfValue) (T, error)) ([]T, error) {
	if v.kind != '{' {
		v.list = []vbfValue{v}
	}
	var all []T
	for _, item := range v.list {
		one, err := read(item)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func (p *vbfParser) text(v vbfValue) (string, error) {
	if v.kind == '{' {
		return "", p.errorf(v.offset, "one value is expected here, and this is a list")
	}
	return v.text, nil
}

func (p *vbfParser) number(v vbfValue, maximum uint64) (uint32, error) {
	n, err := strconv.ParseUint(v.text, 0, 64)
	if err != nil || v.kind != vbfWord || n > maximum {
		return 0, p.errorf(v.offset, "a number up to 0x%X is expected here, and this is %v", maximum, v)
	}
	return uint32(n), nil
}

func (p *vbfParser) bytes(v vbfValue) ([]byte, error) {
	digits, prefixed := strings.CutPrefix(strings.ToLower(v.text), "0x")
	b, err := hex.DecodeString(digits)
	if err != nil || v.kind != vbfWord || !prefixed || len(b) == 0 {
		return nil, p.errorf(v.offset, "bytes as 0x and pairs of hexadecimal digits are expected here, and this is %v", v)
	}
	return b, nil
}

// extent reads { start, length }.
func (p *vbfParser) extent(v vbfValue) (Range, error) {
	if len(v.list) != 2 {
		return Range{}, p.errorf(v.offset, "{ start, length } is expected here")
	}
	start, err := p.number(v.list[0], math.MaxUint32)
	if err != nil {
		return Range{}, err
	}
	length, err := p.number(v.list[1], min(addressSpace-uint64(start), math.MaxUint32))
	return Range{uint64(start), uint64(start) + uint64(length)}, err
}
