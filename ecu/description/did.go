package description

import (
	"fmt"
)

// DID is one data identifier: its number and how its bytes read, as a whole or in fields.
type DID struct {
	ID    uint16 `yaml:"id" json:"id"`
	Codec `yaml:",inline"`
	// Fields divide the bytes. Format and what belongs to it are not used then, but Length is.
	Fields []Field `yaml:"fields,omitempty" json:"fields,omitempty" jsonschema:"description=parts of the data; the whole is one value if left out"`
	// Writable identifiers are for WriteDataByIdentifier too. It is what the maker says; nothing here keeps others from being
	// written, because most descriptions do not say it.
	Writable bool `yaml:"writable,omitempty" json:"writable,omitempty" jsonschema:"description=the maker says that WriteDataByIdentifier may write it"`
	// Region names the part of the memory that the data comes from, such as the version within the software.
	Region string `yaml:"region,omitempty" json:"region,omitempty" jsonschema:"description=name in memory of the region that holds the data; a simulated ECU reads it from there"`
}

// Decode shows what an ECU sent, as [Codec.Decode] does: one value, or each field with its name.
func (d DID) Decode(data []byte) string {
	if len(d.Fields) == 0 {
		return d.Codec.Decode(data)
	}
	return joinFields(decodeFields(d.Fields, data))
}

// Parts returns the fields of what an ECU sent; none if the identifier is not divided. Fields beyond the end are missing.
func (d DID) Parts(data []byte) []Part { return decodeFields(d.Fields, data) }

// Encode turns text into the bytes to be written to an ECU: one value, or all fields as Decode shows them.
func (d DID) Encode(text string) ([]byte, error) {
	data, err := d.encode(text)
	if err != nil {
		return nil, fmt.Errorf("identifier %04X: %w", d.ID, err)
	}
	return data, nil
}

func (d DID) encode(text string) ([]byte, error) {
	if len(d.Fields) == 0 {
		return d.Codec.Encode(text)
	}
	return encodeFields(d.Fields, d.Length, text)
}
