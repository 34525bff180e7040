package history

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"unicode/utf8"

	"otabench/reports"
	"otabench/reports/conditions"
	sealed "otabench/reports/evidence"
	"otabench/reports/visible"
)

// OtherRecordError says that the history holds a run of the same id that was made from another record.
type OtherRecordError struct {
	Run, Dir   string // the id, and the folder that was added
	Known, Got string // SHA-256 of the records
}

func (e *OtherRecordError) Error() string {
	return fmt.Sprintf("run %.80q was added from %s with a record whose SHA-256 is %.12s, and this one is %.12s: one of them was altered, or cut short when it was added",
		e.Run, e.Dir, e.Known, e.Got)
}

// Add adds a run. Adding it again does nothing; another record under its id is an OtherRecordError.
func (h *DB) Add(run *reports.Run) error {
	if run.Header.Run == "" || run.Digest == "" {
		return errors.New("add a run to the history: it has no id, or was not loaded from a record")
	}
	return h.failed("add run "+visible.Line(run.Header.Run, 80)+" to", h.add(context.Background(), run))
}

func (h *DB) add(ctx context.Context, run *reports.Run) error {
	tx, err := h.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	known, err := knows(ctx, tx, run)
	if err != nil || known {
		return err
	}
	a := adder{ctx: ctx, tx: tx}
	a.run(run)
	for _, s := range run.Specs {
		a.spec(s)
	}
	for _, g := range run.Groups {
		a.group(g)
	}
	if a.err != nil {
		return a.err
	}
	return tx.Commit()
}

// Knows says whether a run was added before. Another record under its id is an OtherRecordError.
func (h *DB) Knows(run *reports.Run) (bool, error) {
	known, err := knows(context.Background(), h.db, run)
	return known, h.failed("look for run "+visible.Line(run.Header.Run, 80)+" in", err)
}

func knows(ctx context.Context, q querier, run *reports.Run) (bool, error) {
	var dir, digest string
	err := q.QueryRowContext(ctx, "SELECT dir, digest FROM run WHERE run = ?", run.Header.Run).Scan(&dir, &digest)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	case digest != run.Digest:
		return false, &OtherRecordError{Run: run.Header.Run, Dir: dir, Known: digest, Got: run.Digest}
	}
	return true, nil
}

// adder writes one run and stops at the first error.
type adder struct {
	ctx context.Context
	tx  *sql.Tx
	row int64 // of the run

	err error
}

func (a *adder) exec(query string, args ...any) {
	if a.err == nil {
		_, a.err = a.tx.ExecContext(a.ctx, query, args...)
	}
}

// id runs a statement that returns the id of a row.
func (a *adder) id(query string, args ...any) (id int64) {
	if a.err == nil {
		a.err = a.tx.QueryRowContext(a.ctx, query, args...).Scan(&id)
	}
	return id
}

func (a *adder) json(v any) string {
	text, err := json.Marshal(v)
	a.err = cmp.Or(a.err, err)
	return string(text)
}

func (a *adder) run(run *reports.Run) {
	dir, err := filepath.Abs(run.Dir)
	a.err = cmp.Or(a.err, err)
	c := conditions.Of(run)
	// DO UPDATE, as DO NOTHING returns no row.
	condition := a.id("INSERT INTO condition (text, known) VALUES (?, ?) ON CONFLICT DO UPDATE SET known = excluded.known RETURNING id", a.json(c), c.Known())
	var sweep any
	if s := sweepOf(run.Sweep); s != nil {
		sweep = a.json(s)
	}
	lost := uint64(0)
	for _, l := range run.Lost {
		lost += l.Frames
	}
	x := run.Header
	a.row = a.id(`INSERT INTO run (run, digest, statement, dir, started, length, tool, host, bench, file, condition, status, reason, totals, filter, unselected, lost, sweep)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		x.Run, run.Digest, statementOf(run), dir, x.Started.UnixNano(), run.Length.Nanoseconds(), clip(x.Tool), clip(x.Host), clip(x.Bench), clip(x.File), condition,
		string(run.Status), clip(run.Reason), a.json(run.Totals), clip(run.Filter), run.Unselected, whole(lost), sweep)
}

// statementOf is the digest of the statement that a run was sealed with, empty if there is none.
func statementOf(run *reports.Run) string {
	if run.Dir == "" {
		return ""
	}
	digest, err := sealed.Digest(run.Dir)
	if err != nil {
		return ""
	}
	return digest
}

func (a *adder) spec(s *reports.Spec) {
	if len(s.ID) > maxText {
		a.err = cmp.Or(a.err, fmt.Errorf("the record has a spec with an id of %d bytes", len(s.ID)))
	}
	spec := a.id(`INSERT INTO spec (spec, name, file, line) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET name = excluded.name, file = excluded.file, line = excluded.line RETURNING id`,
		s.ID, clip(s.Name()), clip(s.File), s.Line)
	reason := ""
	if len(s.Reasons) > 0 {
		reason = s.Reasons[0]
	}
	a.exec("INSERT INTO result (run, spec, verdict, reason, duration, lost) VALUES (?, ?, ?, ?, ?, ?)",
		a.row, spec, string(s.Verdict), clip(reason), s.Duration.Nanoseconds(), whole(s.LostFrames))
	for _, q := range quantities(s.Measurements) {
		a.quantity(spec, q)
	}
}

func (a *adder) quantity(spec int64, q quantity) {
	id := a.id("INSERT INTO quantity (spec, name, unit, source) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET unit = excluded.unit RETURNING id",
		spec, clip(q.worst.Name), clip(q.worst.Unit), clip(q.worst.Source))
	a.exec(`INSERT INTO measurement (run, quantity, n, median, worst, min, max, uncertainty, verdict) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, // of names that are one when they are cut
		a.row, id, len(q.values), reports.Median(q.values), q.worst.Value, q.worst.Min, q.worst.Max, q.worst.Uncertainty, string(q.verdict))
}

func (a *adder) group(g reports.Group) {
	if g.Version == "" {
		return // of labels that no catalogue knows
	}
	edition := a.id("INSERT INTO edition (catalogue, version, digest) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET digest = excluded.digest RETURNING id",
		clip(g.Ref()), clip(g.Version), clip(g.Digest))
	for _, q := range g.Requirements {
		clause := a.id("INSERT INTO clause (catalogue, clause) VALUES (?, ?) ON CONFLICT DO UPDATE SET clause = excluded.clause RETURNING id", clip(g.Ref()), clip(q.ID))
		a.exec("INSERT INTO judgement (run, clause, edition, verdict, totals) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
			a.row, clause, edition, string(q.Verdict), a.json(q.Totals))
	}
}

// maxText bounds a text from a record in bytes: a history is no place for a flood.
const maxText = 1000

func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	n := maxText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// whole is a count as SQLite keeps it.
func whole(n uint64) int64 { return int64(min(n, math.MaxInt64)) }
