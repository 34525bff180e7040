package link

import (
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// settleTime bounds how long a cut waits for a vehicle that takes nothing any more.
const settleTime = 5 * time.Second

// settle returns when the vehicle's kernel has what was written. A reset drops what it has not. The kernel has no event
// for that.
func settle(c net.Conn) {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	for end := time.Now().Add(settleTime); time.Now().Before(end); time.Sleep(time.Millisecond) {
		queued := 0
		err := raw.Control(func(fd uintptr) { queued, _ = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) })
		if err != nil || queued == 0 {
			return
		}
	}
}
