package history

import (
	"os"
	"path/filepath"
)

// Variable names the environment variable with the file of the history.
const Variable = "OTABENCH_HISTORY"

// DefaultPath is the file of the history of this user: $OTABENCH_HISTORY, or otabench/history.db below $XDG_STATE_HOME,
// which is ~/.local/state if it is not set.
func DefaultPath() (string, error) {
	if path := os.Getenv(Variable); path != "" {
		return path, nil
	}
	state := os.Getenv("XDG_STATE_HOME")
	// The specification wants relative paths to be ignored.
	if !filepath.IsAbs(state) {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		state = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(state, "otabench", "history.db"), nil
}
