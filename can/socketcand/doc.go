// Package socketcand carries CAN buses over TCP with the protocol of the socketcand daemon: [Dial] joins a bus of
// another host, [Serve] offers buses of this process to any program that speaks the protocol (python-can, SavvyCAN).
//
//	bus, err := socketcand.Dial(ctx, "bench-7:29536", "can0", socketcand.Options{})
//	if err != nil {
//		return err
//	}
//	defer bus.Close()
//	err = bus.Send(ctx, can.New(0x7E0, 2, 0x10, 3))
//
// # What the protocol carries
//
// An element is text in angle brackets. In raw mode, the one used here, the daemon's protocol has classic data frames
// only:
//
//	< send 7E0 3 2 10 3 >                      client to server: identifier, length, bytes
//	< frame 7E8 1700000000.123456 065003 >     server to client: identifier, time, data
//	< error 004 1700000000.123456 00 08 ... >  server to client: an error frame's class and data
//
// An identifier of 8 digits is an extended one. There are proposals for the rest, none of them merged into the daemon.
// Both ends here know these:
//
//	< fdsend ID FLAGS LENGTH BYTES... >  < fdframe ID FLAGS TIME DATA >   FD, with BRS and ESI as in canfd_frame.flags
//	< sendfd ID LENGTH BYTES... >        < fdframe ID TIME DATA >         FD, its flags are lost
//	< send ID LENGTH BYTES... >          < frame ID TIME DATA >           FD, by more than 8 bytes; only the server
//	< sendrtr ID LENGTH >                < rtr ID TIME LENGTH >           remote frames
//
// The server writes frames to a client in the form that the client itself has used, even without arguments. A frame
// that the client has shown no form for is withheld from it, as the kernel withholds FD frames from a socket that is
// not set up for them. The client asks the server for each form when it joins. A frame that the server has no form for
// cannot be sent: [Bus.Send] gives an error that wraps [can.ErrInvalid].
//
// # Between the two ends of this package
//
// The daemon confirms no frame and does not tell a client when its own frames were on the bus. Where both ends are this
// package, the client says "< otabench 1 >" after "< rawmode >", and if the answer is "< ok >", then
//
//	< sent >, < unsent REASON >   answer each frame to be sent, in their order, once the bus has taken or refused it
//	< own frame ... >             is a frame of the client itself, with the time at which it ended on the bus
//	< lost N >                    counts frames that the client was too slow for
//
// and stamps have nine decimals. With another server, Send ends at the answer to an "< echo >" that follows the frame:
// the server has handed the frame on by then. An own frame is delivered at that moment with the time of its sending.
//
// # Times
//
// A server stamps frames by its own clock. The client places them on the clock of this host by the quickest frame of
// the last seconds, so that a frame's time is never after its arrival, and, but for the drift of the two clocks within
// 20 s, never before its end on the bus. It comes out late by the least time that a frame travels. If the server's
// clock jumps, times are wrong by no more than a second, and none is before that of the frame delivered last.
//
// # What is not here
//
// The daemon's broadcast manager (< add >, < subscribe >, < filter >), its ISO-TP mode, the set-up of bit timings, and
// its UDP beacon: buses are joined by their address.
package socketcand
