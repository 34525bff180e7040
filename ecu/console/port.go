package console

import (
	"errors"
	"os"
	"syscall"

	"go.bug.st/serial"
)

// port is a serial port. The library sets it up; bytes go through a file of our own, because closing the library's port
// frees no blocked write, and a write after that can land in another file that got the same descriptor. Closing an
// os.File frees reads and writes, and no use of it after that reaches a descriptor.
type port struct {
	*os.File
	settings serial.Port
}

// openPort opens the file first: the library then claims the device for itself.
func openPort(device string, mode *serial.Mode) (*port, error) {
	// O_NONBLOCK opens without a carrier, and lets Close free whoever waits. O_NOCTTY keeps Ctrl-C out of the ECU's hands.
	f, err := os.OpenFile(device, os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	settings, err := serial.Open(device, mode)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &port{File: f, settings: settings}, nil
}

func (p *port) Close() error { return errors.Join(p.File.Close(), p.settings.Close()) }
