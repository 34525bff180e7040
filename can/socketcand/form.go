package socketcand

import (
	"fmt"

	"otabench/can"
)

// forms are the ways to write frames that two ends have in common. The zero value is the released daemon's: classic
// data frames.
type forms struct {
	fd     fdForm
	remote bool // < sendrtr > and < rtr >
	// extended is what holds between two ends of this package, see the package's documentation.
	extended bool
}

// ours are the forms between two ends of this package.
var ours = forms{fd: fdFlagged, remote: true, extended: true}

// fdForm is a way to write FD frames.
type fdForm uint8

const (
	fdNone    fdForm = iota
	fdFlagged        // < fdsend > and < fdframe > with flags
	fdBare           // < sendfd > and < fdframe > without
	fdLong           // < send > and < frame > of more than 8 bytes
)

// Flags of < fdsend > and < fdframe >, those of linux/can.h.
const (
	flagBRS = 1 << iota
	flagESI
	flagFDF
)

// Bits of the kernel's identifiers, which some clients leave in theirs.
const (
	extendedBit = 1 << 31
	remoteBit   = 1 << 30
	errorBit    = 1 << 29
)

// carries says what keeps a client from sending f to a server that knows these forms.
func (fs forms) carries(f can.Frame) error {
	switch {
	case f.Is(can.Remote) && !fs.remote:
		return fmt.Errorf("%w: the server has no command for remote frames", can.ErrInvalid)
	case f.Is(can.FD) && fs.fd == fdNone:
		return fmt.Errorf("%w: the server has no command for FD frames", can.ErrInvalid)
	case f.Flags&(can.BRS|can.ESI) != 0 && fs.fd != fdFlagged:
		return fmt.Errorf("%w: the server's command for FD frames has no place for BRS and ESI", can.ErrInvalid)
	}
	return nil
}

// writeID sets what an identifier of a peer says: 8 digits are an extended one. Some clients write extended identifiers
// with fewer digits, or with the kernel's bit for them.
func writeID(f *can.Frame, text []byte) bool {
	const extendedDigits = 8
	id, ok := parseHex(text)
	if !ok || id&errorBit != 0 {
		return false
	}
	if id&remoteBit != 0 {
		f.Flags |= can.Remote
	}
	if len(text) == extendedDigits || id&extendedBit != 0 || id > can.MaxStandardID {
		f.Flags |= can.Extended
	}
	f.ID = id & can.MaxExtendedID
	return true
}

// appendID appends 3 digits for a standard identifier and 8 for an extended one.
func appendID(b []byte, f can.Frame) []byte {
	digits := 3
	if f.Is(can.Extended) {
		digits = 8
	}
	return appendHex(b, f.ID, digits)
}

// writeLength sets a remote frame's length.
func writeLength(f *can.Frame, text []byte) bool {
	word, _ := cut(text)
	n, ok := parseDecimal(word)
	if !ok || n > can.MaxData {
		return false
	}
	f.Len = uint8(n)
	return true
}

func flagsOf(f can.Frame) byte {
	flags := byte(flagFDF)
	if f.Is(can.BRS) {
		flags |= flagBRS
	}
	if f.Is(can.ESI) {
		flags |= flagESI
	}
	return flags
}

// writeFlags sets an FD frame's flags.
func writeFlags(f *can.Frame, text []byte) bool {
	flags, ok := parseHex(text)
	if !ok || flags > 0xFF {
		return false
	}
	if flags&flagBRS != 0 {
		f.Flags |= can.BRS
	}
	if flags&flagESI != 0 {
		f.Flags |= can.ESI
	}
	return true
}
