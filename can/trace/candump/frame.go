package candump

import (
	"bytes"
	"fmt"
	"strconv"

	"otabench/can"
	"otabench/can/trace/internal/text"
)

// isXL tells the frames of CAN XL by the five digits of their identifier.
func isXL(frame []byte) bool { return bytes.IndexByte(frame, '#') == 5 }

// parseFrame reads a frame in the notation of can.Parse, with two additions of can-utils: a small r for remote frames,
// and _9 to _F behind a classic frame of 8 bytes, its data length code.
func (r *Reader) parseFrame(b []byte) (can.Frame, error) {
	code := bytes.IndexByte(b, '_')
	if code < 0 {
		return parse(b)
	}
	f, err := parse(b[:code])
	if err != nil {
		return can.Frame{}, err
	}
	dlc, err := strconv.ParseUint(string(b[code+1:]), 16, 4)
	if err != nil || dlc <= can.MaxData || f.Len != can.MaxData || f.Flags&(can.FD|can.Error) != 0 {
		return can.Frame{}, fmt.Errorf("%w %q: _9 to _F stands behind a classic frame of 8 bytes", can.ErrInvalid, b)
	}
	r.losses.Add("data length codes over 8 taken for 8", 1)
	return f, nil
}

func parse(b []byte) (can.Frame, error) {
	if i := bytes.IndexByte(b, '#') + 1; i > 0 && i < len(b) && b[i] == 'r' {
		b[i] = 'R'
	}
	return can.Parse(string(b))
}

// appendFrame appends f in the notation of [can.Frame.String].
func appendFrame(b []byte, f *can.Frame) []byte {
	const errorFlag, standardDigits, extendedDigits = 1 << 29, 3, 8
	switch {
	case f.Is(can.Error):
		b = text.AppendHex(b, f.ID|errorFlag, extendedDigits)
	case f.Is(can.Extended):
		b = text.AppendHex(b, f.ID, extendedDigits)
	default:
		b = text.AppendHex(b, f.ID, standardDigits)
	}
	b = append(b, '#')
	switch {
	case f.Is(can.Remote):
		return append(b, 'R', '0'+f.Len)
	case f.Is(can.FD):
		b = append(b, '#', '0'+fdFlags(f))
	}
	for _, data := range f.Payload() {
		b = text.AppendByte(b, data)
	}
	return b
}

func fdFlags(f *can.Frame) (nibble byte) {
	if f.Is(can.BRS) {
		nibble |= 1
	}
	if f.Is(can.ESI) {
		nibble |= 2
	}
	return nibble
}
