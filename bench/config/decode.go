package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"reflect"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"periph.io/x/conn/v3/physic"
)

// MaxFile bounds a bench file or a description in bytes. Makers describe some ECUs with thousands of identifiers and
// trouble codes.
const MaxFile = 8 << 20

// Load reads and checks a bench file, and the descriptions in files beside it. An error that is not from the file system
// is an *Error.
func Load(path string) (*File, []byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read the bench file: %w", err)
	}
	f, err := Parse(path, text)
	return f, text, err
}

// Parse decodes and checks the text of a bench file; name is its path, which stands in errors and from which the paths
// of description files go.
func Parse(name string, text []byte) (*File, error) {
	f, c, err := decode[File](name, "bench file", text)
	if err != nil {
		return nil, err
	}
	f.source = source{name, c.places}
	if err := f.readDescriptions(c); err != nil {
		return nil, err
	}
	if err := f.readSupplies(); err != nil {
		return nil, err
	}
	f.complete()
	f.validate(c)
	if len(c.problems) > 0 {
		return nil, (&Error{File: name, Problems: c.problems}).sorted()
	}
	return f, nil
}

// decode reads YAML strictly into a T; kind names in errors what it is meant to be.
func decode[T any](name, kind string, text []byte) (*T, *checker, error) {
	if len(text) > MaxFile {
		return nil, nil, &Error{File: name, Problems: []Problem{{Text: fmt.Sprintf("%d bytes are too many for a %s", len(text), kind)}}}
	}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, nil, &Error{File: name, Problems: []Problem{fromYAML(err)}}
	}
	root, err := onlyDocument(tree, kind)
	if err != nil {
		return nil, nil, &Error{File: name, Problems: []Problem{{Line: 1, Column: 1, Text: err.Error()}}}
	}
	c := newChecker(root)
	c.check(root, reflect.TypeFor[T](), "", "")
	if len(c.problems) > 0 {
		return nil, nil, (&Error{File: name, Problems: c.problems}).sorted()
	}
	v := new(T)
	if err := yaml.NewDecoder(bytes.NewReader(text), decodeOptions()...).Decode(v); err != nil {
		return nil, nil, &Error{File: name, Problems: []Problem{fromYAML(err)}}
	}
	return v, c, nil
}

func onlyDocument(tree *ast.File, kind string) (ast.Node, error) {
	if len(tree.Docs) != 1 || tree.Docs[0].Body == nil {
		return nil, fmt.Errorf("want one YAML document, a %s", kind)
	}
	return tree.Docs[0].Body, nil
}

func decodeOptions() []yaml.DecodeOption {
	return []yaml.DecodeOption{
		yaml.Strict(),
		unmarshal[physic.ElectricPotential](),
		unmarshal[physic.ElectricCurrent](),
		unmarshal[physic.ElectricResistance](),
		unmarshal[physic.ElectricalCapacitance](),
		yaml.CustomUnmarshaler(func(d *time.Duration, b []byte) (err error) {
			*d, err = time.ParseDuration(compact(unquote(b)))
			return err
		}),
	}
}

// unmarshal reads a quantity with its unit.
func unmarshal[Q any]() yaml.DecodeOption {
	return yaml.CustomUnmarshaler(func(q *Q, b []byte) error {
		return any(q).(quantity).Set(compact(unquote(b)))
	})
}

func unquote(b []byte) string {
	return string(bytes.Trim(bytes.TrimSpace(b), `"'`))
}

func fromYAML(err error) Problem {
	var ye yaml.Error
	if errors.As(err, &ye) && ye.GetToken() != nil {
		p := ye.GetToken().Position
		return Problem{Line: p.Line, Column: p.Column, Text: ye.GetMessage()}
	}
	return Problem{Text: err.Error()}
}
