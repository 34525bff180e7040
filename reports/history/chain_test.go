package history_test

import (
	"path/filepath"
	"testing"

	"otabench/bench/record"
	"otabench/reports"
	"otabench/reports/evidence"
	"otabench/reports/history"
	"otabench/reports/reportstest"
)

// A chain goes on at the newest run that was sealed, whatever was added since.
func TestTheNewestSealedRunIsKnown(t *testing.T) {
	db, err := history.Open(filepath.Join(t.TempDir(), "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if run, statement, err := db.Sealed(reportstest.Header.Bench); run != "" || statement != "" || err != nil {
		t.Errorf("of an empty history: %q, %q, %v", run, statement, err)
	}
	l := &reportstest.Log{}
	l.Spec(reportstest.Start("a", "s"), record.Passed, "")
	l.Add(record.End{Status: "passed"})
	dir := reportstest.Folder(t, l.Text(t))
	sealed, err := reports.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := evidence.Seal(t.Context(), dir, sealed, evidence.Options{}); err != nil {
		t.Fatal(err)
	}
	want, err := evidence.Digest(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range []*reports.Run{sealed, made{specs: passed("a")}.run(t, 1)} {
		if err := db.Add(run); err != nil {
			t.Fatal(err)
		}
	}
	if run, statement, err := db.Sealed(reportstest.Header.Bench); run != sealed.Header.Run || statement != want || err != nil {
		t.Errorf("%q, %q, %v; want %q, %q", run, statement, err, sealed.Header.Run, want)
	}
	if run, _, err := db.Sealed("another bench"); run != "" || err != nil {
		t.Errorf("of another bench: %q, %v", run, err)
	}
}
