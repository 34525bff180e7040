package flashmem

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Save writes the contents to a file, whole or not at all.
func (m *Memory) Save(path string) error {
	m.mu.Lock()
	data := append([]byte(nil), m.data...)
	m.mu.Unlock()
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("save flash: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("save flash to %s: %w", path, err)
	}
	return nil
}

// Load replaces the contents by a file of exactly the memory's size. Where the file does not exist, the error wraps
// [os.ErrNotExist].
func (m *Memory) Load(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("load flash: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(m.Size())+1))
	if err != nil {
		return fmt.Errorf("load flash from %s: %w", path, err)
	}
	if len(data) != m.Size() {
		return fmt.Errorf("load flash from %s: it does not have the memory's %d bytes; another geometry wrote it", path, m.Size())
	}
	m.mu.Lock()
	copy(m.data, data)
	m.mu.Unlock()
	return nil
}
