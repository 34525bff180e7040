package catalogue

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe in a folder of somebody else is not waited for.
func TestAPipeIsNoCatalogue(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "catalogue-X.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, err := ReadFile(root.FS(), "catalogue-X.yaml"); err == nil || !strings.Contains(err.Error(), "is no file") {
		t.Errorf("error %v", err)
	}
}
