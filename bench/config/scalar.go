package config

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"periph.io/x/conn/v3/physic"
)

// quantity is one of the physic types: a number with a unit.
type quantity interface{ Set(string) error }

// quantities are the physical quantities of bench files, each with what is said to somebody who gets one wrong.
var quantities = map[reflect.Type]string{
	reflect.TypeFor[physic.ElectricPotential]():     "a voltage with its unit, such as 13.5V or 500mV",
	reflect.TypeFor[physic.ElectricCurrent]():       "a current with its unit, such as 3.2A or 500mA",
	reflect.TypeFor[physic.ElectricResistance]():    "a resistance with its unit, such as 10mOhm",
	reflect.TypeFor[physic.ElectricalCapacitance](): "a capacitance with its unit, such as 470uF",
}

func isScalar(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice:
		return false
	}
	return true
}

// wanted says in words what a type accepts.
func wanted(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if text, ok := quantities[t]; ok {
		return text
	}
	switch {
	case t == durationType:
		return "a time with its unit, such as 100ms or 2s"
	case t == dateType:
		return "a date such as 2026-03-01"
	case t.Kind() == reflect.Map:
		return "names with their values"
	case t.Kind() == reflect.Struct:
		return "keys with their values"
	case t.Kind() == reflect.Slice:
		return "a list"
	case t.Kind() == reflect.String:
		return "text"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Float64:
		return "a number"
	}
	return "a whole number"
}

func show(n ast.Node) string {
	switch n.Type() {
	case ast.MappingType, ast.MappingValueType:
		return "keys with values"
	case ast.SequenceType:
		return "a list"
	}
	return strconv.Quote(n.GetToken().Value)
}

// parseScalar says why text cannot become a t.
func parseScalar(text string, node ast.NodeType, t reflect.Type) error {
	wrong := fmt.Errorf("%q is not %s", text, wanted(t))
	if _, ok := quantities[t]; ok {
		if err := reflect.New(t).Interface().(quantity).Set(compact(text)); err != nil {
			return fmt.Errorf("%w (%v)", wrong, err)
		}
		return nil
	}
	if t == durationType {
		d, err := time.ParseDuration(compact(text))
		if err != nil || d < 0 {
			return wrong
		}
		return nil
	}
	if t == dateType {
		if _, err := Date(text).time(); err != nil {
			return wrong
		}
		return nil
	}
	switch t.Kind() {
	case reflect.String:
		return nil
	case reflect.Bool:
		if node != ast.BoolType {
			return wrong
		}
	case reflect.Float64:
		if node != ast.FloatType && node != ast.IntegerType {
			return wrong
		}
	default:
		return parseInteger(text, node, t, wrong)
	}
	return nil
}

func parseInteger(text string, node ast.NodeType, t reflect.Type, wrong error) error {
	if node != ast.IntegerType {
		return wrong
	}
	var err error
	if t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uint64 {
		_, err = strconv.ParseUint(text, 0, t.Bits())
	} else {
		_, err = strconv.ParseInt(text, 0, t.Bits())
	}
	if errors.Is(err, strconv.ErrRange) || strings.HasPrefix(text, "-") && err != nil {
		return fmt.Errorf("%s does not fit: want %s of %d bits", text, wanted(t), t.Bits())
	}
	if err != nil {
		return wrong
	}
	return nil
}

// compact takes the blanks between a number and its unit away.
func compact(s string) string { return strings.ReplaceAll(s, " ", "") }
