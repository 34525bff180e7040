package history

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
)

//go:embed schema.sql
var schema string

// migrations bring a database from one version to the next. The first makes an empty one; none is ever changed.
var migrations = []string{schema}

// applicationID is what SQLite keeps in the file to say whose it is: "otab".
const applicationID = 0x6f746162

// Errors of Open. The file is left as it is with each of them.
var (
	ErrForeign = errors.New("is a database of something else")
	ErrNewer   = errors.New("was written by a newer version of otabench; update otabench, or name another file with --history")
	ErrDamaged = errors.New("is damaged or no database; move it away and add the runs again with \"otabench history add RUN...\"")
)

// querier is a connection or a transaction.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// version reads the version of a database's schema, 0 of an empty one, and refuses what is not ours.
func version(ctx context.Context, q querier) (int, error) {
	var id, version, tables int
	for _, x := range []struct {
		query string
		into  *int
	}{
		{"PRAGMA application_id", &id},
		{"PRAGMA user_version", &version},
		{"SELECT count(*) FROM sqlite_schema", &tables},
	} {
		if err := q.QueryRowContext(ctx, x.query).Scan(x.into); err != nil {
			return 0, err
		}
	}
	switch {
	case id == 0 && version == 0 && tables == 0:
		return 0, nil
	case id != applicationID:
		return 0, ErrForeign
	case version > len(migrations):
		return 0, fmt.Errorf("%w (schema %d, this version knows %d)", ErrNewer, version, len(migrations))
	}
	return version, nil
}

// migrate brings the schema up to date. The transaction holds the lock on writing, so several processes may try.
func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after the commit
	from, err := version(ctx, tx)
	if err != nil || from == len(migrations) {
		return err
	}
	for _, m := range migrations[from:] {
		if _, err := tx.ExecContext(ctx, m); err != nil {
			return fmt.Errorf("bring its schema from version %d to %d: %w", from, len(migrations), err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(migrations))); err != nil {
		return err
	}
	return tx.Commit()
}
