// Package socketcan attaches to CAN interfaces of the Linux kernel: classic and FD frames, filters in the kernel, the
// kernel's time stamps, error frames, and a count of what a receive queue lost.
//
//	bus, err := socketcan.Open(ctx, "can0", socketcan.Options{})
//	if err != nil {
//		return err
//	}
//	defer bus.Close()
//	err = bus.Send(ctx, can.New(0x7E0, 2, 0x10, 3))
//
// A node sees its own frames when the kernel reports that they were sent: on a real controller after the frame has won the
// bus and was acknowledged, so an own frame's time is that of the wire. The package otabench/can/socketcan/link reads and
// sets what belongs to the interface and not to a program: bit rates, state, up and down.
package socketcan
