package catalogue

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Bounds of YAML: the parser takes time with the square of the depth.
const (
	maxYAML   = 8 << 20
	maxNested = 32
	maxIndent = 256
)

// parseYAML decodes a catalogue. Unknown keys, missing texts, ids of another form and ids that occur twice are errors.
func parseYAML(file string, text []byte) (Catalogue, error) {
	if len(text) > maxYAML {
		return Catalogue{}, wrong(file, 0, 0, "%d bytes are too many for a catalogue in YAML; want at most %d", len(text), maxYAML)
	}
	if err := checkNesting(file, text); err != nil {
		return Catalogue{}, err
	}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return Catalogue{}, fromYAML(file, err)
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		return Catalogue{}, wrong(file, 1, 1, "want one YAML document, a catalogue")
	}
	var numbers unquoted
	ast.Walk(&numbers, tree.Docs[0].Body)
	if n := numbers.first; n != nil {
		at := n.GetToken().Position
		return Catalogue{}, wrong(file, at.Line, at.Column, "write %q in quotes: as a number it would be read as %v", n.GetToken().Value, n.GetValue())
	}
	var c Catalogue
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&c); err != nil {
		return Catalogue{}, fromYAML(file, err)
	}
	c.Text, c.Digest = text, Digest(text)
	at := placesOf(tree.Docs[0].Body)
	return c, c.validate(file, place{1, 1}, at)
}

// checkNesting refuses what would keep the parser busy: deep nesting, and aliases, of which a few make a very large file.
func checkNesting(file string, text []byte) error {
	depth, line, entries := 0, 0, 0
	for _, t := range lexer.Tokenize(string(text)) {
		switch t.Type {
		case token.AliasType, token.AnchorType, token.MergeKeyType:
			return wrong(file, t.Position.Line, t.Position.Column, "catalogues have no anchors and aliases")
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType:
			if t.Position.Line != line {
				line, entries = t.Position.Line, 0
			}
			entries++
		}
		if depth > maxNested || entries > maxNested || t.Position.IndentNum > maxIndent {
			return wrong(file, t.Position.Line, t.Position.Column, "is nested too deep for a catalogue")
		}
	}
	return nil
}

// unquoted finds the first number that is not read as it is written, such as a version 1.10 or an edition 00.
type unquoted struct{ first ast.ScalarNode }

// Visit implements ast.Visitor.
func (u *unquoted) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		number := n.(ast.ScalarNode)
		if u.first == nil && fmt.Sprint(number.GetValue()) != number.GetToken().Value {
			u.first = number
		}
	}
	return u
}

// placesOf finds where each requirement stands.
func placesOf(root ast.Node) func(int) place {
	var places []place
	if m, ok := root.(*ast.MappingNode); ok {
		for _, v := range m.Values {
			if seq, ok := v.Value.(*ast.SequenceNode); ok && v.Key.GetToken().Value == "requirements" {
				for _, r := range seq.Values {
					places = append(places, start(r))
				}
			}
		}
	}
	return func(i int) place {
		if i < len(places) {
			return places[i]
		}
		return place{}
	}
}

// start is where a node begins. The token of a mapping in block style is the colon after its first key.
func start(n ast.Node) place {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	p := n.GetToken().Position
	return place{p.Line, p.Column}
}

func fromYAML(file string, err error) error {
	var ye yaml.Error
	if errors.As(err, &ye) && ye.GetToken() != nil {
		p := ye.GetToken().Position
		return wrong(file, p.Line, p.Column, "%s", ye.GetMessage())
	}
	return wrong(file, 0, 0, "%s", strings.TrimSpace(err.Error()))
}

// Marshal writes a catalogue as YAML, which Parse reads again.
func Marshal(c Catalogue) ([]byte, error) {
	list := make([]Requirement, len(c.Requirements))
	for i, r := range c.Requirements {
		if r.Scope == Test {
			r.Scope = ""
		}
		list[i] = r
	}
	c.Requirements = list
	return yaml.MarshalWithOptions(c, yaml.IndentSequence(true))
}
