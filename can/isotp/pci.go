package isotp

import (
	"encoding/binary"
	"time"

	"otabench/can"
)

// Kind is the type of a protocol data unit (ISO 15765-2:2016, table 9).
type Kind uint8

// Kinds.
const (
	SingleFrame Kind = iota
	FirstFrame
	ConsecutiveFrame
	FlowControl
)

func (k Kind) String() string {
	return [...]string{"SF", "FF", "CF", "FC"}[k&3]
}

// Flow status of a flow control frame.
const (
	continueToSend byte = iota
	wait
	overflow
)

// pdu is a decoded frame.
type pdu struct {
	kind   Kind
	data   []byte // points into the frame
	length int    // of the whole message, for SF and FF
	sn     byte   // of a CF
	status byte   // of an FC
	bs     byte
	stmin  time.Duration
}

// decode reads the protocol control information of a frame. Frames that the standard tells receivers to ignore give false.
func decode(f *can.Frame) (p pdu, ok bool) {
	b := f.Payload()
	if len(b) == 0 || f.Flags&(can.Remote|can.Error) != 0 {
		return p, false
	}
	low := b[0] & 0xF
	switch b[0] >> 4 {
	case 0:
		return decodeSingle(b, low)
	case 1:
		return decodeFirst(b, low)
	case 2:
		return pdu{kind: ConsecutiveFrame, sn: low, data: b[1:]}, len(b) > 1
	case 3:
		if len(b) < 3 {
			return p, false
		}
		return pdu{kind: FlowControl, status: low, bs: b[1], stmin: decodeSTmin(b[2])}, true
	}
	return p, false
}

func decodeSingle(b []byte, low byte) (pdu, bool) {
	length, head := int(low), 1
	if low == 0 && len(b) > can.MaxData {
		length, head = int(b[1]), 2
	}
	if length == 0 || head+length > len(b) || head == 1 && length > 7 {
		return pdu{}, false
	}
	return pdu{kind: SingleFrame, length: length, data: b[head : head+length]}, true
}

func decodeFirst(b []byte, low byte) (pdu, bool) {
	if len(b) < can.MaxData {
		return pdu{}, false
	}
	length, head := int(low)<<8|int(b[1]), 2
	if length == 0 {
		length, head = int(binary.BigEndian.Uint32(b[2:])), 6
	}
	if length < can.MaxData || length <= len(b)-head {
		return pdu{}, false // it would have fitted a single frame
	}
	return pdu{kind: FirstFrame, length: length, data: b[head:]}, true
}

// decodeSTmin reads a separation time. Reserved values count as the longest one.
func decodeSTmin(b byte) time.Duration {
	switch {
	case b <= 0x7F:
		return time.Duration(b) * time.Millisecond
	case b >= 0xF1 && b <= 0xF9:
		return time.Duration(b-0xF0) * 100 * time.Microsecond
	}
	return 127 * time.Millisecond
}

// encodeSTmin writes a separation time, rounded up to one that can be written.
func encodeSTmin(d time.Duration) byte {
	const step = 100 * time.Microsecond
	switch {
	case d <= 0:
		return 0
	case d <= 9*step:
		return 0xF0 + byte((d+step-1)/step)
	}
	return byte(min((d+time.Millisecond-1)/time.Millisecond, 127))
}

// frame makes a frame of the connection with the given content, padded as the configuration says.
func (c Config) frame(id uint32, content ...[]byte) can.Frame {
	f := can.Frame{ID: id}
	if c.Address.Extended {
		f.Flags |= can.Extended
	}
	n := 0
	for _, part := range content {
		n += copy(f.Data[n:], part)
	}
	size, fill := n, byte(0)
	if c.Padding != nil {
		size, fill = max(n, can.MaxData), *c.Padding
	}
	if c.FD {
		f.Flags |= can.FD
		if c.BRS {
			f.Flags |= can.BRS
		}
		size = can.PadLen(size)
	}
	for i := n; i < size; i++ {
		f.Data[i] = fill
	}
	f.Len = uint8(size)
	return f
}

// single makes a single frame, if the payload fits one.
func (c Config) single(id uint32, payload []byte) (can.Frame, bool) {
	switch n := len(payload); {
	case n <= can.MaxData-1:
		return c.frame(id, []byte{byte(n)}, payload), true
	case c.FD && n <= c.TxDL-2:
		return c.frame(id, []byte{0, byte(n)}, payload), true
	}
	return can.Frame{}, false
}

// first makes a first frame and returns how much of the payload it carries.
func (c Config) first(payload []byte) (can.Frame, int) {
	head := []byte{0x10 | byte(len(payload)>>8), byte(len(payload))}
	if len(payload) > DefaultMaxMessage {
		head = binary.BigEndian.AppendUint32([]byte{0x10, 0}, uint32(len(payload)))
	}
	n := c.TxDL - len(head)
	return c.frame(c.Address.Tx, head, payload[:n]), n
}

// consecutive makes a consecutive frame and returns how much of the payload it carries.
func (c Config) consecutive(sn byte, payload []byte) (can.Frame, int) {
	n := min(len(payload), c.TxDL-1)
	return c.frame(c.Address.Tx, []byte{0x20 | sn&0xF}, payload[:n]), n
}

func (c Config) flowControl(status byte) can.Frame {
	return c.frame(c.Address.Tx, []byte{0x30 | status, c.BlockSize, encodeSTmin(c.STmin)})
}
