package reqif

import (
	"fmt"
	"slices"
	"strings"

	"otabench/reports"
)

// content is what the document is of. Nothing is in it twice, whatever the record says.
type content struct {
	groups []group
	specs  []spec
	links  map[string][]reports.Link
}

type group struct {
	reports.Group
	id string // of its specification
}

// spec is a spec that ran, or was left out.
type spec struct {
	*reports.Spec
	verdict reports.Verdict // that it counts for
	reasons string
}

func contentOf(r *reports.Run) content {
	c := content{links: r.Links()}
	taken := map[string]bool{}
	for _, g := range r.Groups {
		own := group{g, id("catalogue", g.ID)}
		own.Requirements = slices.DeleteFunc(slices.Clone(g.Requirements), func(q reports.Requirement) bool {
			twice := taken[requirementID(g, q)]
			taken[requirementID(g, q)] = true
			return twice
		})
		if !taken[own.id] {
			taken[own.id] = true
			c.groups = append(c.groups, own)
		}
	}
	seen := map[string]bool{}
	add := func(s spec) {
		if !seen[s.ID] {
			seen[s.ID] = true
			c.specs = append(c.specs, s)
		}
	}
	for _, s := range r.Specs {
		v := r.Counted(s.Verdict)
		why := strings.Join(s.Reasons, "; ")
		if v != s.Verdict {
			why = r.Reason
		}
		add(spec{s, v, why})
	}
	for _, s := range r.LeftOut {
		add(spec{&reports.Spec{SpecStart: s}, reports.NotRun, "left out of the selection"})
	}
	return c
}

func (d *document) objects(c content) {
	for _, g := range c.groups {
		for _, q := range g.Requirements {
			d.object(requirement, requirementID(g.Group, q), q.ID,
				q.ID, q.Title, q.Expectation, q.Stimulus, string(d.run.Counted(q.Verdict)), counts(q), q.Reason)
		}
	}
	for _, s := range c.specs {
		where := strings.Join(append(s.Path[:len(s.Path):len(s.Path)], s.Text), " / ")
		d.object(testCase, specID(s.ID), s.Text, s.ID, s.Text, where, string(s.verdict), s.reasons, fmt.Sprintf("%s:%d", s.File, s.Line), d.run.Header.Run)
	}
}

func (d *document) object(k kind, id, name string, values ...string) {
	d.in("SPEC-OBJECT", d.identified(id, line(name)), func() {
		d.of("TYPE", k.element+"-REF", k.id())
		d.values(k, values...)
	})
}

// relations lead from specs to the requirements that they observe.
func (d *document) relations(c content) {
	for _, s := range c.specs {
		linked := map[string]bool{}
		for _, l := range c.links[s.ID] {
			target := requirementID(*l.Catalogue, *l.Requirement)
			if linked[target] {
				continue
			}
			linked[target] = true
			d.in("SPEC-RELATION", d.identified(id("relation", specID(s.ID), target), verifies.name), func() {
				d.of("TYPE", verifies.element+"-REF", verifies.id())
				d.of("SOURCE", "SPEC-OBJECT-REF", specID(s.ID))
				d.of("TARGET", "SPEC-OBJECT-REF", target)
				d.values(verifies, extent(l))
			})
		}
	}
}

func extent(l reports.Link) string {
	if l.Whole {
		return "whole"
	}
	return "in part"
}

func (d *document) specifications(c content) {
	for _, g := range c.groups {
		d.specification(g.id, g.Title, strings.TrimSuffix(fmt.Sprintf("%s, version %s; %s", g.Ref(), g.Version, g.Notice), "; "), places(g))
	}
	var all []place
	for _, s := range c.specs {
		all = append(all, place{object: specID(s.ID)})
	}
	d.specification(id("specs"), "Test cases of "+d.run.Header.Bench, "specs of otabench with their verdicts in run "+d.run.Header.Run, all)
}

// place is an object in the hierarchy of a specification.
type place struct {
	object   string
	children []place
}

// places puts requirements below those that they are a part of, which stand before them.
func places(g group) []place {
	below := map[string][]reports.Requirement{}
	known := map[string]bool{}
	for _, q := range g.Requirements {
		parent := q.Parent
		if !known[parent] {
			parent = ""
		}
		below[parent] = append(below[parent], q)
		known[q.ID] = true
	}
	var under func(parent string) []place
	under = func(parent string) (all []place) {
		for _, q := range below[parent] {
			all = append(all, place{requirementID(g.Group, q), under(q.ID)})
		}
		return all
	}
	return under("")
}

func (d *document) specification(self, name, description string, all []place) {
	d.in("SPECIFICATION", d.identified(self, line(name)), func() {
		d.of("TYPE", specification.element+"-REF", specification.id())
		d.values(specification, description)
		d.children(self, all)
	})
}

func (d *document) children(self string, all []place) {
	d.in("CHILDREN", nil, func() {
		for _, p := range all {
			d.in("SPEC-HIERARCHY", attributes{{"IDENTIFIER", id("place", self, p.object)}, {"LAST-CHANGE", d.changed}}, func() {
				d.of("OBJECT", "SPEC-OBJECT-REF", p.object)
				if len(p.children) > 0 {
					d.children(self, p.children)
				}
			})
		}
	})
}

func requirementID(g reports.Group, q reports.Requirement) string {
	return id("requirement", g.ID, q.ID)
}
func specID(spec string) string { return id("spec", spec) }

// counts says how many specs observe a requirement, and what they came to.
func counts(q reports.Requirement) string {
	text := q.Totals.String()
	if n := len(q.LeftOut); n > 0 {
		text += fmt.Sprintf(", %d left out of the selection", n)
	}
	return text
}
