package diff

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"otabench/reports"
)

const (
	maxBench = 8 << 20 // bytes
)

// benchFile lists the lines that differ between the copies of the bench files. The note says why they are not known.
func benchFile(before, after *reports.Run) (lines []string, note string) {
	old, err := readBench(before)
	if err != nil {
		return nil, err.Error()
	}
	new, err := readBench(after)
	if err != nil {
		return nil, err.Error()
	}
	text := string(diff.Diff("before", old, "after", new))
	for i, line := range strings.Split(text, "\n") {
		// The first three lines name the files.
		if i > 2 && line != "" && (line[0] == '-' || line[0] == '+') {
			lines = append(lines, line)
		}
	}
	return lines, ""
}

// readBench reads the copy of a run's bench file and refuses one that is not what the record names.
func readBench(r *reports.Run) ([]byte, error) {
	root, err := os.OpenRoot(r.Dir)
	if err != nil {
		return nil, fmt.Errorf("read the bench file of %s: %w", r.Dir, err)
	}
	defer root.Close()
	info, err := root.Stat(reports.BenchFile)
	if err != nil {
		return nil, fmt.Errorf("read the bench file of %s: %w", r.Dir, err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxBench {
		return nil, fmt.Errorf("read the bench file of %s: no file of at most %d bytes", r.Dir, maxBench)
	}
	f, err := root.Open(reports.BenchFile)
	if err != nil {
		return nil, fmt.Errorf("read the bench file of %s: %w", r.Dir, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxBench))
	if err != nil {
		return nil, fmt.Errorf("read the bench file of %s: %w", r.Dir, err)
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != r.Header.Digest {
		return nil, fmt.Errorf("the bench file in %s is not the one that its record names", r.Dir)
	}
	return text, nil
}
