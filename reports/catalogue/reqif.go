package catalogue

import (
	"cmp"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"otabench/reports/catalogue/reqif"
)

// Attributes are the names of the attributes of a ReqIF document that requirements are made of. An empty one is the usual
// name, which the OMG's guide recommends as far as it has one.
type Attributes struct {
	ID          string // ReqIF.ForeignID
	Title       string // ReqIF.Name, or else ReqIF.ChapterName
	Expectation string // ReqIF.Text
	Stimulus    string // stimulus
	ObservedBy  string // observed_by
	Scope       string // scope
	Reason      string // reason
}

// value is that of the first attribute that an object has.
func value(o reqif.Object, named string, usual ...string) string {
	if named != "" {
		usual = []string{named}
	}
	for _, name := range usual {
		if v := o.Values[name]; v != "" {
			return v
		}
	}
	return ""
}

// ParseReqIF reads a ReqIF document or archive, as the file's name says. Objects without a text are headings: they make no
// requirement. Ids that are numbers only, as some tools give, get the catalogue's id before them.
func ParseReqIF(file string, text []byte, as Identity, names Attributes) (Catalogue, error) {
	read := reqif.Parse
	if Extension(file) == ".reqifz" {
		read = reqif.ParseArchive
	}
	doc, err := read(text)
	var re *reqif.Error
	if errors.As(err, &re) {
		return Catalogue{}, wrong(file, re.Line, 0, "%s", re.Text)
	}
	if err != nil {
		return Catalogue{}, wrong(file, 0, 0, "%v", err)
	}
	as = as.complete(file, doc.Title, text)
	c := Catalogue{ID: as.ID, Title: as.Title, Version: as.Version, Source: "a ReqIF document", Text: text, Digest: Digest(text)}
	if doc.Tool != "" {
		c.Source += " of " + doc.Tool
	}
	ids, lines := make([]string, len(doc.Objects)), []int{}
	for i, o := range doc.Objects {
		r := requirementOf(o, names, c.ID)
		if r.Expectation == "" {
			continue
		}
		r.Parent = parentOf(doc.Objects, ids, o)
		ids[i] = r.ID
		c.Requirements, lines = append(c.Requirements, r), append(lines, o.Line)
	}
	if len(c.Requirements) == 0 {
		return Catalogue{}, wrong(file, 0, 0, "none of its %d objects has a text in the attribute %s; their attributes are %s",
			len(doc.Objects), cmp.Or(names.Expectation, "ReqIF.Text"), strings.Join(attributesOf(doc), ", "))
	}
	return c, c.validate(file, place{}, func(i int) place { return place{line: lines[i]} })
}

var number = regexp.MustCompile(`^[0-9]+$`)

func requirementOf(o reqif.Object, names Attributes, catalogue string) Requirement {
	id := cmp.Or(value(o, names.ID, "ReqIF.ForeignID"), o.LongName, o.Identifier)
	if number.MatchString(id) {
		id = catalogue + "-" + id
	}
	return Requirement{
		ID:          id,
		Title:       value(o, names.Title, "ReqIF.Name", "ReqIF.ChapterName"),
		Stimulus:    value(o, names.Stimulus, "stimulus"),
		Expectation: value(o, names.Expectation, "ReqIF.Text"),
		Scope:       Scope(strings.ToLower(value(o, names.Scope, "scope"))),
		Reason:      value(o, names.Reason, "reason"),
		ObservedBy:  labelsIn(value(o, names.ObservedBy, "observed_by")),
	}
}

// parentOf is the id of the nearest requirement above an object; headings are none.
func parentOf(all []reqif.Object, ids []string, o reqif.Object) string {
	for i := o.Parent; i >= 0; i = all[i].Parent {
		if ids[i] != "" {
			return ids[i]
		}
	}
	return ""
}

// attributesOf are the names of attributes that the objects of a document have, and no more than somebody reads.
func attributesOf(doc reqif.Document) []string {
	seen := map[string]bool{}
	for _, o := range doc.Objects {
		for name := range o.Values {
			seen[name] = true
		}
	}
	names := slices.Sorted(maps.Keys(seen))
	return names[:min(len(names), 30)]
}
