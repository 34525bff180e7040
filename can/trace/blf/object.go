package blf

import "fmt"

// base is the head that all objects have.
type base struct {
	head    int // bytes, all heads together
	version int // of the head behind the base
	size    int // bytes, with the heads and without padding
	kind    uint32
}

// parseBase reads 16 bytes.
func parseBase(b []byte) base {
	return base{
		head:    int(order.Uint16(b[4:])),
		version: int(order.Uint16(b[6:])),
		size:    int(order.Uint32(b[8:])),
		kind:    order.Uint32(b[12:]),
	}
}

func (b base) check() error {
	if b.head < baseHeadLen || b.size < b.head {
		return fmt.Errorf("an object of type %d has %d bytes, with a head of %d", b.kind, b.size, b.head)
	}
	return nil
}

// stamped checks that the object has a time stamp.
func (b base) stamped() error {
	need := eventHeadLen
	if b.version == 2 {
		need = event2HeadLen
	}
	if b.version < 1 || b.version > 3 || b.head < need {
		return fmt.Errorf("an object of type %d has a head of version %d and %d bytes", b.kind, b.version, b.head)
	}
	return nil
}

// stamp returns the time stamp of a whole object and its unit. All three versions have them at these places.
func stamp(object []byte) (unit uint32, count uint64) {
	return order.Uint32(object[16:]), order.Uint64(object[24:])
}
