package flashmem

import "math/rand/v2"

// physics decides what an operation that did not end well leaves behind. It depends on the seed and on the operation's
// number only.
type physics struct{ *rand.Rand }

func newPhysics(seed uint64, n int) physics {
	return physics{rand.New(rand.NewPCG(seed, uint64(n)))}
}

// apply does what a complete operation does, and reports whether the cells now hold what was asked for.
func apply(cells []byte, op Op, data []byte) bool {
	if op.Kind == Erase {
		fill(cells, erased)
		return true
	}
	held := true
	for i, b := range data {
		cells[i] &= b
		held = held && cells[i] == b
	}
	return held
}

// indeterminate is the largest number of bytes that a torn erase leaves half erased.
const indeterminate = 64

// tear does the given part of an operation.
func (p physics) tear(cells []byte, op Op, data []byte, part float64) {
	edge := int(part * float64(len(cells)))
	if edge >= len(cells) {
		apply(cells, op, data)
		return
	}
	if op.Kind == Program {
		apply(cells[:edge], op, data[:edge])
		cells[edge] &= data[edge] | byte(p.Uint32())
		return
	}
	fill(cells[:edge], erased)
	if edge == 0 {
		return
	}
	for i := edge; i < min(edge+indeterminate, len(cells)); i++ {
		cells[i] |= byte(p.Uint32())
	}
}

// weaken does an operation at too low a voltage: about one byte in eight does not get all its bits, and at least one.
func (p physics) weaken(cells []byte, op Op, data []byte) {
	before := append([]byte(nil), cells...)
	apply(cells, op, data)
	sure := p.IntN(len(cells))
	for i := range cells {
		if i == sure || p.IntN(8) == 0 {
			cells[i] = p.weakByte(before[i], cells[i])
		}
	}
}

// weakByte keeps at least one of the bits that should have changed as it was.
func (p physics) weakByte(before, after byte) byte {
	changed := before ^ after
	if changed == 0 {
		return after
	}
	stuck := changed & byte(p.Uint32())
	if stuck == 0 {
		stuck = changed & -changed
	}
	return after ^ stuck
}

func fill(cells []byte, b byte) {
	for i := range cells {
		cells[i] = b
	}
}
