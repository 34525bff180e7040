package reports

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"otabench/bench/record"
	"otabench/reports/catalogue"
	"otabench/reports/visible"
)

// judgedBy is a catalogue that a run is judged by.
type judgedBy struct {
	catalogue.Catalogue
	file string // in the run folder; empty for one that is part of this otabench alone
}

// catalogues returns what the run is judged by: exactly what its record names, and if that is nothing, as in old records, the
// catalogues of this version. folder is nil where there is none. One that cannot be had keeps its place without requirements,
// and Unjudged says why.
func (r *Run) catalogues(folder fs.FS) ([]judgedBy, error) {
	if len(r.Catalogues) == 0 {
		latest, err := catalogue.Default()
		var all []judgedBy
		for _, c := range latest {
			all = append(all, judgedBy{Catalogue: c})
		}
		return all, err
	}
	var all []judgedBy
	for i, named := range r.Catalogues {
		if i == maxCatalogues {
			r.Unjudged = fmt.Sprintf("The record names %d catalogues, more than the %d that a run may be judged by.", len(r.Catalogues), maxCatalogues)
			break
		}
		c, err := recorded(named, folder)
		if slices.ContainsFunc(r.Catalogues[:i], func(before record.Catalogue) bool { return before.ID == named.ID }) {
			err = errors.New("the record names it twice")
		}
		if err != nil {
			c = r.unjudged(named, err)
		}
		c.Text = nil // which nobody needs any more
		all = append(all, judgedBy{c, visible.Line(named.File, 200)})
	}
	return all, nil
}

// maxCatalogues bounds what a hostile record lets its reader read.
const maxCatalogues = 32

// unjudged notes that a catalogue cannot be had, and returns what stands in its place.
func (r *Run) unjudged(named record.Catalogue, err error) catalogue.Catalogue {
	named = record.Catalogue{ID: visible.Line(named.ID, 100), Version: visible.Line(named.Version, 100), Digest: visible.Line(named.Digest, 64)}
	why := fmt.Sprintf("The run is judged by the catalogue %s, version %s, which cannot be had: %v.", named.ID, named.Version, visible.Line(err.Error(), 600))
	if r.Unjudged == "" {
		r.Unjudged = why
	}
	id, edition, _ := strings.Cut(named.ID, "@")
	return catalogue.Catalogue{ID: id, Edition: edition, Title: named.ID, Version: named.Version, Digest: named.Digest, Notice: why}
}

// recorded finds the catalogue that a record names, and no other: a file of the run folder, or an embedded one.
func recorded(named record.Catalogue, folder fs.FS) (catalogue.Catalogue, error) {
	own, ownErr := catalogue.Find(named.ID)
	isOwn := ownErr == nil && own.Ref() == named.ID
	c, err := own, ownErr
	if named.File != "" {
		c, err = inFolder(named, folder)
	}
	switch {
	case err != nil:
		return c, err
	case c.Ref() != named.ID:
		return c, fmt.Errorf("it is %s", c.Ref())
	case c.Version != named.Version && named.File == "":
		return c, fmt.Errorf("this otabench has version %s of it; take the otabench that the run was made with", c.Version)
	case c.Version != named.Version:
		return c, fmt.Errorf("%s is version %s", named.File, c.Version)
	case c.Digest != named.Digest:
		return c, fmt.Errorf("its SHA-256 is %s, and the record says %.64s; it was changed", c.Digest, named.Digest)
	case isOwn && own.Version == c.Version && own.Digest != c.Digest:
		return c, fmt.Errorf("%s has the name and the version of a catalogue of otabench, whose SHA-256 is %s, and is another one", named.File, own.Digest)
	}
	return c, nil
}

func inFolder(named record.Catalogue, folder fs.FS) (catalogue.Catalogue, error) {
	if folder == nil {
		return catalogue.Catalogue{}, fmt.Errorf("there is no run folder with %.100q", named.File)
	}
	if !fs.ValidPath(named.File) || filepath.Base(named.File) != named.File {
		return catalogue.Catalogue{}, fmt.Errorf("%.100q is no name of a file in the run folder", named.File)
	}
	text, err := catalogue.ReadFile(folder, named.File)
	if err != nil {
		return catalogue.Catalogue{}, err
	}
	// The digest comes first: what is not the file of the run is not read at all.
	if digest := catalogue.Digest(text); digest != named.Digest {
		return catalogue.Catalogue{}, fmt.Errorf("the SHA-256 of %s is %s, and the record says %.64s; it was changed", named.File, digest, named.Digest)
	}
	return catalogue.Parse(named.File, text, catalogue.Identity{ID: named.ID, Version: named.Version})
}
