package profile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

const (
	maxFile    = 1 << 18 // bytes of a profile
	maxDepth   = 6       // of steps within steps
	maxSteps   = 2000    // written in a profile
	maxRepeats = 100_000
)

// Parse reads the text of a profile; file is its name in errors. The error is an *Error with every problem found.
func Parse(file string, text []byte) (*Profile, error) {
	if len(text) > maxFile {
		return nil, &Error{file, []Problem{{1, 1, fmt.Sprintf("%d bytes are too many for a profile", len(text))}}}
	}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, &Error{file, []Problem{fromYAML(err)}}
	}
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		return nil, &Error{file, []Problem{{1, 1, "want one YAML document, a profile"}}}
	}
	r := &reader{}
	p := r.profile(tree.Docs[0].Body)
	p.file = file
	if len(r.problems) > 0 {
		return nil, (&Error{file, r.problems}).sorted()
	}
	// Compiling with the defaults finds what is wrong between values that are right by themselves.
	if _, err := p.Compile(nil); err != nil && !errors.Is(err, ErrRefused) {
		var e *Error
		if errors.As(err, &e) {
			return nil, e
		}
		return nil, &Error{file, []Problem{{1, 1, err.Error()}}}
	}
	return p, nil
}

func fromYAML(err error) Problem {
	var ye yaml.Error
	if errors.As(err, &ye) && ye.GetToken() != nil {
		p := ye.GetToken().Position
		return Problem{p.Line, p.Column, ye.GetMessage()}
	}
	return Problem{1, 1, err.Error()}
}

// reader turns syntax trees into a profile and collects what is wrong with them.
type reader struct {
	problems []Problem
	steps    int
}

func (r *reader) problem(n ast.Node, format string, args ...any) {
	r.problems = append(r.problems, place(n, fmt.Sprintf(format, args...)))
}

func place(n ast.Node, text string) Problem {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return Problem{1, 1, text}
	}
	p := n.GetToken().Position
	return Problem{p.Line, p.Column, text}
}

func (r *reader) profile(n ast.Node) *Profile {
	p := &Profile{}
	m := r.mapping(n, "a profile")
	p.Name = m.name("name", isProfileName, "lower-case letters, digits and -")
	p.Title, p.Standard, p.Clause = m.text("title"), m.text("standard"), m.text("clause")
	p.Source, p.About, p.Refused = m.text("source"), m.text("about"), m.text("refused")
	if t := m.take("tolerance"); t != nil {
		p.Tolerance = r.tolerance(t)
	}
	if t := m.take("parameters"); t != nil {
		p.Parameters = r.parameters(t)
	}
	start, steps := m.take("start"), m.take("steps")
	switch {
	case p.Refused != "" && steps != nil:
		r.problem(steps, "a profile that is refused has no steps")
	case p.Refused != "":
	case start == nil || steps == nil:
		r.problem(n, "want start, the voltage before the first step, and steps")
	default:
		p.start = r.expression(start)
		p.steps = r.stepList(steps, 0)
	}
	m.done()
	return p
}

func isProfileName(s string) bool {
	return s != "" && len(s) <= 60 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func isParameterName(s string) bool { return isName(s) && len(s) <= 30 }

func (r *reader) tolerance(n ast.Node) (t Tolerance) {
	m := r.mapping(n, "above, below, time and step")
	t.Above = m.constant("above", voltage).volts()
	t.Below = m.constant("below", voltage).volts()
	t.Step = m.constant("step", voltage).volts()
	if v := m.take("time"); v != nil {
		percent, ok := strings.CutSuffix(strings.ReplaceAll(scalar(v), " ", ""), "%")
		value, err := strconv.ParseFloat(percent, 64)
		if !ok || err != nil || !(value >= 0 && value <= 100) {
			r.problem(v, "%q is not a percentage such as 5%%", scalar(v))
		}
		t.Time = value
	}
	if t.Above < 0 || t.Below < 0 || t.Step < 0 {
		r.problem(n, "a tolerance is not negative")
	}
	m.done()
	return t
}

func (r *reader) parameters(n ast.Node) []Parameter {
	var all []Parameter
	m := r.mapping(n, "names with their defaults")
	for _, e := range m.entries {
		p := Parameter{Name: scalar(e.Key)}
		if !isParameterName(p.Name) {
			r.problem(e.Key, "%q is not the name of a parameter", p.Name)
		}
		v := r.mapping(e.Value, "default and about")
		if v.has("default") {
			p.Default = v.constant("default", voltage).volts()
		} else {
			r.problem(e.Key, "parameter %s has no default", p.Name)
		}
		p.About = v.text("about")
		v.done()
		all = append(all, p)
	}
	return all
}

func (r *reader) expression(n ast.Node) expression {
	e, err := parseExpression(scalar(n))
	if err != nil {
		r.problem(n, "%v", err)
	}
	return e
}

// scalar returns the text of a scalar as it is written, and nothing for anything else.
func scalar(n ast.Node) string {
	if n == nil {
		return ""
	}
	if _, ok := n.(ast.ScalarNode); !ok || n.Type() == ast.NullType {
		return ""
	}
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value
	}
	if l, ok := n.(*ast.LiteralNode); ok && l.Value != nil {
		return l.Value.Value
	}
	return n.GetToken().Value
}
