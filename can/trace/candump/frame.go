package candump

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"otabench/can"
	"otabench/can/trace/internal/text"
)

// isXL tells the frames of CAN XL by the five digits of their identifier.
func isXL(frame []byte) bool { return bytes.IndexByte(frame, '#') == 5 }

// parseFrame reads a frame in the notation of can.Parse, with two additions of can-utils: a small r for remote frames,
// and _9 to _F behind a classic frame of 8 bytes, its data length code.
func (r *Reader) parseFrame(b []byte) (can.Frame, error) {
	if f, ok := parseData(b); ok {
		return f, nil
	}
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

// parseData reads what nearly all frames are, data frames without dots, faster than can.Parse does. It leaves the
// others, and what is wrong, to that.
func parseData(b []byte) (f can.Frame, ok bool) {
	const standardDigits, extendedDigits = 3, 8
	digits := bytes.IndexByte(b, '#')
	switch digits {
	case standardDigits:
	case extendedDigits:
		f.Flags = can.Extended
	default:
		return f, false
	}
	if f.ID, ok = text.Hex(b[:digits]); !ok {
		return f, false
	}
	data := b[digits+1:]
	if len(data) > 1 && data[0] == '#' && data[1] >= '0' && data[1] <= '3' {
		f.Flags |= fdFlags[data[1]-'0']
		data = data[2:]
	}
	if len(data)%2 != 0 || len(data) > 2*can.MaxDataFD {
		return f, false
	}
	f.Len = uint8(len(data) / 2)
	for i := range f.Payload() {
		if f.Data[i], ok = text.Byte(data[2*i : 2*i+2]); !ok {
			return f, false
		}
	}
	return f, f.Validate() == nil
}

// fdFlags are the meanings of the digit behind ##.
var fdFlags = [...]can.Flags{can.FD, can.FD | can.BRS, can.FD | can.ESI, can.FD | can.BRS | can.ESI}

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
		b = append(b, '#', '0'+byte(slices.Index(fdFlags[:], f.Flags&fdFlags[3])))
	}
	for _, data := range f.Payload() {
		b = text.AppendByte(b, data)
	}
	return b
}
