package virtual

import "otabench/can"

// priority returns the arbitration field of f as it goes over the wire, the first bit highest, so that the smaller value
// wins: 11 bits of the identifier, RTR or SRR, IDE, and for extended frames the other 18 bits and RTR.
func priority(f can.Frame) uint32 {
	var remote uint32
	if f.Is(can.Remote) {
		remote = 1
	}
	const srrAndIDE = 0b11
	if f.Is(can.Extended) {
		return f.ID>>18<<21 | srrAndIDE<<19 | f.ID&(1<<18-1)<<1 | remote
	}
	return f.ID<<21 | remote<<20
}
