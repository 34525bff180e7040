package sim

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// OpenPTY returns a pseudo terminal in raw mode: Serve on the master, open slavePath as the serial port of the
// instrument. Close of the master removes both.
func OpenPTY() (master io.ReadWriteCloser, slavePath string, err error) {
	m, slave, err := pty.Open()
	if err != nil {
		return nil, "", fmt.Errorf("open a pseudo terminal: %w", err)
	}
	p := &ptyMaster{File: m, slave: slave}
	if _, err := term.MakeRaw(int(slave.Fd())); err != nil {
		return nil, "", errors.Join(fmt.Errorf("make %s raw: %w", slave.Name(), err), p.Close())
	}
	return p, slave.Name(), nil
}

// ptyMaster keeps the slave open: without that, reads of the master fail whenever no client has the slave open.
type ptyMaster struct {
	*os.File
	slave *os.File
}

// Read ends with io.EOF when the slave has gone, which the kernel reports as an I/O error.
func (p *ptyMaster) Read(b []byte) (int, error) {
	n, err := p.File.Read(b)
	if errors.Is(err, syscall.EIO) {
		return n, io.EOF
	}
	return n, err
}

func (p *ptyMaster) Close() error { return errors.Join(p.File.Close(), p.slave.Close()) }
