package profile

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// expression is a sum of terms such as "95% Usmin - 20mV".
type expression struct {
	text  string
	terms []term
}

// term is a quantity, or a share of a parameter.
type term struct {
	negative bool
	literal  quantity
	name     string // of the parameter; empty for a literal
	percent  int64  // of the parameter, in thousandths of a percent
}

const (
	maxExpression = 120     // bytes
	whole         = 100_000 // thousandths of a percent
)

// parseExpression reads a sum of terms.
func parseExpression(text string) (expression, error) {
	e := expression{text: strings.TrimSpace(text)}
	if len(text) > maxExpression {
		return e, fmt.Errorf("an expression of more than %d bytes", maxExpression)
	}
	rest, negative := e.text, false
	if after, ok := strings.CutPrefix(rest, "-"); ok {
		rest, negative = after, true
	}
	for {
		t, after, err := parseTerm(rest)
		if err != nil {
			return e, fmt.Errorf("%q: %w", e.text, err)
		}
		t.negative = negative
		e.terms = append(e.terms, t)
		switch {
		case after == "":
			return e, nil
		case after[0] == '+' || after[0] == '-':
			rest, negative = after[1:], after[0] == '-'
		default:
			return e, fmt.Errorf("%q: %.20q where + or - is expected", e.text, after)
		}
	}
}

// parseTerm reads one term and returns what follows it.
func parseTerm(text string) (t term, rest string, err error) {
	text = strings.TrimSpace(text)
	digits, text := span(text, func(r rune) bool { return unicode.IsDigit(r) || r == '.' })
	text = strings.TrimLeft(text, " ")
	t.percent = whole
	if after, ok := strings.CutPrefix(text, "%"); ok {
		if t.percent, err = scaled(digits, whole/100); err != nil {
			return t, "", err
		}
		if digits == "" || t.percent > 10*whole {
			return t, "", errors.New("want a percentage of at most 1000 %")
		}
		digits, text = "", strings.TrimLeft(after, " ")
	}
	name, rest := span(text, isNameRune)
	rest = strings.TrimLeft(rest, " ")
	switch {
	case digits == "" && !isName(name):
		return t, "", errors.New("want a quantity with its unit or the name of a parameter")
	case digits == "":
		t.name = name
	default:
		t.literal, err = literal(digits, name)
	}
	return t, rest, err
}

func span(s string, in func(rune) bool) (head, tail string) {
	i := strings.IndexFunc(s, func(r rune) bool { return !in(r) })
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i:]
}

func isNameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '/'
}

// isName tells names of parameters: a letter, then letters, digits and _.
func isName(s string) bool {
	return s != "" && unicode.IsLetter([]rune(s)[0]) && !strings.Contains(s, "/")
}

// eval adds the terms up. The result has the dimension want.
func (e expression) eval(values map[string]quantity, want dimension) (quantity, error) {
	var sum quantity
	for _, t := range e.terms {
		q, err := t.eval(values)
		if err == nil {
			sum, err = sum.plus(q)
		}
		if err != nil {
			return sum, fmt.Errorf("%q: %w", e.text, err)
		}
	}
	if sum.n == 0 && sum.dim == number {
		sum.dim = want
	}
	if sum.dim != want {
		return sum, fmt.Errorf("%q is not %v", e.text, want)
	}
	return sum, nil
}

func (t term) eval(values map[string]quantity) (quantity, error) {
	q := t.literal
	if t.name != "" {
		v, ok := values[t.name]
		if !ok {
			return q, fmt.Errorf("there is no parameter %q; defined: %s", t.name, listed(slices.Sorted(maps.Keys(values))))
		}
		q = v.share(t.percent)
	}
	if t.negative {
		q.n = -q.n
	}
	return q, nil
}

// share returns a percentage of a quantity without overflow.
func (q quantity) share(percent int64) quantity {
	q.n = q.n/whole*percent + q.n%whole*percent/whole
	return q
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
