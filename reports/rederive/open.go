package rederive

import (
	"fmt"
	"io"
	"os"
)

// openFile opens a regular file of the folder. Anything else, such as a pipe, could block for ever.
func openFile(root *os.Root, name string) (*os.File, error) {
	info, err := root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file but %v", name, info.Mode().Type())
	}
	return root.Open(name)
}

// open opens a file of the run folder.
func (c *checker) open(name string) (io.ReadCloser, error) { return openFile(c.root, name) }
