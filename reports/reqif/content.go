package reqif

import (
	"fmt"
	"strconv"
	"strings"

	"otabench/reports"
)

// content is what the document is of. Nothing is in it twice, whatever the record says.
type content struct {
	groups       []group
	requirements map[string]bool
	specs        []spec
}

type group struct {
	reports.Group
	id  string                // of its specification
	own []reports.Requirement // that no earlier group has
}

// spec is a spec that ran, or was left out.
type spec struct {
	*reports.Spec
	verdict reports.Verdict // that it counts for
	reasons string
}

func contentOf(r *reports.Run) content {
	c := content{requirements: map[string]bool{}}
	names := map[string]int{}
	for _, g := range r.Groups {
		names[g.ID]++
		own := group{Group: g, id: id("catalogue", g.ID, strconv.Itoa(names[g.ID]))}
		for _, q := range g.Requirements {
			if !c.requirements[q.ID] {
				c.requirements[q.ID] = true
				own.own = append(own.own, q)
			}
		}
		c.groups = append(c.groups, own)
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
		for _, q := range g.own {
			d.object(requirement, requirementID(q.ID), q.ID, q.ID, q.Expectation, q.Stimulus, string(d.run.Counted(q.Verdict)), counts(q))
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
	observations := d.run.Observations()
	for _, s := range c.specs {
		for _, o := range observations[s.ID] {
			d.in("SPEC-RELATION", d.identified(id("relation", s.ID, o.Requirement), verifies.name), func() {
				d.of("TYPE", verifies.element+"-REF", verifies.id())
				d.of("SOURCE", "SPEC-OBJECT-REF", specID(s.ID))
				d.of("TARGET", "SPEC-OBJECT-REF", requirementID(o.Requirement))
				d.values(verifies, extent(o))
			})
		}
	}
}

func extent(o reports.Observation) string {
	if o.Whole {
		return "whole"
	}
	return "in part"
}

func (d *document) specifications(c content) {
	for _, g := range c.groups {
		ids := make([]string, len(g.own))
		for i, q := range g.own {
			ids[i] = requirementID(q.ID)
		}
		d.specification(g.id, g.Title, strings.TrimSuffix(fmt.Sprintf("%s, version %s; %s", g.ID, g.Version, g.Notice), "; "), ids)
	}
	ids := make([]string, len(c.specs))
	for i, s := range c.specs {
		ids[i] = specID(s.ID)
	}
	d.specification(id("specs"), "Test cases of "+d.run.Header.Bench, "specs of otabench with their verdicts in run "+d.run.Header.Run, ids)
}

func (d *document) specification(self, name, description string, objects []string) {
	d.in("SPECIFICATION", d.identified(self, line(name)), func() {
		d.of("TYPE", specification.element+"-REF", specification.id())
		d.values(specification, description)
		d.in("CHILDREN", nil, func() {
			for _, o := range objects {
				d.in("SPEC-HIERARCHY", attributes{{"IDENTIFIER", id("place", self, o)}, {"LAST-CHANGE", d.changed}}, func() {
					d.of("OBJECT", "SPEC-OBJECT-REF", o)
				})
			}
		})
	})
}

func requirementID(label string) string { return id("requirement", label) }
func specID(spec string) string         { return id("spec", spec) }

// counts says how many specs observe a requirement, and what they came to.
func counts(q reports.Requirement) string {
	text := q.Totals.String()
	if n := len(q.LeftOut); n > 0 {
		text += fmt.Sprintf(", %d left out of the selection", n)
	}
	return text
}
