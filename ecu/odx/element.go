package odx

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
)

// element is an XML element. ODX has some hundred kinds of them, and a reader needs few parts of each: so they stay as
// they were written.
type element struct {
	name     string
	attrs    []attr
	text     string // without the blanks around it
	children []*element
	parent   *element // nil for the root of a document

	file         string
	line, column int
}

type attr struct{ name, value string }

// attr is the value of an attribute, by its name without namespace; "" where there is none, or no element.
func (e *element) attr(name string) string {
	if e == nil {
		return ""
	}
	for _, a := range e.attrs {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// child goes down a path of names, and is nil where there is no such element.
func (e *element) child(path ...string) *element {
	for _, name := range path {
		if e == nil {
			return nil
		}
		e = e.first(name)
	}
	return e
}

func (e *element) first(name string) *element {
	for _, c := range e.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// all are the children of an element below a path, by their name.
func (e *element) all(path ...string) iter.Seq[*element] {
	return func(yield func(*element) bool) {
		at := e.child(path[:len(path)-1]...)
		if at == nil {
			return
		}
		for _, c := range at.children {
			if c.name == path[len(path)-1] && !yield(c) {
				return
			}
		}
	}
}

// value is the text of the element below a path, "" where there is none.
func (e *element) value(path ...string) string {
	if c := e.child(path...); c != nil {
		return c.text
	}
	return ""
}

// shortName is what references by name go by.
func (e *element) shortName() string { return e.value("SHORT-NAME") }

// label is for people: the long name, or the short one.
func (e *element) label() string {
	if long := clean(e.value("LONG-NAME")); long != "" {
		return long
	}
	return clean(e.shortName())
}

// place says where the element is, for notes. The file is named by its last part.
func (e *element) place() string {
	return fmt.Sprintf("%s:%d", clean(e.file[strings.LastIndexAny(e.file, `:/\`)+1:]), e.line)
}

// number reads the whole number below a path, decimal or with 0x. It fails where there is none.
func (e *element) number(path ...string) (int, bool) {
	n, err := parseInteger(e.value(path...))
	if err != nil || n < -1<<31 || n > 1<<31-1 {
		return 0, false
	}
	return int(n), true
}

// parseInteger reads numbers as ODX and its communication parameters have them, "2016" and "0x7E0".
func parseInteger(text string) (int64, error) {
	text = strings.TrimPrefix(text, "+")
	if digits, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
		return strconv.ParseInt(digits, 16, 64)
	}
	return strconv.ParseInt(text, 10, 64)
}

// maxText bounds what is taken over from texts, in characters.
const maxText = 200

// clean makes the text of a document fit to be shown: one line, without what a terminal or a reader would obey.
func clean(text string) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	text = strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	if r := []rune(text); len(r) > maxText {
		text = string(r[:maxText-1]) + "…"
	}
	return strings.TrimSpace(text)
}
