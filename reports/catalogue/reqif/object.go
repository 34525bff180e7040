package reqif

import (
	"strings"
)

// specObject is a SPEC-OBJECT as it stands in the file.
type specObject struct {
	Identifier string `xml:"IDENTIFIER,attr"`
	LongName   string `xml:"LONG-NAME,attr"`
	Values     struct {
		All []attributeValue `xml:",any"`
	} `xml:"VALUES"`
	line int
}

// attributeValue is an ATTRIBUTE-VALUE-* of any type: plain values are an XML attribute, formatted ones an element, and
// those of enumerations refer to what is defined elsewhere.
type attributeValue struct {
	Plain     *string    `xml:"THE-VALUE,attr"`
	Formatted *formatted `xml:"THE-VALUE"`
	Chosen    refs       `xml:"VALUES"`
	Of        refs       `xml:"DEFINITION"`
}

type refs struct {
	All []string `xml:",any"`
}

// object names the values of an object.
func (o specObject) object(names map[string]string, parent int) Object {
	values := map[string]string{}
	for _, v := range o.Values.All {
		for _, id := range v.Of.All {
			id = strings.TrimSpace(id)
			name := names[id]
			if name == "" {
				name = id // which the document does not define, or gives no name
			}
			values[name] = v.text(names)
		}
	}
	return Object{Identifier: o.Identifier, LongName: o.LongName, Values: values, Parent: parent, Line: o.line}
}

func (v attributeValue) text(names map[string]string) string {
	switch {
	case v.Plain != nil:
		return strings.TrimSpace(*v.Plain)
	case v.Formatted != nil:
		return string(*v.Formatted)
	}
	var chosen []string
	for _, id := range v.Chosen.All {
		id = strings.TrimSpace(id)
		if name := names[id]; name != "" {
			id = name
		}
		chosen = append(chosen, id)
	}
	return strings.Join(chosen, ", ")
}
