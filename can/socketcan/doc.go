// Package socketcan attaches to a CAN interface of the Linux kernel.
//
// [Open] binds a raw socket to an interface that somebody has configured and brought up:
//
//	ip link set can0 up type can bitrate 500000
//
// and gives a [Bus]. Three goroutines meet in it: the caller's, which asks for a transmission; a reader, which waits for
// the kernel; and one that owns the receive path. The last one also writes to the socket, so that a frame this node sent
// reaches taps and subscriptions before any answer to it.
//
// Limits, all of the library below this package: classic frames only, and no time stamps from the kernel. A frame's
// time is the moment at which it was read, so it is late by the time the reader took to be scheduled. An own frame's time
// is the moment at which the kernel took it, which is before it is on the wire. And frames that the kernel drops because
// its socket is full are not counted: a socket holds about 270 frames, 30 ms of 8-byte frames at 1 Mbit/s. A bench
// computer that stalls for longer needs a larger net.core.rmem_default.
package socketcan
