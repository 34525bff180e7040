package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// DB is a history. Its methods may be called from several goroutines.
type DB struct {
	path string
	db   *sql.DB
}

// Open opens the history in a file and makes a new one where there is none. A file that is damaged, belongs to something
// else or to a newer version is an error, ErrDamaged, ErrForeign or ErrNewer, and is not touched.
func Open(path string) (*DB, error) {
	h, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("open the history %s: %w", path, explain(err))
	}
	return h, nil
}

func open(path string) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(abs), 0o755); err != nil {
		return nil, err
	}
	if err := look(abs); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", address(abs, url.Values{
		"_txlock": {"immediate"}, // a transaction that reads before it writes cannot lose its place to another writer
		"_pragma": {"busy_timeout(30000)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)", "trusted_schema(0)"},
	}))
	if err != nil {
		return nil, err
	}
	if err := migrate(context.Background(), db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &DB{path, db}, nil
}

// look refuses a file that is not ours, through a connection that cannot write: SQLite writes to a file as soon as its
// journal is another one.
func look(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	switch size := info.Size(); {
	case !info.Mode().IsRegular():
		return errors.New("is no regular file")
	case size > 0 && size < leastSize:
		return ErrDamaged
	}
	db, err := sql.Open("sqlite", address(path, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(30000)"}}))
	if err != nil {
		return err
	}
	return errors.Join(lookInto(db), db.Close())
}

// leastSize is the size of the smallest database in bytes. SQLite takes what is smaller for a new one, and writes over it.
const leastSize = 512

// lookInto reads the version in one transaction, as another process may be making the history.
func lookInto(db *sql.DB) error {
	ctx := context.Background()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = version(ctx, tx)
	return errors.Join(err, tx.Rollback())
}

// address is a file with options, as SQLite takes it.
func address(path string, options url.Values) string {
	return (&url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}).String()
}

// Close closes the database.
func (h *DB) Close() error { return h.db.Close() }

// Path is the file, as it was named.
func (h *DB) Path() string { return h.path }

// explain turns what SQLite says of a damaged file into ErrDamaged.
func explain(err error) error {
	var s *sqlite.Error
	if errors.As(err, &s) {
		switch s.Code() & 0xff {
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return fmt.Errorf("%w (%w)", ErrDamaged, err)
		case sqlite3.SQLITE_BUSY:
			return fmt.Errorf("another process has been writing to it for 30 s; try again: %w", err)
		}
	}
	return err
}

// failed says what was being done to the database.
func (h *DB) failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s the history %s: %w", doing, h.path, explain(err))
}
