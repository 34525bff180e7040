package allure

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"otabench/reports"
)

// Folder is the name of the results in a run folder.
const Folder = "allure-results"

// unfinished is their name until all of them are there.
const unfinished = ".allure-results"

// Write writes the results of a run into its folder. Results that are there already are replaced.
func Write(root *os.Root, r *reports.Run) error {
	if err := root.RemoveAll(unfinished); err != nil {
		return fmt.Errorf("remove unfinished Allure results: %w", err)
	}
	if err := root.Mkdir(unfinished, 0o755); err != nil {
		return fmt.Errorf("make a folder for Allure results: %w", err)
	}
	if err := writeAll(root, r); err != nil {
		return fmt.Errorf("write Allure results: %w", err)
	}
	if err := root.RemoveAll(Folder); err != nil {
		return fmt.Errorf("remove old Allure results: %w", err)
	}
	if err := root.Rename(unfinished, Folder); err != nil {
		return fmt.Errorf("name the Allure results: %w", err)
	}
	return nil
}

func writeAll(root *os.Root, r *reports.Run) (err error) {
	in, err := root.OpenRoot(unfinished)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	f, c := folder{in}, newConverter(r)
	for _, s := range r.Specs {
		res, files, err := c.spec(s)
		if err != nil {
			return err
		}
		for _, a := range files {
			if err := f.write(a.Source, a.text); err != nil {
				return err
			}
		}
		if err := f.json(res.UUID+"-result.json", res); err != nil {
			return err
		}
	}
	if showsWhole(r) {
		whole := c.whole()
		if err := f.json(whole.UUID+"-result.json", whole); err != nil {
			return err
		}
	}
	if err := f.json("categories.json", categories); err != nil {
		return err
	}
	if err := f.json("executor.json", executorOf(r)); err != nil {
		return err
	}
	return f.write("environment.properties", environment(r))
}

// folder is where files are written.
type folder struct{ root *os.Root }

func (f folder) write(name string, text []byte) error {
	return f.root.WriteFile(name, text, 0o644)
}

func (f folder) json(name string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return f.write(name, append(text, '\n'))
}
