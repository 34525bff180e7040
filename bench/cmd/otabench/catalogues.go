package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/reports/catalogue"
)

// judging is a catalogue that runs on a bench are judged by.
type judging struct {
	catalogue.Catalogue
	extension string // of its file
}

// cataloguesOf are the catalogues that runs on a bench are judged by: those that its file names, or else those of this version.
func cataloguesOf(f *config.File) ([]judging, error) {
	if len(f.Catalogues) == 0 {
		latest, err := catalogue.Default()
		var all []judging
		for _, c := range latest {
			all = append(all, judging{c, ".yaml"})
		}
		return all, err
	}
	var all []judging
	seen := map[string]bool{}
	for i, named := range f.Catalogues {
		at := fmt.Sprintf("catalogues[%d]", i)
		j, err := catalogueOf(f, at, named)
		if err != nil {
			return nil, err
		}
		if seen[strings.ToLower(j.Ref())] {
			return nil, f.Wrong(at, "%s is named twice", j.Ref())
		}
		seen[strings.ToLower(j.Ref())] = true
		all = append(all, j)
	}
	return all, nil
}

func catalogueOf(f *config.File, at string, named config.Catalogue) (judging, error) {
	if named.File == "" {
		c, err := catalogue.Find(named.Name)
		if err != nil {
			return judging{}, f.Wrong(at, "%v", err)
		}
		return judging{c, ".yaml"}, nil
	}
	as := catalogue.Identity{ID: named.ID, Title: named.Title, Version: named.Version}
	c, err := readCatalogue(f.Path(named.File), as)
	if errors.Is(err, fs.ErrNotExist) {
		return judging{}, f.Wrong(at, "there is no file %s", f.Path(named.File))
	}
	return judging{c, catalogue.Extension(named.File)}, err
}

// readCatalogue reads a customer's catalogue.
func readCatalogue(path string, as catalogue.Identity) (catalogue.Catalogue, error) {
	text, err := catalogue.ReadFile(os.DirFS(filepath.Dir(path)), filepath.Base(path))
	if err != nil {
		return catalogue.Catalogue{}, err
	}
	c, err := catalogue.Parse(path, text, as)
	if err != nil {
		return c, err
	}
	if own, err := catalogue.Find(c.ID); err == nil {
		return c, usage("%s: %s is the id of a catalogue of otabench; give yours another one", path, own.ID)
	}
	return c, nil
}

// addCatalogues copies the files of a bench's catalogues into a run folder, so that the verdicts can be derived from it alone,
// and lets the record say what they are.
func addCatalogues(to *record.Writer, f *config.File, dir string) error {
	all, err := cataloguesOf(f)
	if err != nil {
		return err
	}
	for _, j := range all {
		name := "catalogue-" + j.Ref() + j.extension
		if err := os.WriteFile(filepath.Join(dir, name), j.Text, 0o644); err != nil {
			return fmt.Errorf("copy the catalogue %s into the run folder: %w", j.Ref(), err)
		}
		to.Add(record.Catalogue{ID: j.Ref(), Version: j.Version, Digest: j.Digest, File: name})
	}
	return nil
}
