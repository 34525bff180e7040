package config

import (
	"fmt"
	"maps"
	"slices"
)

// Outline decodes the text of a bench file that a stranger may have written, such as the copy in a run folder. It is as
// strict about the text as [Parse] and opens no file that the text names: where an ECU's description lies in a file of its
// own, beside returns its text, or nil where there is none, and the ECU has the zero description then.
func Outline(text []byte, beside func(ecu string) ([]byte, error)) (*File, error) {
	f, c, err := decode[File]("bench.yaml", "bench file", text)
	if err != nil {
		return nil, err
	}
	f.source = source{"bench.yaml", c.places}
	for _, role := range slices.Sorted(maps.Keys(f.ECUs)) {
		e := f.ECUs[role]
		if e.DescriptionFile == "" {
			continue
		}
		text, err := beside(role)
		if err != nil {
			return nil, err
		}
		if text == nil {
			continue
		}
		if e.Description, err = ParseDescription("description of "+role, text); err != nil {
			return nil, fmt.Errorf("outline of the bench: %w", err)
		}
		f.ECUs[role] = e
	}
	f.complete()
	return f, nil
}
