package history

import (
	"time"

	"otabench/reports/conditions"
)

// Flake is a spec that passed and failed under the same conditions: with the same firmware, bench file, suite and clock.
type Flake struct {
	ID         string                `json:"id"`
	Name       string                `json:"name"`
	Conditions conditions.Conditions `json:"conditions"`
	Passed     int                   `json:"passed"` // runs
	Failed     int                   `json:"failed"`
	FailedIn   string                `json:"failed_in"` // id of the newest run in which it failed
	At         time.Time             `json:"at"`        // start of that run
	Reason     string                `json:"reason"`    // there
}

// Flaky finds the flaky specs of a bench in the whole history; of all benches if the name is empty. A void run does not
// count, nor does a verdict other than passed and failed; conditions of which something is unknown are never the same.
func (h *DB) Flaky(bench string) ([]Flake, error) {
	all := []Flake{}
	// Columns beside max() are those of the row that has it.
	err := h.each(`SELECT s.spec, s.name, c.text, x.passed, x.failed, x.run, x.last, x.reason FROM (
			SELECT x.spec, r.condition, sum(x.verdict = 'passed') AS passed, sum(x.verdict = 'failed') AS failed,
				r.run, x.reason, max(iif(x.verdict = 'failed', r.started, 0)) AS last
			FROM run r JOIN condition c ON c.id = r.condition JOIN result x ON x.run = r.id
			WHERE c.known AND r.status <> 'void' AND (?1 = '' OR r.bench = ?1)
			GROUP BY x.spec, r.condition HAVING passed > 0 AND failed > 0) x
		JOIN spec s ON s.id = x.spec JOIN condition c ON c.id = x.condition ORDER BY x.last DESC, s.name, s.spec`,
		[]any{bench}, func(scan scanner) error {
			var f Flake
			var text string
			var at int64
			if err := scan(&f.ID, &f.Name, &text, &f.Passed, &f.Failed, &f.FailedIn, &at, &f.Reason); err != nil {
				return err
			}
			f.At = time.Unix(0, at).UTC()
			if err := decode(text, &f.Conditions); err != nil {
				return err
			}
			all = append(all, f)
			return nil
		})
	return all, h.failed("look for flaky specs in", err)
}
