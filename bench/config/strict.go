package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// maxNodes bounds the size of a bench file after its aliases are followed.
const maxNodes = 1_000_000

// position is a place in the file.
type position struct{ line, column int }

// checker compares the syntax tree of a file with the type that it will be decoded to. It finds every problem in one
// pass, and keeps where each path stands for the checks that follow.
type checker struct {
	problems []Problem
	places   map[string]position
	anchors  map[string]ast.Node
	nodes    int
}

func newChecker(root ast.Node) *checker {
	c := &checker{places: map[string]position{}, anchors: map[string]ast.Node{}}
	ast.Walk(c, root)
	return c
}

// Visit implements ast.Visitor: it collects anchors, which may be used only after they are defined.
func (c *checker) Visit(n ast.Node) ast.Visitor {
	if a, ok := n.(*ast.AnchorNode); ok {
		c.anchors[a.Name.GetToken().Value] = a.Value
	}
	return c
}

func (c *checker) problem(at position, path, format string, args ...any) {
	c.problems = append(c.problems, Problem{Line: at.line, Column: at.column, Path: path, Text: fmt.Sprintf(format, args...)})
}

func place(n ast.Node) position {
	p := n.GetToken().Position
	return position{p.Line, p.Column}
}

// resolve follows anchors and aliases.
func (c *checker) resolve(n ast.Node) ast.Node {
	for range 10 {
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			n = c.anchors[v.Value.GetToken().Value]
		case *ast.TagNode:
			n = v.Value
		default:
			return n
		}
	}
	return nil
}

// check compares n with t; tag is the jsonschema tag of the field that n is for.
func (c *checker) check(n ast.Node, t reflect.Type, path, tag string) {
	if c.nodes++; c.nodes > maxNodes {
		if c.nodes == maxNodes+1 {
			c.problem(place(n), path, "the file has more than %d values", maxNodes)
		}
		return
	}
	at := place(n)
	c.places[path] = at
	if n = c.resolve(n); n == nil {
		c.problem(at, path, "unknown or endless alias")
		return
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if short, ok := shorthand(t); ok {
		if _, scalar := n.(ast.ScalarNode); scalar && n.Type() != ast.NullType {
			t = short
		}
	}
	switch {
	case n.Type() == ast.NullType:
		c.problem(at, path, "has no value; want %s", wanted(t))
	case isScalar(t):
		c.scalar(n, at, t, path, tag)
	case t.Kind() == reflect.Slice:
		c.sequence(n, at, t, path, tag)
	default:
		c.mapping(n, at, t, path)
	}
}

func (c *checker) sequence(n ast.Node, at position, t reflect.Type, path, tag string) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		c.problem(at, path, "want a list")
		return
	}
	for i, v := range seq.Values {
		c.check(v, t.Elem(), fmt.Sprintf("%s[%d]", path, i), tag)
	}
}

func (c *checker) mapping(n ast.Node, at position, t reflect.Type, path string) {
	values, ok := c.entries(n)
	if !ok {
		c.problem(at, path, "want %s, not %s", wanted(t), show(n))
		return
	}
	if t.Kind() == reflect.Map {
		for _, v := range values {
			key := v.Key.GetToken().Value
			c.key(v.Key, t.Key(), path)
			c.check(v.Value, t.Elem(), join(path, key), "")
		}
		return
	}
	c.structure(values, at, t, path)
}

// key checks a key of a map: a number, or a name if it is plain text.
func (c *checker) key(n ast.Node, t reflect.Type, path string) {
	text := n.GetToken().Value
	switch {
	case t.Kind() != reflect.String:
		if err := parseScalar(text, n.Type(), t); err != nil {
			c.problem(place(n), path, "%v", err)
		}
	case t == reflect.TypeFor[string]() && !isRole(text):
		c.problem(place(n), path, "%q is not a name: want a letter and then letters, digits, _ or -", text)
	}
}

// entries returns the key-value pairs of a mapping, those of merged mappings ("<<") included.
func (c *checker) entries(n ast.Node) ([]*ast.MappingValueNode, bool) {
	var own []*ast.MappingValueNode
	switch v := n.(type) {
	case *ast.MappingNode:
		own = v.Values
	case *ast.MappingValueNode:
		own = []*ast.MappingValueNode{v}
	default:
		return nil, false
	}
	var all []*ast.MappingValueNode
	for _, v := range own {
		if v.Key.Type() != ast.MergeKeyType {
			all = append(all, v)
			continue
		}
		if m := c.resolve(v.Value); m != nil {
			merged, _ := m.(*ast.MappingNode)
			if merged != nil {
				all = append(all, merged.Values...)
			}
		}
	}
	return all, true
}

func (c *checker) structure(values []*ast.MappingValueNode, at position, t reflect.Type, path string) {
	fields := fieldsOf(t)
	seen := map[string]bool{}
	for _, v := range values {
		key := v.Key.GetToken().Value
		f, ok := fields[key]
		if !ok {
			c.problem(place(v.Key), join(path, key), "unknown key; accepted here: %s", list(slices.Sorted(maps.Keys(fields))))
			continue
		}
		seen[key] = true
		c.check(v.Value, f.typ, join(path, key), f.schema)
	}
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if fields[key].required && !seen[key] {
			c.problem(at, join(path, key), "is missing; want %s", wanted(fields[key].typ))
		}
	}
}

func (c *checker) scalar(n ast.Node, at position, t reflect.Type, path, tag string) {
	s, ok := n.(ast.ScalarNode)
	if !ok {
		c.problem(at, path, "want %s, not %s", wanted(t), show(n))
		return
	}
	text := fmt.Sprint(s.GetValue())
	if s.Type() == ast.StringType {
		text = s.(*ast.StringNode).Value
	}
	if err := parseScalar(text, s.Type(), t); err != nil {
		c.problem(at, path, "%v", err)
		return
	}
	accepted, lo, hi := limitsOf(tag)
	if len(accepted) > 0 && !slices.Contains(accepted, text) {
		c.problem(at, path, "%q is not accepted; accepted values: %s", text, list(accepted))
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil && (lo != nil && v < *lo || hi != nil && v > *hi) {
		c.problem(at, path, "%s is out of range; accepted: %s", text, span(lo, hi))
	}
}

// shorthand is the type that may stand for t where a scalar is written.
func shorthand(t reflect.Type) (reflect.Type, bool) {
	s, ok := reflect.Zero(t).Interface().(interface{ Short() any })
	if !ok {
		return nil, false
	}
	return reflect.TypeOf(s.Short()), true
}

// field is what a struct field expects in the file.
type field struct {
	typ      reflect.Type
	required bool
	schema   string
}

func fieldsOf(t reflect.Type) map[string]field {
	fields := map[string]field{}
	for f := range structFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if options == "inline" {
			maps.Copy(fields, fieldsOf(f.Type))
			continue
		}
		if name == "-" || !f.IsExported() {
			continue
		}
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		fields[name] = field{typ: f.Type, required: !strings.Contains(options, "omitempty"), schema: f.Tag.Get("jsonschema")}
	}
	return fields
}

func structFields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

// limitsOf reads what a jsonschema tag accepts.
func limitsOf(tag string) (accepted []string, lo, hi *float64) {
	for part := range strings.SplitSeq(tag, ",") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "enum":
			accepted = append(accepted, value)
		case "minimum":
			lo = number(value)
		case "maximum":
			hi = number(value)
		}
	}
	return accepted, lo, hi
}

func number(s string) *float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return &v
}

func span(lo, hi *float64) string {
	switch {
	case lo == nil:
		return fmt.Sprintf("at most %g", *hi)
	case hi == nil:
		return fmt.Sprintf("at least %g", *lo)
	}
	return fmt.Sprintf("%g to %g", *lo, *hi)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

func isRole(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789_-", r)) {
			return false
		}
	}
	return s != ""
}

var (
	durationType = reflect.TypeFor[time.Duration]()
	dateType     = reflect.TypeFor[Date]()
)
