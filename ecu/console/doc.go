// Package console reads the serial console of an ECU.
//
// A [Console] stamps each line when its first byte arrives, tells observers at once, and keeps the last lines, so that
// [Console.Expect] finds what came between a mark and the call:
//
//	mark := c.Mark()
//	reset(unit)
//	line, err := c.Expect(ctx, mark, regexp.MustCompile(`boot: slot ([AB])`))
//
// What an ECU prints is not to be trusted: lines are bounded, their bytes are kept as they came, and [Line.String]
// escapes them.
package console
