package rederive

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// parts are the files of one kind of raw data, one after another: a run that was gone on with has several. Of NAME.EXT
// the second one is NAME-2.EXT for the trace, and NAME.2.EXT for all others, since names of roles may end in -2.
type parts struct {
	open func(name string) (io.ReadCloser, error)
	base string // name of the first one
	mark string // between its name and a number
	n    int    // of the one that is open
	name string // its name
	file io.ReadCloser
}

// next opens the next part. The error is io.EOF behind the last one.
func (p *parts) next() error {
	p.close()
	name := p.base
	if p.n > 0 {
		ext := filepath.Ext(p.base)
		name = fmt.Sprintf("%s%s%d%s", strings.TrimSuffix(p.base, ext), p.mark, p.n+1, ext)
	}
	f, err := p.open(name)
	if errors.Is(err, os.ErrNotExist) {
		return io.EOF
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", name, err)
	}
	p.n++
	p.file, p.name = f, name
	return nil
}

// file name for findings, also when there is none.
func (p *parts) String() string {
	if p.name == "" {
		return p.base
	}
	return p.name
}

func (p *parts) close() {
	if p.file != nil {
		p.file.Close()
		p.file = nil
	}
}
