package budget_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/bench/budget"
	"otabench/bench/record"
)

func measured() budget.Budget {
	return budget.Budget{Bench: "rack", Digest: "abc", Rails: []record.Latency{{
		Rail: "kl30", Measured: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Repeats: 10,
		Open: record.Spread{Min: time.Millisecond, Median: 2 * time.Millisecond, Max: 3 * time.Millisecond},
	}}}
}

func TestStoreAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "not", "there", "rack.latency.json")
	if b, err := budget.Load(path); b != nil || err != nil {
		t.Errorf("never measured: %v, %v", b, err)
	}
	for range 2 { // the second one in place of the first
		if err := budget.Store(path, measured()); err != nil {
			t.Fatal(err)
		}
	}
	b, err := budget.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(measured(), *b); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if l, err := b.For("abc"); err != nil || len(l) != 1 {
		t.Errorf("%v, %v", l, err)
	}
	if l, err := b.For("abd"); !errors.Is(err, budget.ErrOtherFile) || l != nil {
		t.Errorf("of another file: %v, %v", l, err)
	}
	var none *budget.Budget
	if l, err := none.For("abc"); l != nil || err != nil {
		t.Errorf("%v, %v", l, err)
	}
}

func TestPath(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", "/cache")
	t.Setenv("HOME", "/home/user")
	for file, want := range map[string]string{
		"rack.yaml":       "rack.latency.json",
		"/lab/rack.3.yml": "/lab/rack.3.latency.json",
		"benches/rack":    "benches/rack.latency.json",
		"":                "/otabench/embedded.latency.json",
	} {
		if got, err := budget.Path(file, "embedded"); err != nil || !strings.HasSuffix(got, want) {
			t.Errorf("%q: %s, %v; want %s", file, got, err, want)
		}
	}
}

func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "b.latency.json")
	if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := budget.Load(path); err == nil || !strings.Contains(err.Error(), "delete it and measure again") {
		t.Errorf("%v", err)
	}
	if _, err := budget.Load(dir); err == nil {
		t.Error("a folder was read")
	}
	if err := budget.Store(filepath.Join(path, "x"), measured()); err == nil {
		t.Error("stored below a file")
	}
	many := `{"rails":[` + strings.Repeat("{},", 200) + "{}]}"
	if _, err := budget.Parse("b", []byte(many)); err == nil || !strings.Contains(err.Error(), "201 rails are too many") {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"bench":"rack","digest":"abc","rails":[{"rail":"kl30","open":{"min_ns":1}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := budget.Parse("fuzz", text)
		if (b == nil) != (err != nil) {
			t.Errorf("%v, %v", b, err)
		}
	})
}

func ExampleBudget_For() {
	b := measured()
	latencies, err := b.For("abc")
	fmt.Println(latencies[0].Rail, latencies[0].Open, err)
	_, err = b.For("def")
	fmt.Println(errors.Is(err, budget.ErrOtherFile))
	// Output:
	// kl30 2ms (1ms to 3ms) <nil>
	// true
}
