package dial

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// usbtmcPatience is how long the kernel waits for an answer. While it waits it takes no command, not even the one that
// switches off, so it must not be long; instruments take up to 120 ms.
const usbtmcPatience = time.Second

// setTimeout is USBTMC_IOCTL_SET_TIMEOUT of linux/usb/tmc.h: _IOW(91, 10, __u32), in milliseconds.
const setTimeout = 1<<30 | 4<<16 | 91<<8 | 10

// openUSBTMC opens a character device of the kernel's driver usbtmc. It was not tried with an instrument: the kernel's
// documentation and drivers/usb/class/usbtmc.c are what this rests on.
func openUSBTMC(path string) (io.ReadWriteCloser, error) {
	// Not os.OpenFile, which would have the file polled: the device answers no poll for messages.
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	file := os.NewFile(uintptr(fd), path)
	if err := unix.IoctlSetPointerInt(fd, setTimeout, int(usbtmcPatience.Milliseconds())); err != nil {
		return nil, errors.Join(&fs.PathError{Op: "set the timeout of", Path: path, Err: err}, file.Close())
	}
	return newUSBTMC(file), nil
}

// maxUSBTMC bounds a message in bytes.
const maxUSBTMC = 8192

// usbtmc makes a stream of a device that exchanges messages. Reading asks the instrument for its answer, and asking for
// one that it does not have is an error to it; so the device is read only after a question was written. An answer that
// came too late is not read at all: the instrument throws it away when the next message comes (IEEE 488.2, 6.3.2.3).
type usbtmc struct {
	device io.ReadWriteCloser
	asked  chan struct{} // one for each question that was not read for yet
	closed chan struct{}
	close  func() error

	rest []byte // of a message that was read, for the reader alone
}

func newUSBTMC(device io.ReadWriteCloser) *usbtmc {
	u := &usbtmc{device: device, asked: make(chan struct{}, 64), closed: make(chan struct{})}
	u.close = sync.OnceValue(func() error {
		close(u.closed)
		return device.Close()
	})
	return u
}

// Write sends p as one message.
func (u *usbtmc) Write(p []byte) (int, error) {
	select {
	case <-u.closed:
		return 0, fs.ErrClosed
	default:
	}
	n, err := u.device.Write(p)
	if err == nil && bytes.ContainsRune(p, '?') {
		select {
		case u.asked <- struct{}{}:
		default: // nobody reads
		}
	}
	return n, err
}

// Read returns the answer to a question, with the line end that a message has no need of. When there is no answer in time
// it returns nothing, as a serial port does.
func (u *usbtmc) Read(p []byte) (int, error) {
	if len(u.rest) == 0 {
		select {
		case <-u.asked:
		case <-u.closed:
			return 0, fs.ErrClosed
		}
		message := make([]byte, maxUSBTMC)
		n, err := u.device.Read(message)
		switch {
		case errors.Is(err, syscall.ETIMEDOUT):
			return 0, nil
		case err != nil:
			return 0, err
		}
		u.rest = append(bytes.TrimRight(message[:n], "\r\n"), '\n')
	}
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}

func (u *usbtmc) Close() error { return u.close() }
