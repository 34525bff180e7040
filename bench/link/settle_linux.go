package link

import (
	"net"
	"time"

	"golang.org/x/sys/unix"
)

// settleTime bounds how long a cut waits for a vehicle that takes nothing any more.
const settleTime = 5 * time.Second

// settleStep is how often it looks.
const settleStep = time.Millisecond

// settle returns when the vehicle's kernel has what was written, or the connection is done. A reset drops what it has
// not. The kernel has no event for that.
func settle(c *connection) {
	tcp, ok := c.vehicle.(*net.TCPConn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	ticker := time.NewTicker(settleStep)
	defer ticker.Stop()
	end, before := time.Now().Add(settleTime), 0
	for time.Now().Before(end) {
		queued := 0
		err := raw.Control(func(fd uintptr) { queued, _ = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) })
		if err != nil || queued == 0 {
			return
		}
		if queued != before {
			end, before = time.Now().Add(settleTime), queued // slow, but there
		}
		select {
		case <-ticker.C:
		case <-c.done:
			return
		}
	}
}
