package reqif

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// Bounds of a document.
const (
	MaxSize    = 64 << 20 // bytes, unpacked
	maxDepth   = 500      // of elements
	maxObjects = 200_000
)

// Document is what was read.
type Document struct {
	Title   string // of the header
	Tool    string // that wrote the document
	Objects []Object
}

// Object is a SPEC-OBJECT.
type Object struct {
	Identifier string // that of the exchange, for tools
	LongName   string
	Values     map[string]string // by the long name of the attribute; formatted text is plain text here
	Parent     int               // index of the object above it in the hierarchy; -1 if there is none
	Line       int               // where it stands in the document
}

// Error says what is wrong with a document.
type Error struct {
	Line int // 0 where that is unknown
	Text string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Text)
}

func wrong(line int, format string, args ...any) error {
	return &Error{line, fmt.Sprintf(format, args...)}
}

// Parse reads a ReqIF document. Its error is an *Error.
func Parse(text []byte) (Document, error) {
	if len(text) > MaxSize {
		return Document{}, wrong(0, "%d bytes are too many for a ReqIF document; want at most %d", len(text), MaxSize)
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		e, err := htmlindex.Get(label)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(in), nil
	}
	r := reader{xml: d, names: map[string]string{}, index: map[string]int{}}
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = r.token(t)
		}
		if err != nil {
			return Document{}, r.wrap(err)
		}
	}
	return r.document()
}

// reader is a document while it is read.
type reader struct {
	xml     *xml.Decoder
	begun   bool
	path    []string // names of the elements that are open
	doc     Document
	names   map[string]string // of attributes and of values of enumerations, by identifier
	objects []specObject
	index   map[string]int // of objects, by identifier
	order   []place
	levels  []int // the places that are open, as indices of order
}

// place is one of a hierarchy. Its object may stand in the document after what is below it.
type place struct {
	object string // identifier
	above  int    // index of the place above; -1 if there is none
}

func (r *reader) line() int {
	line, _ := r.xml.InputPos()
	return line
}

func (r *reader) wrap(err error) error {
	var own *Error
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &own):
		return own
	case errors.As(err, &syntax):
		return wrong(syntax.Line, "%s", syntax.Msg)
	}
	return wrong(r.line(), "%v", err)
}

func (r *reader) token(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		return r.start(t)
	case xml.EndElement:
		r.path = r.path[:len(r.path)-1]
		if t.Name.Local == "SPEC-HIERARCHY" {
			r.levels = r.levels[:len(r.levels)-1]
		}
	}
	return nil
}

// start handles an element: those that matter are read as a whole or noted, and the others entered.
func (r *reader) start(e xml.StartElement) error {
	name := e.Name.Local
	if len(r.path) == 0 && name != "REQ-IF" {
		return wrong(r.line(), "begins with %.60q, and a ReqIF document with REQ-IF", name)
	}
	r.begun = true
	switch {
	case name == "TITLE" && r.in("REQ-IF-HEADER"):
		return r.xml.DecodeElement(&r.doc.Title, &e)
	case name == "SOURCE-TOOL-ID" && r.in("REQ-IF-HEADER"):
		return r.xml.DecodeElement(&r.doc.Tool, &e)
	case name == "SPEC-OBJECT":
		return r.object(e)
	case name == "SPEC-OBJECT-REF" && r.in("OBJECT") && len(r.levels) > 0:
		return r.xml.DecodeElement(&r.order[r.levels[len(r.levels)-1]].object, &e)
	case name == "SPEC-HIERARCHY":
		if err := r.hierarchy(); err != nil {
			return err
		}
	case name == "ENUM-VALUE", strings.HasPrefix(name, "ATTRIBUTE-DEFINITION-") && !strings.HasSuffix(name, "-REF"):
		r.names[attribute(e, "IDENTIFIER")] = attribute(e, "LONG-NAME")
	}
	if r.path = append(r.path, name); len(r.path) > maxDepth {
		return wrong(r.line(), "elements are nested too deep")
	}
	return nil
}

// in says whether an element is the one that is open.
func (r *reader) in(name string) bool { return len(r.path) > 0 && r.path[len(r.path)-1] == name }

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (r *reader) object(e xml.StartElement) error {
	o := specObject{line: r.line()}
	if err := r.xml.DecodeElement(&o, &e); err != nil {
		return err
	}
	if o.Identifier == "" {
		return wrong(o.line, "a SPEC-OBJECT has no IDENTIFIER")
	}
	if _, twice := r.index[o.Identifier]; twice {
		return wrong(o.line, "the SPEC-OBJECT %.100q occurs twice", o.Identifier)
	}
	if len(r.objects) == maxObjects {
		return wrong(o.line, "more than %d objects are too many", maxObjects)
	}
	r.index[o.Identifier] = len(r.objects)
	r.objects = append(r.objects, o)
	return nil
}

// hierarchy opens a place of a hierarchy.
func (r *reader) hierarchy() error {
	if len(r.order) == maxObjects {
		return wrong(r.line(), "more than %d places in hierarchies are too many", maxObjects)
	}
	above := -1
	if n := len(r.levels); n > 0 {
		above = r.levels[n-1]
	}
	r.levels = append(r.levels, len(r.order))
	r.order = append(r.order, place{above: above})
	return nil
}

// document puts the objects into the order of the hierarchies. Those that stand in none follow, in the order of the file.
func (r *reader) document() (Document, error) {
	if !r.begun {
		return Document{}, wrong(0, "is empty, and a ReqIF document begins with REQ-IF")
	}
	placed := map[string]int{} // in doc.Objects
	add := func(id string, parent int) {
		placed[id] = len(r.doc.Objects)
		r.doc.Objects = append(r.doc.Objects, r.objects[r.index[id]].object(r.names, parent))
	}
	for _, p := range r.order {
		id := strings.TrimSpace(p.object)
		if _, known := r.index[id]; !known && id != "" {
			return Document{}, wrong(0, "the hierarchy has an object %.100q, and the document has none", id)
		}
		if _, twice := placed[id]; twice || id == "" {
			continue // in several specifications, or a place without an object
		}
		add(id, r.parent(p, placed))
	}
	for _, o := range r.objects {
		if _, done := placed[o.Identifier]; !done {
			add(o.Identifier, -1)
		}
	}
	return r.doc, nil
}

// parent finds the object of the nearest place above that has one.
func (r *reader) parent(p place, placed map[string]int) int {
	for i := p.above; i >= 0; i = r.order[i].above {
		if at, ok := placed[strings.TrimSpace(r.order[i].object)]; ok {
			return at
		}
	}
	return -1
}
