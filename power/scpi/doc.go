// Package scpi drives bench supplies that speak SCPI over a socket or a serial port.
//
//	rw, err := dial.Dial(ctx, "tcp:192.0.2.7:5555")
//	supply, err := scpi.Open(ctx, "rigol-dp832", rw, "tcp:192.0.2.7:5555", scpi.Options{})
//	channel, err := supply.Channel(1)
//	out, err := power.Limit(ctx, channel, limits)
//
// Open asks who is there and refuses any instrument but the named model; the model [Auto] takes what answers, and [Generic]
// is for an instrument that is described in YAML. After every change the error queue of the instrument is read, so that a
// refused setting is an error and never a surprise; an instrument that has no such queue is asked what it holds instead.
//
// Underneath is a session that carries one command at a time: a command and its terminator in one write, a reply put
// together from however many pieces it came in, bounded in size and time. When a reply stays out, it may still come, and
// must not be taken for the answer to the next question: before it asks anything else, the session finds its way back. It
// sets a register to a number it has not used lately and throws away what arrives until that number is answered; where
// there is no such register, it waits for silence and asks who is there. Commands that switch off do not wait for this.
//
// A driver is one file with a table of its dialect and a line in the table of models. Where the commands of an instrument
// do not name their channel, the selection goes in the same line, so that nobody can select another one in between. Each
// table says what it rests on; none was tried with an instrument yet.
package scpi
