package profile

import (
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// mapping is a YAML mapping whose keys are taken out one by one; what is left was not expected.
type mapping struct {
	reader   *reader
	node     ast.Node
	entries  []*ast.MappingValueNode
	accepted []string
}

func (r *reader) mapping(n ast.Node, what string) *mapping {
	m := &mapping{reader: r, node: n}
	switch v := n.(type) {
	case *ast.MappingNode:
		m.entries = v.Values
	case *ast.MappingValueNode:
		m.entries = []*ast.MappingValueNode{v}
	default:
		r.problem(n, "want keys with values: %s", what)
	}
	return m
}

// take returns the value of a key, nil if there is none.
func (m *mapping) take(key string) ast.Node {
	m.accepted = append(m.accepted, key)
	for _, e := range m.entries {
		if scalar(e.Key) == key {
			return e.Value
		}
	}
	return nil
}

func (m *mapping) has(key string) bool {
	return slices.ContainsFunc(m.entries, func(e *ast.MappingValueNode) bool { return scalar(e.Key) == key })
}

func (m *mapping) text(key string) string {
	n := m.take(key)
	if n == nil {
		return ""
	}
	s := scalar(n)
	if s == "" {
		m.reader.problem(n, "%s: want text", key)
	}
	return s
}

// name returns a required name that ok accepts.
func (m *mapping) name(key string, ok func(string) bool, accepted string) string {
	n := m.take(key)
	if n == nil {
		m.reader.problem(m.node, "%s is missing", key)
		return ""
	}
	if s := scalar(n); ok(s) {
		return s
	}
	m.reader.problem(n, "%s: %.40q is not accepted; want %s", key, scalar(n), accepted)
	return ""
}

// expression returns the expression at a key, nil if there is none.
func (m *mapping) expression(key string) *expression {
	n := m.take(key)
	if n == nil {
		return nil
	}
	e := m.reader.expression(n)
	return &e
}

// constant returns a quantity without parameters, zero if the key is not there.
func (m *mapping) constant(key string, dim dimension) quantity {
	n := m.take(key)
	if n == nil {
		return quantity{dim: dim}
	}
	e := m.reader.expression(n)
	q, err := e.eval(nil, dim)
	if err != nil && len(e.terms) > 0 {
		m.reader.problem(n, "%s: %v", key, err)
	}
	return q
}

// done reports the keys that nobody took.
func (m *mapping) done() {
	seen := map[string]bool{}
	for _, e := range m.entries {
		key := scalar(e.Key)
		if !slices.Contains(m.accepted, key) {
			accepted := listed(slices.Sorted(slices.Values(m.accepted)))
			m.reader.problem(e.Key, "unknown key %.40q; accepted here: %s", key, accepted)
		}
		if seen[key] {
			m.reader.problem(e.Key, "key %s stands here twice", key)
		}
		seen[key] = true
	}
}
