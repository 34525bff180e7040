package isotp

import (
	"encoding/binary"
	"fmt"
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

// FlowStatus is what a flow control frame tells the sender (ISO 15765-2:2016, table 20).
type FlowStatus byte

// Flow status values. Others are reserved.
const (
	ContinueToSend FlowStatus = iota
	Wait
	Overflow
)

func (s FlowStatus) String() string {
	switch s {
	case ContinueToSend:
		return "CTS"
	case Wait:
		return "WAIT"
	case Overflow:
		return "OVFLW"
	}
	return fmt.Sprintf("reserved(%d)", byte(s))
}

// pdu is a decoded frame.
type pdu struct {
	kind   Kind
	data   []byte     // points into the frame
	length int        // of the whole message, for SF and FF
	sn     byte       // of a CF
	status FlowStatus // of an FC
	bs     byte
	stmin  time.Duration
}

// decode reads the protocol control information of a frame of size bytes, of which b is what follows the address byte.
// Frames that the standard tells receivers to ignore give false (9.6).
func decode(b []byte, size int) (p pdu, ok bool) {
	if len(b) == 0 {
		return p, false
	}
	low := b[0] & 0xF
	switch b[0] >> 4 {
	case 0:
		return decodeSingle(b, size, low)
	case 1:
		return decodeFirst(b, size, low)
	case 2:
		return pdu{kind: ConsecutiveFrame, sn: low, data: b[1:]}, len(b) > 1
	case 3:
		if len(b) < 3 {
			return p, false
		}
		return pdu{kind: FlowControl, status: FlowStatus(low), bs: b[1], stmin: decodeSTmin(b[2])}, true
	}
	return p, false
}

// maxSingle is the longest message that fits a single frame of size bytes, of which head belong to the address.
func maxSingle(size, head int) int {
	if size <= can.MaxData {
		return size - head - 1
	}
	return size - head - 2
}

// decodeSingle reads a single frame (9.6.2). Frames of up to 8 bytes have their length in the low nibble; longer ones have
// zero there and the length in the next byte, and only if the nibble could not hold it.
func decodeSingle(b []byte, size int, low byte) (pdu, bool) {
	head := size - len(b)
	length, first := int(low), 1
	if size > can.MaxData {
		length, first = int(b[1]), 2
		if low != 0 || length <= maxSingle(can.MaxData, head) {
			return pdu{}, false
		}
	}
	if length == 0 || length > maxSingle(size, head) {
		return pdu{}, false
	}
	return pdu{kind: SingleFrame, length: length, data: b[first : first+length]}, true
}

// decodeFirst reads a first frame (9.6.3). Its own length is RX_DL, which the consecutive frames keep. A length that would
// have fitted a single frame, and an escaped one that needs no escape, are ignored.
func decodeFirst(b []byte, size int, low byte) (pdu, bool) {
	if size < can.MaxData {
		return pdu{}, false
	}
	length, first := int(low)<<8|int(b[1]), 2
	if length == 0 {
		length, first = int(binary.BigEndian.Uint32(b[2:])), 6
		if length <= DefaultMaxMessage {
			return pdu{}, false
		}
	}
	if length <= maxSingle(size, size-len(b)) {
		return pdu{}, false
	}
	return pdu{kind: FirstFrame, length: length, data: b[first:]}, true
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

// EncodeSTmin writes a separation time, rounded up to one that can be written.
func EncodeSTmin(d time.Duration) byte {
	const step = 100 * time.Microsecond
	switch {
	case d <= 0:
		return 0
	case d <= 9*step:
		return 0xF0 + byte((d+step-1)/step)
	}
	return byte(min((d+time.Millisecond-1)/time.Millisecond, 127))
}

// frame makes a frame with the given content behind the address byte, padded as the configuration says.
func (c *Config) frame(id uint32, address byte, content ...[]byte) can.Frame {
	f := can.Frame{ID: id}
	if c.Address.Extended {
		f.Flags |= can.Extended
	}
	n := c.Address.head()
	if n > 0 {
		f.Data[0] = address
	}
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
func (c *Config) single(id uint32, address byte, payload []byte) (can.Frame, bool) {
	head := c.Address.head()
	switch n := len(payload); {
	case n <= maxSingle(can.MaxData, head):
		return c.frame(id, address, []byte{byte(n)}, payload), true
	case c.TxDL > can.MaxData && n <= maxSingle(c.TxDL, head):
		return c.frame(id, address, []byte{0, byte(n)}, payload), true
	}
	return can.Frame{}, false
}

// first makes a first frame and returns how much of the payload it carries.
func (c *Config) first(payload []byte) (can.Frame, int) {
	head := []byte{0x10 | byte(len(payload)>>8), byte(len(payload))}
	if len(payload) > DefaultMaxMessage {
		head = binary.BigEndian.AppendUint32([]byte{0x10, 0}, uint32(len(payload)))
	}
	n := c.TxDL - c.Address.head() - len(head)
	return c.frame(c.Address.Tx, c.Address.TxByte, head, payload[:n]), n
}

// consecutive makes a consecutive frame and returns how much of the payload it carries.
func (c *Config) consecutive(sn byte, payload []byte) (can.Frame, int) {
	n := min(len(payload), c.TxDL-c.Address.head()-1)
	return c.frame(c.Address.Tx, c.Address.TxByte, []byte{0x20 | sn&0xF}, payload[:n]), n
}

func (c *Config) flowControl(status FlowStatus) can.Frame {
	return c.frame(c.Address.Tx, c.Address.TxByte, []byte{0x30 | byte(status), c.BlockSize, EncodeSTmin(c.STmin)})
}
