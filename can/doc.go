// Package can holds the frames of a Controller Area Network and the bus that carries them.
//
// A [Frame] is a value: classic (ISO 11898-1, up to 8 bytes) or FD (up to 64 bytes), data, remote or error. A [Bus] is
// one node's attachment to a wire: what it sends, every other node receives; what others send, it receives with the
// time at which the frame ended on the wire. Buses come from the packages below this one: can/virtual joins simulated
// nodes in one process, can/socketcan is the Linux kernel's, and can/dial opens either from one string such as
// "socketcan:can0".
//
// A receiver chooses between three ways to see frames. [Bus.Tap] calls a function on the receive path itself, before
// anything else happens to the frame: that is where triggers sit. [Bus.Subscribe] queues frames for a goroutine of its
// own, and counts what it lost when that goroutine was too slow. [Bus.Handle] is for a protocol that may not lose any: it
// calls a function as well, once all taps have seen the frame.
package can
