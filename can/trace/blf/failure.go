package blf

import "otabench/can"

// Lengths of objects about error frames behind the heads.
const (
	errorLen    = 4
	errorExtLen = 24 // without data
	error64Len  = 16 // as far as it is of use
)

// What an object about an error frame has beside it.
const (
	hasSJA1000 = 1 << iota // the error code capture register of an SJA1000
	hasCore                // the error code of Vector's CAN core
)

// errorSent says in the extended error code that this node made the error frame.
const errorSent = 1 << 14

// Bits of an error frame, of linux/can/error.h.
const (
	protBit         = 0x01 // in data[2]: a bit that is not what was sent
	protForm        = 0x02
	protStuff       = 0x04
	protOverload    = 0x20
	locationCRC     = 0x08 // in data[3]
	locationAckSlot = 0x19
)

// anyError is an error frame of which no more is known.
var anyError = can.Frame{ID: can.ClassBusError, Flags: can.Error, Len: can.MaxData}

// failure reads an error frame: channel 16, length 16.
func (e *event) failure(b []byte) error {
	if len(b) < errorLen {
		return tooShort(b)
	}
	e.channel = int(order.Uint16(b))
	*e.Frame = anyError
	return nil
}

// failureExt reads an error frame: channel 16, length 16, what it has 32, register 8, position 8, code 8, nothing 8,
// duration 32, identifier 32, extended error code 16, nothing 16, data.
//
// Where it has nothing of a controller but an identifier, that and the data are a SocketCAN error frame: python-can
// writes them so, and this package.
func (e *event) failureExt(b []byte) error {
	if len(b) < errorExtLen {
		return tooShort(b)
	}
	e.channel = int(order.Uint16(b))
	has, id, code := order.Uint32(b[4:]), order.Uint32(b[16:]), order.Uint16(b[20:])
	if code&errorSent != 0 {
		e.direction = sent
	}
	if has == 0 && id&can.MaxExtendedID != 0 {
		e.Flags = can.Error
		e.setID(id)
		e.Len = min(b[10]&0x0F, can.MaxData)
		copy(e.Payload(), b[errorExtLen:])
		return nil
	}
	*e.Frame = explain(has, b[8], code)
	return nil
}

// failure64 reads an error frame: channel 8, code 8, count of data bytes 8, register 8, what it has 16, extended error
// code 16 and more.
func (e *event) failure64(b []byte) error {
	if len(b) < error64Len {
		return tooShort(b)
	}
	e.channel = int(b[0])
	code := order.Uint16(b[6:])
	if code&errorSent != 0 {
		e.direction = sent
	}
	*e.Frame = explain(uint32(order.Uint16(b[4:])), b[3], code)
	return nil
}

// explain makes an error frame as Linux would of what a controller says.
func explain(has uint32, register byte, code uint16) can.Frame {
	f := anyError
	switch {
	case has&hasCore != 0:
		explainCore(&f, code>>6&0x3F)
	case has&hasSJA1000 != 0: // Linux has the segments of this controller
		f.ID |= can.ClassProtocol
		f.Data[2] = [4]byte{protBit, protForm, protStuff, 0}[register>>6]
		f.Data[3] = register & 0x1F
	}
	return f
}

// explainCore takes an error code of Vector's CAN core.
func explainCore(f *can.Frame, code uint16) {
	const bit, form, stuff, crc, noAck, overload = 0, 1, 2, 4, 7, 8
	f.ID |= can.ClassProtocol
	switch code {
	case bit:
		f.Data[2] = protBit
	case form:
		f.Data[2] = protForm
	case stuff:
		f.Data[2] = protStuff
	case crc:
		f.Data[3] = locationCRC
	case noAck:
		f.ID ^= can.ClassProtocol | can.ClassNoAck
		f.Data[3] = locationAckSlot
	case overload:
		f.Data[2] = protOverload
	}
}
