package described

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"otabench/ecu/description"
	"otabench/ecu/image/checksum"
)

// makeOptions reads the templates of all routines.
func (e *ECU) makeOptions() error {
	e.options = map[string]description.Template{}
	routines := e.cfg.Description.Routines
	for _, name := range slices.Sorted(maps.Keys(routines)) {
		t, err := description.ParseTemplate(routines[name].Options)
		if err == nil {
			err = t.Separable(e.width)
		}
		if err != nil {
			return fmt.Errorf("routines.%s.options: %w", name, err)
		}
		e.options[name] = t
	}
	return nil
}

// width is how many bytes a field of a template has; 0 for those that are as long as they are.
func (e *ECU) width(field string) int {
	p := e.cfg.Description.Programming
	switch field {
	case description.FieldMemory:
		return 1 + p.AddressLength + p.SizeLength
	case description.FieldFormat:
		return 1
	case description.FieldAddress, description.FieldEntry:
		return p.AddressLength
	case description.FieldSize, description.FieldEraseSize:
		return p.SizeLength
	}
	if algorithm, err := checksum.Lookup(field); err == nil {
		return algorithm.Size()
	}
	return 0
}

// number reads a big-endian number of up to 8 bytes.
func number(b []byte) uint64 {
	var wide [8]byte
	copy(wide[8-min(len(b), 8):], b)
	return binary.BigEndian.Uint64(wide[:])
}
