package odx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Limits of what is read. Two million elements are some 90 MB of documents, and take up to 2 GB of memory.
const (
	maxDocument = 128 << 20 // bytes of all documents together
	maxElements = 2 << 20   // of all documents together
	maxDepth    = 128
)

// skipped are elements that say nothing about what is on the wire.
var skipped = map[string]bool{
	"ADMIN-DATA": true, "COMPANY-DATAS": true, "SDGS": true, "DESC": true, "AUDIENCE": true, "ADDITIONAL-AUDIENCES": true,
}

// parser builds the tree of a document.
type parser struct {
	file     string
	decoder  *xml.Decoder
	elements *int // left of all documents
	names    map[string]string

	line, column int // where the next token begins
	root, at     *element
	depth        int
	text         strings.Builder
}

// parse reads a document whose root has to be wanted.
func parse(file string, r io.Reader, wanted string, elements *int) (*element, error) {
	// Documents in UTF-16 say so in a declaration that is in UTF-16 itself, so the byte order mark decides.
	r = transform.NewReader(r, unicode.BOMOverride(encoding.Nop.NewDecoder()))
	p := &parser{file: file, decoder: xml.NewDecoder(r), elements: elements, names: map[string]string{}}
	p.decoder.CharsetReader = charset
	for {
		p.line, p.column = p.decoder.InputPos()
		token, err := p.decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = p.token(token)
		}
		if err != nil {
			return nil, p.failed(err)
		}
	}
	if p.root == nil || p.root.name != wanted {
		return nil, &Error{File: file, Line: 1, Column: 1, Text: "want a document with the root element " + wanted}
	}
	return p.root, nil
}

func (p *parser) failed(err error) error {
	var own *Error
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &own):
		return err
	case errors.As(err, &syntax):
		line, column := p.decoder.InputPos()
		return &Error{File: p.file, Line: line, Column: column, Text: "is not XML: " + clean(syntax.Msg)}
	}
	return &Error{File: p.file, Line: p.line, Column: p.column, Text: clean(err.Error())}
}

func (p *parser) token(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		p.end()
	case xml.CharData:
		if p.at != nil && len(p.at.children) == 0 { // text between elements is their layout
			p.text.Write(t)
		}
	case xml.Directive:
		if bytes.HasPrefix(t, []byte("DOCTYPE")) {
			return p.wrong("a document type definition is not accepted; ODX has a schema")
		}
	}
	return nil
}

func (p *parser) wrong(format string, args ...any) error {
	return &Error{File: p.file, Line: p.line, Column: p.column, Text: fmt.Sprintf(format, args...)}
}

func (p *parser) start(t xml.StartElement) error {
	if skipped[t.Name.Local] {
		return p.decoder.Skip()
	}
	if *p.elements--; *p.elements < 0 {
		return p.wrong("there are more than %d elements", maxElements)
	}
	if p.depth++; p.depth > maxDepth {
		return p.wrong("elements are nested more than %d deep", maxDepth)
	}
	e := &element{name: p.intern(t.Name.Local), parent: p.at, file: p.file, line: p.line, column: p.column}
	for _, a := range t.Attr {
		e.attrs = append(e.attrs, attr{p.intern(a.Name.Local), a.Value})
	}
	switch {
	case p.at != nil:
		p.at.children = append(p.at.children, e)
	case p.root != nil:
		return p.wrong("a document has one root element")
	default:
		p.root = e
	}
	p.at = e
	p.text.Reset()
	return nil
}

func (p *parser) end() {
	if len(p.at.children) == 0 {
		p.at.text = strings.TrimSpace(p.text.String())
	}
	p.text.Reset()
	p.at = p.at.parent
	p.depth--
}

// intern keeps one copy of each name.
func (p *parser) intern(name string) string {
	if known, ok := p.names[name]; ok {
		return known
	}
	p.names[name] = name
	return name
}

// charset reads the encodings that documents are written in.
func charset(label string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "utf-16", "us-ascii": // by the byte order mark, or as they are
		return r, nil
	case "iso-8859-1":
		return charmap.ISO8859_1.NewDecoder().Reader(r), nil
	case "iso-8859-15":
		return charmap.ISO8859_15.NewDecoder().Reader(r), nil
	case "windows-1252":
		return charmap.Windows1252.NewDecoder().Reader(r), nil
	}
	const accepted = "utf-8, utf-16, us-ascii, iso-8859-1, iso-8859-15, windows-1252"
	return nil, fmt.Errorf("encoding %q is not accepted; accepted: %s", label, accepted)
}
