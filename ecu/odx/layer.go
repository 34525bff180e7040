package odx

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// layer is one diagnostic layer: a variant, or what variants inherit from.
type layer struct {
	at      *element
	kind    int
	name    string
	parents []parent
	imports []*layer
}

// parent is a layer that is inherited from.
type parent struct {
	*layer
	ref *element // PARENT-REF, with what is not inherited
}

func newLayer(e *element, kind int) (*layer, error) {
	l := &layer{at: e, kind: kind, name: clean(e.shortName())}
	if l.name == "" {
		return nil, e.wrong("%s has no SHORT-NAME", e.name)
	}
	return l, nil
}

// link follows the references between layers.
func (d *Database) link() error {
	for _, l := range d.layers {
		for ref := range l.at.all("PARENT-REFS", "PARENT-REF") {
			p, err := d.layerOf(ref)
			if err != nil {
				return err
			}
			if p.kind >= l.kind {
				return ref.wrong("%s %q cannot inherit from %s %q", kinds[l.kind].name, l.name, kinds[p.kind].name, p.name)
			}
			l.parents = append(l.parents, parent{p, ref})
		}
		for ref := range l.at.all("IMPORT-REFS", "IMPORT-REF") {
			p, err := d.layerOf(ref)
			if err != nil {
				return err
			}
			l.imports = append(l.imports, p)
		}
		slices.SortStableFunc(l.parents, func(a, b parent) int { return b.priority() - a.priority() })
	}
	return nil
}

// priority says which of several parents wins that have an object of the same name. Shared data overrides everything.
func (p parent) priority() int {
	if p.kind == sharedData {
		return len(kinds)
	}
	return p.kind
}

func (d *Database) layerOf(ref *element) (*layer, error) {
	e, err := d.refer(ref)
	if err != nil {
		return nil, err
	}
	l, ok := d.byElement[e]
	if !ok {
		return nil, ref.wrong("%s leads to %s, which is no layer", ref.name, e.name)
	}
	return l, nil
}

// ancestors are the layer itself and those that it inherits from, each once and the nearest first. There are no cycles,
// because a layer inherits only from lower kinds.
func (l *layer) ancestors() []*layer {
	all := []*layer{l}
	for i := 0; i < len(all); i++ {
		for _, p := range all[i].parents {
			if !slices.Contains(all, p.layer) {
				all = append(all, p.layer)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *layer) int { return b.kind - a.kind })
	return all
}

// category is a kind of objects that layers inherit by their short names.
type category struct {
	own func(l *layer) iter.Seq[*element] // those that a layer has itself
	not []string                          // path below PARENT-REF to the names of those that are not inherited
}

var (
	diagComms = category{ownDiagComms, []string{"NOT-INHERITED-DIAG-COMMS", "NOT-INHERITED-DIAG-COMM", "DIAG-COMM-SNREF"}}
	dataTypes = category{ownDataTypes, []string{"NOT-INHERITED-DOPS", "NOT-INHERITED-DOP", "DOP-BASE-SNREF"}}
	tables    = category{ownTables, []string{"NOT-INHERITED-TABLES", "NOT-INHERITED-TABLE", "TABLE-SNREF"}}
)

func ownDiagComms(l *layer) iter.Seq[*element] {
	return func(yield func(*element) bool) {
		comms := l.at.child("DIAG-COMMS")
		if comms == nil {
			return
		}
		for _, c := range comms.children {
			if !yield(c) {
				return
			}
		}
	}
}

// ownDataTypes are all that parameters may refer to as their data object: simple ones, structures, fields and so on.
func ownDataTypes(l *layer) iter.Seq[*element] {
	return func(yield func(*element) bool) {
		spec := l.at.child("DIAG-DATA-DICTIONARY-SPEC")
		if spec == nil {
			return
		}
		for _, list := range spec.children {
			if list.name == "TABLES" || list.name == "UNIT-SPEC" {
				continue
			}
			for _, c := range list.children {
				if c.shortName() != "" && !yield(c) {
					return
				}
			}
		}
	}
}

func ownTables(l *layer) iter.Seq[*element] {
	return l.at.all("DIAG-DATA-DICTIONARY-SPEC", "TABLES", "TABLE")
}

// objects are elements by their short names.
type objects map[string]*element

// inherited are all objects of a category that a layer has. References among them (DIAG-COMM-REF) are followed; those
// that lead nowhere are told to lost.
func (d *Database) inherited(l *layer, c category, lost func(error)) objects {
	return d.inherit(l, c, lost, map[*layer]objects{})
}

// inherit keeps what it found, because many paths may lead to one layer.
func (d *Database) inherit(l *layer, c category, lost func(error), known map[*layer]objects) objects {
	if all, ok := known[l]; ok {
		return all
	}
	all, rank, own := objects{}, map[string]int{}, d.own(l, c, lost)
	for _, p := range slices.Backward(l.parents) {
		from := maps.Clone(d.inherit(p.layer, c, lost, known))
		for name := range p.ref.all(c.not[0], c.not[1]) {
			delete(from, name.child(c.not[2]).attr("SHORT-NAME"))
		}
		for _, name := range slices.Sorted(maps.Keys(from)) {
			other, there := all[name]
			if there && other != from[name] && rank[name] == p.priority() && own[name] == nil {
				lost(fmt.Errorf("%s inherits %q from several layers; that of the first is taken", l.name, clean(name)))
			}
			all[name], rank[name] = from[name], p.priority()
		}
	}
	maps.Copy(all, own)
	known[l] = all
	return all
}

// own are the objects that a layer has itself.
func (d *Database) own(l *layer, c category, lost func(error)) objects {
	all := objects{}
	for e := range c.own(l) {
		if strings.HasSuffix(e.name, "-REF") {
			at, err := d.refer(e)
			if err != nil {
				lost(err)
				continue
			}
			e = at
		}
		all[e.shortName()] = e
	}
	return all
}
