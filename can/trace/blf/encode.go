package blf

import (
	"time"

	"otabench/can"
)

// kindOf returns the type of the object that a frame becomes.
func kindOf(f *can.Frame) uint32 {
	switch {
	case f.Is(can.Error):
		return typeErrorExt
	case f.Is(can.FD):
		return typeFDMessage64
	}
	return typeMessage
}

// addFrame writes a frame. What only the controller knows is zero: durations, bits, checksums and the bit timing.
func (w *Writer) addFrame(channel int, since time.Duration, r *can.Received) {
	p := w.objects
	kind := kindOf(&r.Frame)
	start := p.begin(kind, since)
	switch kind {
	case typeErrorExt:
		p.objects = appendError(p.objects, channel, r)
	case typeFDMessage64:
		p.objects = appendFD(p.objects, channel, r)
	default:
		p.objects = appendMessage(p.objects, channel, r)
	}
	p.end(start)
}

func identifier(f *can.Frame) uint32 {
	if f.Is(can.Extended) {
		return f.ID | idExtended
	}
	return f.ID
}

func direction(r *can.Received) byte {
	if r.Own {
		return sent
	}
	return received
}

func appendMessage(b []byte, channel int, r *can.Received) []byte {
	flags := direction(r)
	if r.Is(can.Remote) {
		flags |= messageRemote
	}
	b = order.AppendUint16(b, uint16(channel))
	b = append(b, flags, r.Len)
	b = order.AppendUint32(b, identifier(&r.Frame))
	return append(b, r.Data[:can.MaxData]...)
}

func appendFD(b []byte, channel int, r *can.Received) []byte {
	flags := flagsFD64.fdf
	if r.Is(can.BRS) {
		flags |= flagsFD64.brs
	}
	if r.Is(can.ESI) {
		flags |= flagsFD64.esi
	}
	const attempts = 0
	b = append(b, byte(channel), lengthCode(r.Len), r.Len, attempts)
	b = order.AppendUint32(b, identifier(&r.Frame))
	b = order.AppendUint32(b, 0) // duration
	b = order.AppendUint32(b, flags)
	b = append(b, make([]byte, 18)...) // bit timing, offsets, bits
	b = append(b, direction(r), 0)
	b = order.AppendUint32(b, 0) // checksum
	return append(b, r.Payload()...)
}

// appendError writes an error frame of SocketCAN, as failureExt reads it.
func appendError(b []byte, channel int, r *can.Received) []byte {
	var code uint16
	if r.Own {
		code = errorSent
	}
	b = order.AppendUint16(b, uint16(channel))
	b = append(b, make([]byte, 8)...) // length, nothing of a controller, register, position
	b = append(b, r.Len)
	b = append(b, make([]byte, 5)...) // nothing, duration
	b = order.AppendUint32(b, identifier(&r.Frame))
	b = order.AppendUint16(b, code)
	b = order.AppendUint16(b, 0)
	return append(b, r.Data[:can.MaxData]...)
}

// addStart writes the time from which stamps count, for readers in other zones.
func (w *Writer) addStart() {
	p := w.objects
	date := w.date(w.start).Format(startLayout)
	start := p.begin(typeGlobalMarker, 0)
	b := append(p.objects, make([]byte, 16)...) // type of an event, colours, cannot be moved
	for _, s := range []string{startGroup, startMarker, date} {
		b = order.AppendUint32(b, uint32(len(s)))
	}
	b = append(b, make([]byte, 12)...)
	p.objects = append(b, startGroup+startMarker+date...)
	p.end(start)
}

// addBus writes the name of a channel's bus, as that of the network of a database that has no path.
func (w *Writer) addBus(channel int, bus string) {
	name := cleanName(bus)
	if name != bus || name == "" {
		w.losses.Add("names of buses changed", 1)
	}
	p := w.objects
	start := p.begin(typeAppText, 0)
	b := order.AppendUint32(p.objects, appTextChannel)
	b = order.AppendUint32(b, uint32(channel)<<8|busCAN<<16)
	b = order.AppendUint32(b, uint32(len(name)+1))
	b = order.AppendUint32(b, 0)
	b = append(b, ';')
	p.objects = append(b, name...)
	p.end(start)
}

// addComments writes comments on the frame that follows.
func (w *Writer) addComments(kind uint32, since time.Duration) {
	p := w.objects
	for _, line := range w.comments.Lines() {
		start := p.begin(typeEventComment, since)
		b := order.AppendUint32(p.objects, kind)
		b = order.AppendUint32(b, uint32(len(line)))
		b = order.AppendUint64(b, 0)
		p.objects = append(b, line...)
		p.end(start)
	}
	w.comments.Drop()
}

// addOverrun writes that frames were lost before the one that follows.
func (w *Writer) addOverrun(channel int, since time.Duration, lost uint64) {
	if lost == 0 {
		return
	}
	p := w.objects
	start := p.begin(typeOverrun, since)
	b := order.AppendUint32(p.objects, busCAN)
	b = order.AppendUint16(b, uint16(channel))
	p.objects = order.AppendUint16(b, 0)
	p.end(start)
}
