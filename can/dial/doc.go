// Package dial opens a CAN bus from the one string that names it everywhere: on the command line, in bench files and in
// records.
//
//	bus, err := dial.Dialer{}.Dial(ctx, "socketcan:can0")
package dial
