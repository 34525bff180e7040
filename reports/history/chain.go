package history

import (
	"context"
	"database/sql"
	"errors"
)

// Sealed is the newest run of a bench that was sealed, by its id and the digest of its statement, for the next one of a
// chain of evidence to follow. Both are empty if there is none.
func (h *DB) Sealed(bench string) (run, statement string, err error) {
	row := h.db.QueryRowContext(context.Background(),
		"SELECT run, statement FROM run WHERE bench = ? AND statement <> '' ORDER BY started DESC, id DESC LIMIT 1", bench)
	if err := row.Scan(&run, &statement); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", "", h.failed("look for the last sealed run in", err)
	}
	return run, statement, nil
}
