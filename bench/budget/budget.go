// Package budget keeps the latencies of a bench between the check that measures them and the runs that rest on them.
//
//	err := budget.Store(path, budget.Budget{Bench: f.Name, Digest: config.Digest(text), Rails: measured})
//	...
//	kept, err := budget.Load(path)
//	opts.Latency, err = kept.For(config.Digest(text))
//
// A budget stands in a file beside its bench file, or in the user's cache for the embedded bench, which has no file.
package budget

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"otabench/bench/record"
)

// Budget is what was measured of a bench.
type Budget struct {
	Bench  string           `json:"bench"`  // its name
	Digest string           `json:"digest"` // of the text of the bench file with which it was measured
	Rails  []record.Latency `json:"rails"`
}

// ErrOtherFile: the budget was measured with another text of the bench file.
var ErrOtherFile = errors.New("the latencies of the bench were measured with another version of its file; " +
	"measure them again with otabench check --latency")

// Path returns where the budget of a bench file is kept. file is empty for the embedded bench, named name.
func Path(file, name string) (string, error) {
	if file != "" {
		return strings.TrimSuffix(file, filepath.Ext(file)) + ".latency.json", nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a place for the latencies of bench %s: %w", name, err)
	}
	return filepath.Join(cache, "otabench", name+".latency.json"), nil
}

// Store writes a budget, in place of an older one.
func Store(path string, b Budget) error {
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fmt.Errorf("store the latencies of bench %s: %w", b.Bench, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("store the latencies of bench %s: %w", b.Bench, err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("store the latencies of bench %s: %w", b.Bench, err)
	}
	return nil
}

// maxFile bounds the file of a budget in bytes, and maxRails the rails in it.
const (
	maxFile  = 1 << 20
	maxRails = 100
)

// Load reads a budget. One that was never measured is nil without an error.
func Load(path string) (*Budget, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the latencies of the bench: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, fmt.Errorf("read the latencies of the bench: %w", err)
	}
	return Parse(path, text)
}

// Parse decodes the text of a budget; name stands in errors.
func Parse(name string, text []byte) (*Budget, error) {
	b := new(Budget)
	if err := json.Unmarshal(text, b); err != nil {
		return nil, fmt.Errorf("read the latencies of the bench in %s: %w; delete it and measure again", name, err)
	}
	if len(b.Rails) > maxRails {
		return nil, fmt.Errorf("read the latencies of the bench in %s: %d rails are too many", name, len(b.Rails))
	}
	return b, nil
}

// For returns the latencies if they were measured with the text of the bench file that has the digest, or ErrOtherFile.
// A nil budget has none.
func (b *Budget) For(digest string) ([]record.Latency, error) {
	switch {
	case b == nil:
		return nil, nil
	case b.Digest != digest:
		return nil, ErrOtherFile
	}
	return b.Rails, nil
}
