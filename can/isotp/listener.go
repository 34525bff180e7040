package isotp

import (
	"slices"
	"time"

	"otabench/can"
)

// Listener reassembles what two nodes say to each other, from the frames alone. It has no goroutine and sends nothing;
// its methods are for one goroutine, usually a tap of the bus.
type Listener struct {
	addr           Address
	functional     uint32
	functionalByte byte
	tx, rx         overheard
}

// overheard is one direction.
type overheard struct {
	active bool
	data   []byte
	length int
	chunk  int // data of all consecutive frames but the last
	sn     byte
	index  int // consecutive frames so far
}

// PDU is what a Listener understood of a frame.
type PDU struct {
	Kind Kind
	// Tx says that the frame went in the direction Address.Tx names, Functional that it went to the functional identifier.
	Tx, Functional bool
	// Length is that of the whole message, 0 for flow control and for a CF of a message whose beginning was missed.
	Length int
	// Data is the message as far as it was seen. It is valid until the next call of Observe.
	Data []byte
	// Complete says that this frame was the last one of its message.
	Complete bool
	// Offset is where in the message this frame's data begin, in bytes.
	Offset int
	// Sequence is the sequence number of a CF, 0 to 15.
	Sequence byte
	// Index counts the CFs of a message from 1; 0 for a CF of a message whose beginning was missed, and for all others.
	Index int
	// Status, BlockSize and STmin are those of an FC.
	Status    FlowStatus
	BlockSize byte
	STmin     time.Duration
}

// NewListener returns a listener to a connection. functional is a further identifier in the direction of Tx, 0 for none.
func NewListener(addr Address, functional uint32) *Listener {
	return &Listener{addr: addr, functional: functional}
}

// FunctionalByte sets the address byte of functional messages, in formats that have one.
func (l *Listener) FunctionalByte(b byte) { l.functionalByte = b }

// Observe takes the next frame of the bus and says what it is, or false if it does not belong to the connection.
func (l *Listener) Observe(r can.Received) (PDU, bool) {
	if r.Flags&(can.Error|can.Remote) != 0 || r.Is(can.Extended) != l.addr.Extended {
		return PDU{}, false
	}
	if r.ID == l.addr.Tx {
		if p, ok := l.decode(&r, l.addr.TxByte); ok {
			return l.tx.observe(p, int(r.Len)-l.addr.head()-1, PDU{Tx: true}), true
		}
	}
	if r.ID == l.addr.Rx {
		if p, ok := l.decode(&r, l.addr.RxByte); ok {
			return l.rx.observe(p, int(r.Len)-l.addr.head()-1, PDU{}), true
		}
	}
	if l.functional != 0 && r.ID == l.functional {
		if p, ok := l.decode(&r, l.functionalByte); ok && p.kind == SingleFrame {
			return PDU{Tx: true, Functional: true, Length: p.length, Data: slices.Clone(p.data), Complete: true}, true
		}
	}
	return PDU{}, false
}

func (l *Listener) decode(r *can.Received, address byte) (pdu, bool) {
	b, ok := l.addr.strip(&r.Frame, address)
	if !ok {
		return pdu{}, false
	}
	return decode(b, int(r.Len))
}

// observe takes the next frame of a direction; chunk is the data that a consecutive frame of its length would carry.
func (d *overheard) observe(p pdu, chunk int, out PDU) PDU {
	out.Kind = p.kind
	switch p.kind {
	case SingleFrame:
		d.active = false
		d.data = append(d.data[:0], p.data...)
		out.Length, out.Data, out.Complete = p.length, d.data, true
	case FirstFrame:
		d.active, d.length, d.chunk, d.sn, d.index = p.length <= MaxMessage, p.length, chunk, 1, 0
		d.data = append(d.data[:0], p.data...)
		out.Length, out.Data = p.length, d.data
	case ConsecutiveFrame:
		out.Sequence = p.sn
		d.next(p, &out)
	case FlowControl:
		out.Status, out.BlockSize, out.STmin = p.status, p.bs, p.stmin
	}
	return out
}

// next takes a consecutive frame. One that is out of order ends the message, as far as a listener can know; one that is
// too short is ignored, as its receiver ignores it.
func (d *overheard) next(p pdu, out *PDU) {
	if d.active = d.active && p.sn == d.sn&0xF; !d.active {
		return
	}
	if len(p.data) < min(d.chunk, d.length-len(d.data)) {
		out.Length, out.Offset, out.Data, out.Index = d.length, len(d.data), d.data, d.index+1
		return
	}
	d.sn++
	d.index++
	out.Index = d.index
	out.Offset = len(d.data)
	d.data = append(d.data, p.data[:min(len(p.data), d.length-len(d.data))]...)
	out.Length, out.Data, out.Complete = d.length, d.data, len(d.data) == d.length
	d.active = !out.Complete
}
