package reports

import (
	"fmt"
	"os"
)

// OpenFile opens a file of a run folder. What is no file, such as a pipe that nobody writes to, is refused.
func OpenFile(root *os.Root, name string) (*os.File, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file but %v", name, info.Mode().Type())
	}
	return root.Open(name)
}
