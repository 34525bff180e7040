package reqif

import (
	"encoding/xml"
	"path"
	"regexp"
	"strings"
)

// formatted is the plain text of XHTML.
type formatted string

// breaks are elements that begin on a line of their own, and what stands before their text.
var breaks = map[string]string{
	"p": "\n", "div": "\n", "br": "\n", "li": "\n- ", "tr": "\n", "table": "\n", "ul": "\n", "ol": "\n", "pre": "\n", "blockquote": "\n",
	"h1": "\n", "h2": "\n", "h3": "\n", "h4": "\n", "h5": "\n", "h6": "\n",
}

// UnmarshalXML implements xml.Unmarshaler. The decoder has read the element's beginning.
func (f *formatted) UnmarshalXML(d *xml.Decoder, _ xml.StartElement) error {
	var text strings.Builder
	for depth := 1; depth > 0; {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				line, _ := d.InputPos()
				return wrong(line, "formatted text is nested too deep")
			}
			text.WriteString(before(t))
		case xml.EndElement:
			depth--
			if breaks[t.Name.Local] != "" {
				text.WriteString("\n")
			}
		case xml.CharData:
			text.WriteString(space.ReplaceAllString(string(t), " "))
		}
	}
	*f = formatted(tidy(text.String()))
	return nil
}

// before is what stands before an element's text. A picture cannot be shown, so its name is.
func before(e xml.StartElement) string {
	switch e.Name.Local {
	case "td", "th":
		return " | "
	case "object":
		return " [" + path.Base(attribute(e, "data")) + "] "
	}
	return breaks[e.Name.Local]
}

var space = regexp.MustCompile(`[\s\x{A0}]+`)

// tidy leaves out empty lines, and spaces where nobody sees them.
func tidy(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Trim(space.ReplaceAllString(line, " "), " "); line != "" && line != "-" {
			lines = append(lines, strings.TrimPrefix(line, "| "))
		}
	}
	return strings.Join(lines, "\n")
}
