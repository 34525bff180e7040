package asc

import (
	"time"

	"otabench/can"
	"otabench/can/trace/internal/text"
)

// base stands behind the date. All numbers are hexadecimal.
const base = "base hex  timestamps absolute\nno internal events logged\n"

// appendHead appends what stands before the first frame. Dates have milliseconds, so stamps count from the one in which
// that frame is.
func (w *Writer) appendHead(b []byte, first time.Time) []byte {
	w.start = first.Truncate(time.Millisecond)
	date := w.start.In(w.zone).Format(dateLayout)
	b = append(b, "date "...)
	b = append(b, date...)
	b = append(b, '\n')
	b = append(b, base...)
	b = append(b, startDirective...)
	b = w.start.UTC().AppendFormat(b, startLayout)
	b = append(b, "\nBegin Triggerblock "...)
	b = append(b, date...)
	return append(b, "\n   0.000000 Start of measurement\n"...)
}

// appendBus appends the name of a channel's bus.
func (w *Writer) appendBus(b []byte, channel int, bus string) []byte {
	name := cleanName(bus)
	if name != bus || name == "" {
		w.losses.Add("names of buses changed", 1)
	}
	b = append(b, busDirective...)
	b = text.AppendDecimal(b, channel, 1)
	b = append(b, ' ')
	b = append(b, name...)
	return append(b, '\n')
}

func (w *Writer) appendComments(b []byte) []byte {
	for _, line := range w.comments.Lines() {
		b = append(b, "// "...)
		b = append(b, line...)
		b = append(b, '\n')
	}
	w.comments.Drop()
	return b
}

func (w *Writer) appendFrame(b []byte, channel int, r *can.Received) []byte {
	since := max(0, r.Time.Sub(w.start))
	b = text.AppendStamp(b, int64(since/time.Second), int64(since%time.Second), len("   0"))
	b = append(b, ' ')
	direction := "Rx   "
	if r.Own {
		direction = "Tx   "
	}
	switch {
	case r.Is(can.Error):
		b = text.AppendDecimal(b, channel, 1)
		b = append(b, "  ErrorFrame"...)
	case r.Is(can.FD):
		b = appendFD(b, channel, direction, &r.Frame)
	default:
		b = appendClassic(b, channel, direction, &r.Frame)
	}
	return append(b, '\n')
}

func appendClassic(b []byte, channel int, direction string, f *can.Frame) []byte {
	const idWidth = 16
	b = text.AppendDecimal(b, channel, 1)
	b = append(b, "  "...)
	start := len(b)
	b = appendIdentifier(b, f)
	b = text.AppendBlanks(b, idWidth-(len(b)-start))
	b = append(b, direction...)
	kind := byte('d')
	if f.Is(can.Remote) {
		kind = 'r'
	}
	b = append(b, kind, ' ', '0'+f.Len)
	if f.Is(can.Remote) {
		return b
	}
	return appendData(b, f)
}

// appendFD appends a frame in the form that CANoe has for FD. What only the controller knows is zero: the duration and
// the bits of the frame, its checksum and the bit timing.
func appendFD(b []byte, channel int, direction string, f *can.Frame) []byte {
	const idWidth, nameWidth = 8, 35
	b = append(b, "CANFD "...)
	b = text.AppendDecimal(b, channel, 3)
	b = append(b, ' ')
	b = append(b, direction...)
	b = text.AppendBlanks(b, idWidth-identifierLen(f))
	b = appendIdentifier(b, f)
	b = text.AppendBlanks(b, nameWidth)
	flags := uint32(flagFDF)
	brs, esi := byte('0'), byte('0')
	if f.Is(can.BRS) {
		flags, brs = flags|flagBRS, '1'
	}
	if f.Is(can.ESI) {
		flags, esi = flags|flagESI, '1'
	}
	b = append(b, brs, ' ', esi, ' ', "0123456789abcdef"[lengthCode(f.Len)], ' ')
	b = text.AppendDecimal(b, int(f.Len), 2)
	b = appendData(b, f)
	b = append(b, "        0    0     "...)
	b = text.AppendHex(b, flags, 1)
	return append(b, "        0        0        0        0        0"...)
}

// appendIdentifier appends an identifier without leading zeros, and x if it is extended.
func appendIdentifier(b []byte, f *can.Frame) []byte {
	b = text.AppendHex(b, f.ID, 1)
	if f.Is(can.Extended) {
		b = append(b, 'x')
	}
	return b
}

func identifierLen(f *can.Frame) int {
	var digits [9]byte
	return len(appendIdentifier(digits[:0], f))
}

func appendData(b []byte, f *can.Frame) []byte {
	for _, data := range f.Payload() {
		b = append(b, ' ')
		b = text.AppendByte(b, data)
	}
	return b
}

// lengthCode returns the data length code of an FD frame (ISO 11898-1:2015, table 5).
func lengthCode(length uint8) uint8 {
	switch {
	case length <= can.MaxData:
		return length
	case length <= 24:
		return length/4 + 6
	}
	return length/16 + 11
}
