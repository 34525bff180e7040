// Package isotp carries messages of any length over CAN frames (ISO 15765-2:2016, normal addressing).
//
//	conn, err := isotp.Open(bus, isotp.Config{Address: isotp.Address{Tx: 0x7E0, Rx: 0x7E8}})
//	if err != nil {
//		return err
//	}
//	defer conn.Close()
//	err = conn.Send(ctx, []byte{0x22, 0xF1, 0x90})
//	answer, err := conn.Receive(ctx, 50*time.Millisecond)
//
// A [Conn] receives while it sends. [Functional] sends single frames to all nodes at once. A [Listener] understands what
// others say, from inside a tap of the bus; triggers and traces stand on it.
package isotp
