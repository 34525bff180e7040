package history

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"otabench/reports"
)

// Selection chooses runs.
type Selection struct {
	Bench string // name of the bench; any if empty
	Last  int    // at most so many, the newest; all if 0
}

// chosen is the part of a statement that chooses the rows of runs, with its two arguments.
const chosen = "SELECT id FROM run WHERE (?1 = '' OR bench = ?1) ORDER BY started DESC, id DESC LIMIT ?2"

func (s Selection) args() []any {
	last := s.Last
	if last <= 0 {
		last = -1 // no limit
	}
	return []any{s.Bench, last}
}

// Count is how many runs of a bench the history has; of all benches if the name is empty.
func (h *DB) Count(bench string) (n int, err error) {
	err = h.db.QueryRowContext(context.Background(), "SELECT count(*) FROM run WHERE ?1 = '' OR bench = ?1", bench).Scan(&n)
	return n, h.failed("count the runs in", err)
}

// Runs returns the runs of a selection from old to new.
func (h *DB) Runs(s Selection) ([]Run, error) {
	runs, _, err := h.runs(s)
	return runs, h.failed("read the runs in", err)
}

// runs returns as well the place of each in the list by its row.
func (h *DB) runs(s Selection) ([]Run, map[int64]int, error) {
	var all []Run
	place := map[int64]int{}
	err := h.each(`SELECT r.id, r.run, r.digest, r.dir, r.started, r.length, r.tool, r.host, r.bench, r.file, c.text, r.status, r.reason, r.totals,
			r.filter, r.unselected, r.lost, r.sweep
		FROM run r JOIN condition c ON c.id = r.condition WHERE r.id IN (`+chosen+`) ORDER BY r.started, r.id`, s.args(), func(scan scanner) error {
		var r Run
		var row, started, lost int64
		var condition, totals string
		var sweep sql.NullString
		if err := scan(&row, &r.ID, &r.Digest, &r.Dir, &started, &r.Length, &r.Tool, &r.Host, &r.Bench, &r.File, &condition, &r.Status, &r.Reason, &totals,
			&r.Filter, &r.Unselected, &lost, &sweep); err != nil {
			return err
		}
		r.Started, r.Lost = time.Unix(0, started).UTC(), uint64(lost)
		if err := decode(condition, &r.Conditions); err != nil {
			return err
		}
		if err := decode(totals, &r.Totals); err != nil {
			return err
		}
		if sweep.Valid {
			if err := decode(sweep.String, &r.Sweep); err != nil {
				return err
			}
		}
		place[row] = len(all)
		all = append(all, r)
		return nil
	})
	return all, place, err
}

func decode(text string, v any) error {
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return nil
}

// scanner takes the columns of a row.
type scanner func(into ...any) error

// each calls f for each row of a query.
func (h *DB) each(query string, args []any, f func(scanner) error) error {
	rows, err := h.db.QueryContext(context.Background(), query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// View is a part of the history: some runs, from old to new, and what their specs came to in each.
type View struct {
	Runs  []Run  `json:"runs"`
	Specs []Spec `json:"specs"`
}

// Spec is a spec over the runs of a view.
type Spec struct {
	ID         string     `json:"id"` // stable
	Name       string     `json:"name"`
	File       string     `json:"file"`
	Line       int        `json:"line"`
	Results    []Result   `json:"results"` // in runs that had the spec, from old to new
	Quantities []Quantity `json:"quantities,omitempty"`
}

// Result is what a spec came to in a run.
type Result struct {
	Run      int             `json:"run"` // place in View.Runs
	Verdict  reports.Verdict `json:"verdict"`
	Reason   string          `json:"reason,omitempty"` // the first one; empty for a pass
	Duration time.Duration   `json:"duration_ns"`
	Lost     uint64          `json:"lost_frames,omitempty"`
}

// Quantity is something that a spec measures, over runs.
type Quantity struct {
	Name   string  `json:"name"`
	Unit   string  `json:"unit"`
	Source string  `json:"source"`
	Values []Value `json:"values"`
}

// Value is what was measured of a quantity in a run. Limits and uncertainty are those of the worst value.
type Value struct {
	Run         int             `json:"run"`   // place in View.Runs
	N           int             `json:"count"` // measurements in this run
	Median      float64         `json:"median"`
	Worst       float64         `json:"worst"` // nearest to a limit, or outside of one by the most
	Min         *float64        `json:"min,omitempty"`
	Max         *float64        `json:"max,omitempty"`
	Uncertainty *float64        `json:"uncertainty,omitempty"`
	Verdict     reports.Verdict `json:"verdict"`
}

// View reads a part of the history. Specs stand in the order of their files.
func (h *DB) View(s Selection) (View, error) {
	v, err := h.view(s)
	return v, h.failed("read the runs in", err)
}

func (h *DB) view(s Selection) (View, error) {
	runs, runAt, err := h.runs(s)
	if err != nil {
		return View{}, err
	}
	v := View{Runs: runs}
	specAt := map[int64]int{}
	err = h.each("SELECT id, spec, name, file, line FROM spec WHERE id IN (SELECT spec FROM result WHERE run IN ("+chosen+")) ORDER BY file, line, name, spec",
		s.args(), func(scan scanner) error {
			var row int64
			var x Spec
			if err := scan(&row, &x.ID, &x.Name, &x.File, &x.Line); err != nil {
				return err
			}
			specAt[row] = len(v.Specs)
			v.Specs = append(v.Specs, x)
			return nil
		})
	if err != nil {
		return View{}, err
	}
	if err := h.results(s, &v, runAt, specAt); err != nil {
		return View{}, err
	}
	return v, h.values(s, &v, runAt, specAt)
}

func (h *DB) results(s Selection, v *View, runAt, specAt map[int64]int) error {
	return h.each("SELECT x.run, x.spec, x.verdict, x.reason, x.duration, x.lost FROM result x JOIN run r ON r.id = x.run WHERE x.run IN ("+chosen+") ORDER BY r.started, r.id",
		s.args(), func(scan scanner) error {
			var run, spec int64
			var x Result
			if err := scan(&run, &spec, &x.Verdict, &x.Reason, &x.Duration, &x.Lost); err != nil {
				return err
			}
			x.Run = runAt[run]
			list := &v.Specs[specAt[spec]].Results
			*list = append(*list, x)
			return nil
		})
}

func (h *DB) values(s Selection, v *View, runAt, specAt map[int64]int) error {
	type home struct{ spec, place int }
	at := map[int64]home{}
	return h.each(`SELECT q.id, q.spec, q.name, q.unit, q.source, m.run, m.n, m.median, m.worst, m.min, m.max, m.uncertainty, m.verdict
		FROM measurement m JOIN quantity q ON q.id = m.quantity JOIN run r ON r.id = m.run WHERE m.run IN (`+chosen+") ORDER BY r.started, r.id, q.id",
		s.args(), func(scan scanner) error {
			var id, spec, run int64
			var q Quantity
			var x Value
			if err := scan(&id, &spec, &q.Name, &q.Unit, &q.Source, &run, &x.N, &x.Median, &x.Worst, &x.Min, &x.Max, &x.Uncertainty, &x.Verdict); err != nil {
				return err
			}
			x.Run = runAt[run]
			list := &v.Specs[specAt[spec]].Quantities
			where, known := at[id]
			if !known {
				where = home{specAt[spec], len(*list)}
				at[id] = where
				*list = append(*list, q)
			}
			values := &(*list)[where.place].Values
			*values = append(*values, x)
			return nil
		})
}
