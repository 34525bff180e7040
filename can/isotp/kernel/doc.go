// Package kernel carries ISO-TP messages through Linux's own implementation, the CAN_ISOTP socket (module can-isotp),
// behind the interface [isotp.Conn].
//
//	conn, err := kernel.Open(ctx, "can0", isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}})
//
// The kernel answers a first frame and keeps STmin from its interrupt, whatever the load of the machine. Its price is
// what it does not do, so Open refuses a configuration that asks for it: other timeouts than the kernel's (N_Bs and N_Cr
// 1 s; N_As 2 s, whatever is configured), counting or sending wait frames, and a functional identifier. Further:
//
//   - The longest message is the kernel's: 66000 bytes in Linux 6.1, fewer in older ones, and since 6.4 what the module's
//     parameter max_pdu_size says (8300 bytes unless it is set), of which this package takes 66000.
//   - A transfer cannot be taken back. A Send whose context ends returns, but the kernel goes on, and the next Send waits
//     for that.
//   - The kernel does not report a reception that a new message overtakes, nor a message that was too long for it, and it
//     takes a flow control with a reserved status as the end of a transfer, without an error.
package kernel
