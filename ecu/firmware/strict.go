package firmware

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds how deep objects and lists nest; a manifest needs three levels.
const maxDepth = 8

// decodeStrictly decodes one JSON value without unknown or repeated names and with nothing after it.
func decodeStrictly(raw []byte, into any) error {
	if !utf8.Valid(raw) {
		return errors.New("it is not UTF-8")
	}
	names := json.NewDecoder(bytes.NewReader(raw))
	if err := refuseRepeats(names, 0); err != nil {
		return err
	}
	if _, err := names.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// refuseRepeats walks one value. Names count as repeated when they differ in case only, since encoding/json takes
// them for the same field.
func refuseRepeats(d *json.Decoder, depth int) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	open, nested := t.(json.Delim)
	if !nested {
		return nil
	}
	if depth == maxDepth {
		return fmt.Errorf("it nests deeper than %d levels", maxDepth)
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			key := strings.ToLower(fmt.Sprint(name))
			if seen[key] {
				return fmt.Errorf("field %q is there twice", name)
			}
			seen[key] = true
		}
		if err := refuseRepeats(d, depth+1); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}
