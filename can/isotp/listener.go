package isotp

import (
	"slices"

	"otabench/can"
)

// Listener reassembles what two nodes say to each other, from the frames alone. It has no goroutine and sends nothing;
// its methods are for one goroutine, usually a tap of the bus.
type Listener struct {
	addr       Address
	functional uint32
	tx, rx     overheard
}

// overheard is one direction.
type overheard struct {
	active bool
	data   []byte
	length int
	sn     byte
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
}

// NewListener returns a listener to a connection. functional is a further identifier in the direction of Tx, 0 for none.
func NewListener(addr Address, functional uint32) *Listener {
	return &Listener{addr: addr, functional: functional}
}

// Observe takes the next frame of the bus and says what it is, or false if it does not belong to the connection.
func (l *Listener) Observe(r can.Received) (PDU, bool) {
	if r.Is(can.Error) || r.Is(can.Extended) != l.addr.Extended {
		return PDU{}, false
	}
	toUnit := r.ID == l.addr.Tx || l.functional != 0 && r.ID == l.functional
	if !toUnit && r.ID != l.addr.Rx {
		return PDU{}, false
	}
	p, ok := decode(&r.Frame)
	if !ok {
		return PDU{}, false
	}
	out := PDU{Kind: p.kind, Tx: toUnit, Functional: toUnit && r.ID != l.addr.Tx}
	if out.Functional {
		out.Length, out.Data, out.Complete = p.length, slices.Clone(p.data), true
		return out, p.kind == SingleFrame
	}
	d := &l.rx
	if toUnit {
		d = &l.tx
	}
	d.observe(p, &out)
	return out, true
}

func (d *overheard) observe(p pdu, out *PDU) {
	switch p.kind {
	case SingleFrame:
		d.active = false
		d.data = append(d.data[:0], p.data...)
		out.Length, out.Data, out.Complete = p.length, d.data, true
	case FirstFrame:
		d.active, d.length, d.sn = p.length <= MaxMessage, p.length, 1
		d.data = append(d.data[:0], p.data...)
		out.Length, out.Data = p.length, d.data
	case ConsecutiveFrame:
		if d.active = d.active && p.sn == d.sn&0xF; !d.active {
			return
		}
		d.sn++
		d.data = append(d.data, p.data[:min(len(p.data), d.length-len(d.data))]...)
		out.Length, out.Data, out.Complete = d.length, d.data, len(d.data) == d.length
		d.active = !out.Complete
	}
}
