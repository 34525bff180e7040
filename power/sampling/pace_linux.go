package sampling

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// timer is a pace by a timer of the kernel. The runtime waits for it as for a socket, without a thread.
type timer struct{ file *os.File }

func kernelPace(period time.Duration) (pace, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("create a timer: %w", err)
	}
	every := unix.NsecToTimespec(int64(period))
	if err := unix.TimerfdSettime(fd, 0, &unix.ItimerSpec{Interval: every, Value: every}, nil); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("set a timer to %v: %w", period, err)
	}
	return timer{os.NewFile(uintptr(fd), "timer")}, nil
}

// next reads how many moments have passed since the last call; that several have is seen by the times of the readings.
func (t timer) next() bool {
	var expirations [8]byte
	_, err := t.file.Read(expirations[:])
	return err == nil
}

func (t timer) stop() { _ = t.file.Close() }
