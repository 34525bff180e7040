package console

import (
	"errors"
	"os"
	"syscall"

	"go.bug.st/serial"
)

// port is a serial port. The library sets it up; everything else goes through a file of our own, because closing the
// library's port frees no blocked write, and a write or a break after that can land in another file that got the same
// descriptor. Closing an os.File frees reads and writes, and no use of it after that reaches a descriptor.
type port struct {
	*os.File
	settings serial.Port
}

// openPort opens the file first: the library then claims the device for itself.
func openPort(s setup) (*port, error) {
	// O_NONBLOCK opens without a carrier, and lets Close free whoever waits. O_NOCTTY keeps Ctrl-C out of the ECU's hands.
	f, err := os.OpenFile(s.device, os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	settings, err := serial.Open(s.device, &s.mode)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	p := &port{File: f, settings: settings}
	if err := p.adjust(s); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *port) Close() error { return errors.Join(p.File.Close(), p.settings.Close()) }
