package description

import (
	"bytes"
	"fmt"

	"github.com/goccy/go-yaml"
	"periph.io/x/conn/v3/physic"
)

// Marshal writes a description as YAML, as bench files and files of descriptions have it: numbers that are identifiers or
// addresses in hexadecimal, and comments, if there are any, before the rest.
func Marshal(e ECU, comments ...string) ([]byte, error) {
	text, err := yaml.MarshalWithOptions(e, yaml.IndentSequence(true),
		hexadecimal[uint8](2), hexadecimal[uint16](4), hexadecimal[uint32](3), hexadecimal[uint64](4),
		yaml.CustomMarshaler(func(v physic.ElectricPotential) ([]byte, error) { return []byte(v.String()), nil }),
	)
	if err != nil {
		return nil, fmt.Errorf("write the description: %w", err)
	}
	var all bytes.Buffer
	for _, comment := range comments {
		for line := range bytes.Lines([]byte(comment)) {
			fmt.Fprintf(&all, "# %s\n", bytes.TrimRight(line, "\r\n"))
		}
	}
	all.Write(text)
	return all.Bytes(), nil
}

// hexadecimal writes numbers of a type with at least so many digits.
func hexadecimal[N uint8 | uint16 | uint32 | uint64](digits int) yaml.EncodeOption {
	return yaml.CustomMarshaler(func(n N) ([]byte, error) { return fmt.Appendf(nil, "0x%0*X", digits, n), nil })
}
