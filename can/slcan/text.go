package slcan

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"otabench/can"
)

// Lines end with carriage return; an adapter that refuses a command answers with the bell instead.
const (
	end  = '\r'
	bell = '\a'
)

// maxLine is longer than every line of the protocol: one with 64 bytes, a long identifier and a time stamp.
const maxLine = 160

// fdLengths are the frame lengths in bytes by their code, the DLC.
var fdLengths = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64}

// command is the letter of a frame; capitals have 29-bit identifiers.
func command(f can.Frame) byte {
	letter := byte('t')
	switch {
	case f.Is(can.Remote):
		letter = 'r'
	case f.Is(can.BRS):
		letter = 'b'
	case f.Is(can.FD):
		letter = 'd'
	}
	if f.Is(can.Extended) {
		return letter - 'a' + 'A'
	}
	return letter
}

// Append appends the line of a valid frame that is no error frame, with its end.
func Append(b []byte, f can.Frame) []byte {
	b = append(b, command(f))
	if f.Is(can.Extended) {
		b = fmt.Appendf(b, "%08X", f.ID)
	} else {
		b = fmt.Appendf(b, "%03X", f.ID)
	}
	code := slices.Index(fdLengths, int(f.Len))
	b = append(b, "0123456789ABCDEF"[code])
	if !f.Is(can.Remote) {
		b = append(b, strings.ToUpper(hex.EncodeToString(f.Payload()))...)
	}
	return append(b, end)
}

// flagsOf are the frames that letters stand for.
var flagsOf = map[byte]can.Flags{
	't': 0, 'r': can.Remote, 'd': can.FD, 'b': can.FD | can.BRS,
	'T': can.Extended, 'R': can.Extended | can.Remote, 'D': can.Extended | can.FD, 'B': can.Extended | can.FD | can.BRS,
}

// Parse reads the line of a frame, without its end. A time stamp of four digits behind it is passed over. It gives false
// for everything else.
func Parse(line []byte) (f can.Frame, ok bool) {
	if len(line) == 0 {
		return f, false
	}
	if f.Flags, ok = flagsOf[line[0]]; !ok {
		return f, false
	}
	digits := 3
	if f.Is(can.Extended) {
		digits = 8
	}
	if len(line) < 1+digits+1 {
		return f, false
	}
	id, err := strconv.ParseUint(string(line[1:1+digits]), 16, 32)
	code, errCode := strconv.ParseUint(string(line[1+digits:2+digits]), 16, 8)
	if err != nil || errCode != nil {
		return f, false
	}
	f.ID, f.Len = uint32(id), uint8(fdLengths[code])
	rest := line[2+digits:]
	if !f.Is(can.Remote) {
		n := 2 * int(f.Len)
		if len(rest) < n {
			return f, false
		}
		if _, err := hex.Decode(f.Data[:], rest[:n]); err != nil {
			return f, false
		}
		rest = rest[n:]
	}
	const stamp = 4
	return f, (len(rest) == 0 || len(rest) == stamp) && f.Validate() == nil
}
