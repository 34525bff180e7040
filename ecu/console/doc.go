// Package console reads the serial console of an ECU, and talks to what answers there.
//
// A [Console] stamps each line when its first byte arrives, tells observers at once, and keeps the last lines, so that
// [Console.Expect] finds what came between a mark and the call:
//
//	mark := c.Mark()
//	reset(unit)
//	line, err := c.Expect(ctx, mark, regexp.MustCompile(`boot: slot ([AB])`))
//
// On top of that it logs in to a shell and runs commands ([Console.Login], [Console.Command]), captures boot logs
// ([Console.BootLog]), and breaks the line or changes its rate ([Console.Break], [Console.SetBaud]).
//
// A USB adapter that the ECU feeds vanishes with it. With [Reconnect], the console waits until it is back; what was
// printed meanwhile is lost, and a gap between the lines says so.
//
// What an ECU prints is not to be trusted: lines are bounded, their bytes are kept as they came, and [Line.String]
// escapes them. Passwords come by reference ([Credentials]) and are taken out of all that arrives.
package console
