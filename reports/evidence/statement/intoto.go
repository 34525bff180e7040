package statement

import (
	"bytes"
	"encoding/json"
	"fmt"

	intoto "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"

	"otabench/reports/evidence/manifest"
)

// payload is a statement as it is signed. It is written by protojson, since only that has the names of the specification, and
// once, since protojson promises no two times the same white space; what there is of it is taken out.
func payload(predicateType string, subjects []manifest.File, predicate []byte) ([]byte, error) {
	s := &intoto.Statement{
		Type: intoto.StatementTypeUri, PredicateType: predicateType, Predicate: &structpb.Struct{}, Subject: resources(subjects),
	}
	if err := protojson.Unmarshal(predicate, s.Predicate); err != nil {
		return nil, fmt.Errorf("write the statement: %w", err)
	}
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("write the statement: %w", err)
	}
	spaced, err := protojson.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("write the statement: %w", err)
	}
	var text bytes.Buffer
	if err := json.Compact(&text, spaced); err != nil {
		return nil, fmt.Errorf("write the statement: %w", err)
	}
	return text.Bytes(), nil
}

func resources(files []manifest.File) []*intoto.ResourceDescriptor {
	var all []*intoto.ResourceDescriptor
	for _, f := range files {
		all = append(all, &intoto.ResourceDescriptor{Name: f.Path, Digest: map[string]string{"sha256": f.SHA256}})
	}
	return all
}

// maxValues bounds the values in a statement, since each takes many times the memory that it takes on paper. A run of 10,000
// specs with ten measurements each has half of them.
const maxValues = 2_000_000

// parse reads the predicate of a statement of one type.
func parse(text []byte, predicateType string, predicate any) error {
	if n := bytes.Count(text, []byte(",")) + bytes.Count(text, []byte("{")) + bytes.Count(text, []byte("[")); n > maxValues {
		return fmt.Errorf("the statement has about %d values, want at most %d", n, maxValues)
	}
	var s struct {
		Type          string          `json:"_type"`
		PredicateType string          `json:"predicateType"`
		Predicate     json.RawMessage `json:"predicate"`
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("no in-toto statement: %w", err)
	}
	switch {
	case s.Type != intoto.StatementTypeUri:
		return fmt.Errorf("a statement of type %.80q, want %q", s.Type, intoto.StatementTypeUri)
	case s.PredicateType != predicateType:
		return fmt.Errorf("a predicate of type %.80q, which this version does not know; want %q", s.PredicateType, predicateType)
	}
	if err := json.Unmarshal(s.Predicate, predicate); err != nil {
		return fmt.Errorf("the predicate of the statement: %w", err)
	}
	return nil
}

// same sees that a statement that was read is written as it was.
func same(write func() ([]byte, error), text []byte) error {
	again, err := write()
	if err != nil {
		return err
	}
	if !bytes.Equal(again, text) {
		return fmt.Errorf("the statement is not in its only form: it differs from byte %d on", difference(again, text))
	}
	return nil
}
