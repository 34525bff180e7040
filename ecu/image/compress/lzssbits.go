package compress

import "fmt"

// The parameters of LZSS in VBF; doc.go explains them.
const (
	bitsWindow   = 1024
	bitsPosition = 10
	bitsLength   = 4
	bitsShorter  = 2 // lengths are stored less this
	bitsLongest  = 1<<bitsLength - 1 + bitsShorter
)

func packLZSSBits(data []byte) ([]byte, error) {
	// A position of 1023 plus 1 does not fit into its ten bits, and a match is read while the window is written.
	matches := newMatcher(data, bitsWindow-bitsLongest, bitsLongest)
	w := bitWriter{}
	for at := 0; at < len(data); {
		begin, length := matches.find(at)
		if length == 0 || begin%bitsWindow == bitsWindow-1 {
			w.write(1, 1)
			w.write(uint(data[at]), 8)
			length = 1
		} else {
			w.write(0, 1)
			w.write(uint(begin%bitsWindow+1), bitsPosition)
			w.write(uint(length-bitsShorter), bitsLength)
		}
		for range length {
			matches.add(at)
			at++
		}
	}
	w.write(0, 1+bitsPosition)
	return w.finish(), nil
}

func unpackLZSSBits(data []byte, limit int) ([]byte, error) {
	var window [bitsWindow]byte
	unpacked := []byte{}
	put := func(b byte) {
		window[len(unpacked)%bitsWindow] = b
		unpacked = append(unpacked, b)
	}
	r := bitReader{data: data}
	for len(unpacked) <= limit {
		if r.read(1) == 1 {
			put(byte(r.read(8)))
		} else {
			position := r.read(bitsPosition)
			if position == 0 {
				return unpacked, r.end()
			}
			length := int(r.read(bitsLength)) + bitsShorter
			for i := range length {
				put(window[(int(position)-1+i)%bitsWindow])
			}
		}
		if r.short {
			return nil, fmt.Errorf("%w: they end without the mark of their end", ErrCorrupt)
		}
	}
	return nil, ErrTooLarge
}

// bitWriter puts numbers one behind the other, the highest bit first.
type bitWriter struct {
	data  []byte
	queue uint
	bits  int // in the queue
}

func (w *bitWriter) write(v uint, bits int) {
	w.queue = w.queue<<bits | v
	for w.bits += bits; w.bits >= 8; w.bits -= 8 {
		w.data = append(w.data, byte(w.queue>>(w.bits-8)))
	}
}

// finish fills the last byte with zeros.
func (w *bitWriter) finish() []byte {
	if w.bits > 0 {
		w.write(0, 8-w.bits)
	}
	return w.data
}

// bitReader takes numbers apart again. Behind the end it reads zeros and is short.
type bitReader struct {
	data  []byte
	queue uint
	bits  int
	short bool
}

func (r *bitReader) read(bits int) uint {
	for r.bits < bits {
		var next byte
		if len(r.data) > 0 {
			next, r.data = r.data[0], r.data[1:]
		} else {
			r.short = true
		}
		r.queue = r.queue<<8 | uint(next)
		r.bits += 8
	}
	r.bits -= bits
	return r.queue >> r.bits & (1<<bits - 1)
}

// end reports what is wrong with an end mark here.
func (r *bitReader) end() error {
	switch {
	case r.short:
		return fmt.Errorf("%w: they end without the mark of their end", ErrCorrupt)
	case len(r.data) > 0:
		return fmt.Errorf("%w: %d bytes follow their end", ErrCorrupt, len(r.data))
	}
	return nil
}
