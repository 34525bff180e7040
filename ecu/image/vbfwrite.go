package image

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"strings"

	"otabench/ecu/image/checksum"
)

// fileChecksum is the file_checksum of the binary part.
func fileChecksum(blocks []byte) uint32 { return crc32.ChecksumIEEE(blocks) }

// encodeVBF writes the header of the image, and its blocks or segments.
func encodeVBF(m *Image) ([]byte, error) {
	if m.VBF == nil {
		return nil, fmt.Errorf("%w: VBF has a header with part number and type, and %s has none; give it a VBF",
			ErrWrite, m.name())
	}
	blocks := m.VBF.Blocks
	if blocks == nil {
		if err := fits(m); err != nil {
			return nil, err
		}
		for _, s := range m.Segments {
			blocks = append(blocks, VBFBlock{uint32(s.Address), s.Data, checksum.CRC16CCITT(s.Data)})
		}
	}
	var binaryPart []byte
	for _, b := range blocks {
		binaryPart = binary.BigEndian.AppendUint32(binaryPart, b.Address)
		binaryPart = binary.BigEndian.AppendUint32(binaryPart, uint32(len(b.Data)))
		binaryPart = append(binaryPart, b.Data...)
		binaryPart = binary.BigEndian.AppendUint16(binaryPart, b.CRC)
	}
	header := *m.VBF
	header.FileChecksum = fileChecksum(binaryPart)
	text, err := header.text()
	if err != nil {
		return nil, fmt.Errorf("%w: VBF header of %s: %w", ErrWrite, m.name(), err)
	}
	return append([]byte(text), binaryPart...), nil
}

// text is the header with the ends of lines that VBF files have, and without anything behind its closing brace.
func (h *VBF) text() (string, error) {
	if !vbfVersion.MatchString(h.Version) {
		return "", fmt.Errorf("version %q is not known; versions 2 and 3 are", h.Version)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "vbf_version = %s;\r\n\r\nheader {\r\n", h.Version)
	for _, f := range h.fields() {
		if f.name == "file_checksum" {
			if err := h.writeOther(&b); err != nil {
				return "", err
			}
		}
		value, err := f.value()
		if err != nil {
			return "", fmt.Errorf("%s: %w", f.name, err)
		}
		if value != "" {
			fmt.Fprintf(&b, "    %s = %s;\r\n", f.name, value)
		}
	}
	b.WriteString("}")
	return b.String(), nil
}

// writeOther writes the fields that have no meaning here, after a look whether they are what they claim to be.
func (h *VBF) writeOther(b *strings.Builder) error {
	for _, f := range h.Other {
		line := fmt.Sprintf("%s = %s;", f.Name, f.Text)
		p := vbfParser{vbfLexer{data: []byte(line)}}
		var read VBF
		name, err := p.next()
		if err == nil {
			err = p.field(&read, name)
		}
		if err != nil || len(read.Other) != 1 || read.Other[0] != f || p.at != len(line) {
			return fmt.Errorf("%q is no field, or one that has its own place in a VBF", line)
		}
		fmt.Fprintf(b, "    %s\r\n", line)
	}
	return nil
}

// value is the text behind the name, "" if the field is not there.
func (f vbfKnown) value() (string, error) {
	switch v := f.to.(type) {
	case *string:
		if *v == "" {
			return "", nil
		}
		return f.quote(*v)
	case *[]string:
		return list(*v, f.quote)
	case *byte:
		return fmt.Sprintf("0x%02X", *v), nil
	case *uint32:
		return fmt.Sprintf("0x%08X", *v), nil
	case **uint32:
		if *v == nil {
			return "", nil
		}
		return fmt.Sprintf("0x%08X", **v), nil
	case *[]uint32:
		return list(*v, func(n uint32) (string, error) { return fmt.Sprintf("0x%X", n), nil })
	case *[]byte:
		if len(*v) == 0 {
			return "", nil
		}
		return fmt.Sprintf("0x%X", *v), nil
	case *[]Range:
		// One range is a list in a list as well.
		ranges, err := list(*v, extent)
		if len(*v) == 1 {
			ranges = "{ " + ranges + " }"
		}
		return ranges, err
	}
	return "", nil
}

func extent(r Range) (string, error) {
	if r.To < r.From || r.To > addressSpace || r.Size() > math.MaxUint32 {
		return "", fmt.Errorf("%v is no range of 32-bit addresses", r)
	}
	return fmt.Sprintf("{ 0x%08X, 0x%08X }", r.From, r.Size()), nil
}

// list writes one value as it is and several in braces.
func list[T any](values []T, write func(T) (string, error)) (string, error) {
	var texts []string
	for _, v := range values {
		text, err := write(v)
		if err != nil {
			return "", err
		}
		texts = append(texts, text)
	}
	if len(texts) < 2 {
		return strings.Join(texts, ""), nil
	}
	return "{ " + strings.Join(texts, ", ") + " }", nil
}

// quote writes a string, or a word where the field has one.
func (f vbfKnown) quote(s string) (string, error) {
	bad := "\"\r\n"
	if f.word {
		bad += vbfPunctuation + vbfSpace + "/"
	}
	if strings.ContainsAny(s, bad) || f.word && s == "" {
		return "", fmt.Errorf("%q has characters that cannot stand there", s)
	}
	if f.word {
		return s, nil
	}
	return `"` + s + `"`, nil
}
