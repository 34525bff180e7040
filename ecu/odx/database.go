package odx

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Database is what the documents of one delivery hold, with the references between them.
type Database struct {
	name      string
	documents []*document
	layers    []*layer
	byElement map[*element]*layer
	// ids has every element with an ID. Documents may use the same one.
	ids map[string][]*element
	// steps bounds the work on one description.
	steps int
}

// document is one document. References name it by its short name, or by that of one of its layers.
type document struct {
	root  *element
	names []string
}

func newDatabase(name string) *Database {
	return &Database{name: name, byElement: map[*element]*layer{}, ids: map[string][]*element{}, steps: maxSteps}
}

// kinds are the layers of a DIAG-LAYER-CONTAINER, from those that inherit nothing to those that inherit most.
var kinds = []struct{ list, name string }{
	{"ECU-SHARED-DATAS", "ECU-SHARED-DATA"},
	{"PROTOCOLS", "PROTOCOL"},
	{"FUNCTIONAL-GROUPS", "FUNCTIONAL-GROUP"},
	{"BASE-VARIANTS", "BASE-VARIANT"},
	{"ECU-VARIANTS", "ECU-VARIANT"},
}

// Places of some of the kinds.
const (
	sharedData = iota
	protocol
	functionalGroup
	baseVariant
	ecuVariant
)

func (d *Database) add(root *element) error {
	doc := &document{root: root}
	for _, category := range root.children {
		doc.names = append(doc.names, category.shortName())
		for kind, k := range kinds {
			for e := range category.all(k.list, k.name) {
				l, err := newLayer(e, kind)
				if err != nil {
					return err
				}
				d.layers = append(d.layers, l)
				d.byElement[e] = l
				doc.names = append(doc.names, l.name)
			}
		}
	}
	d.documents = append(d.documents, doc)
	d.index(root)
	return nil
}

func (d *Database) index(e *element) {
	if id := e.attr("ID"); id != "" {
		d.ids[id] = append(d.ids[id], e)
	}
	for _, c := range e.children {
		d.index(c)
	}
}

// refer follows a reference by ID. Without DOCREF it means the document that it is in; files are lenient about that, so
// an ID that only one document has is found in any case.
func (d *Database) refer(ref *element) (*element, error) {
	id := ref.attr("ID-REF")
	found := slices.Clone(d.ids[id])
	if doc := ref.attr("DOCREF"); doc != "" {
		in := d.documentsNamed(doc)
		if len(in) == 0 && len(found) == 0 {
			return nil, ref.wrong("%s leads to document %q, which is not there", ref.name, clean(doc))
		}
		if len(in) > 0 {
			found = slices.DeleteFunc(found, func(e *element) bool { return !slices.Contains(in, e.file) })
		}
	} else if own := slices.IndexFunc(found, func(e *element) bool { return e.file == ref.file }); own >= 0 {
		return found[own], nil
	} else if len(found) > 1 {
		imports := d.importedBy(ref)
		found = slices.DeleteFunc(found, func(e *element) bool { return !slices.Contains(imports, d.layerAround(e)) })
	}
	switch len(found) {
	case 0:
		return nil, ref.wrong("%s leads to %q, which is not there", ref.name, clean(id))
	case 1:
		return found[0], nil
	}
	return nil, ref.wrong("%s leads to %q, which %d elements have; DOCREF would tell them apart", ref.name, clean(id),
		len(found))
}

// layerAround is the layer that an element is in, nil for none.
func (d *Database) layerAround(e *element) *layer {
	for ; e != nil; e = e.parent {
		if l, ok := d.byElement[e]; ok {
			return l
		}
	}
	return nil
}

// importedBy are the layers whose IDs an element may refer to as if they were in its own document.
func (d *Database) importedBy(e *element) []*layer {
	if l := d.layerAround(e); l != nil {
		return l.imports
	}
	return nil
}

// documentsNamed are the files of the documents that a DOCREF may mean.
func (d *Database) documentsNamed(name string) []string {
	var files []string
	for _, doc := range d.documents {
		if slices.Contains(doc.names, name) {
			files = append(files, doc.root.file)
		}
	}
	return files
}

// Variant is something that a description can be made of.
type Variant struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"` // "BASE-VARIANT" or "ECU-VARIANT"
	LongName string `json:"long_name,omitempty"`
	Base     string `json:"base,omitempty"` // the base variant of an ECU variant
	// Protocols are those by which the variant can be reached.
	Protocols []string `json:"protocols,omitempty"`
}

// Variants lists the base variants and ECU variants, by name.
func (d *Database) Variants() []Variant {
	all := []Variant{} // an empty list in JSON
	for _, l := range d.layers {
		if l.kind < baseVariant {
			continue
		}
		v := Variant{Name: l.name, Kind: kinds[l.kind].name, LongName: clean(l.at.value("LONG-NAME"))}
		for _, p := range l.ancestors() {
			switch {
			case p.kind == baseVariant && p != l:
				v.Base = p.name
			case p.kind == protocol:
				v.Protocols = append(v.Protocols, p.name)
			}
		}
		all = append(all, v)
	}
	slices.SortStableFunc(all, func(a, b Variant) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Kind, b.Kind))
	})
	return all
}

// variant finds a variant by name. Without a name it is the only one, or the only ECU variant.
func (d *Database) variant(name string) (*layer, error) {
	var found []*layer
	for _, l := range d.layers {
		if l.kind >= baseVariant && (l.name == name || name == "") {
			found = append(found, l)
		}
	}
	ecus := slices.DeleteFunc(slices.Clone(found), func(l *layer) bool { return l.kind != ecuVariant })
	if len(ecus) == 1 {
		return ecus[0], nil
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0 && name == "":
		return nil, &Error{File: d.name, Text: "has no BASE-VARIANT and no ECU-VARIANT to describe"}
	case len(found) > 1 && name != "":
		return nil, found[1].at.wrong("%s %q is there twice", kinds[found[1].kind].name, name)
	}
	names := make([]string, 0, len(found))
	for _, v := range d.Variants() {
		names = append(names, v.Name)
	}
	if name == "" {
		return nil, d.choose("has several variants; name one of %s", strings.Join(names, ", "))
	}
	return nil, d.choose("has no variant %q; there are %s", clean(name), strings.Join(names, ", "))
}

func (d *Database) choose(format string, args ...any) error {
	return &ChoiceError{File: d.name, Text: fmt.Sprintf(format, args...)}
}
