package server

// fields takes parameters off a request, each with its length before it.
type fields struct {
	rest  []byte
	short bool
}

// take takes n bytes.
func (f *fields) take(n int) []byte {
	if len(f.rest) < n {
		f.short = true
		return make([]byte, n)
	}
	b := f.rest[:n]
	f.rest = f.rest[n:]
	return b
}

// field takes a length of two bytes and as many bytes as it says.
func (f *fields) field() []byte {
	n := int(number(f.take(2)))
	if len(f.rest) < n {
		f.short = true
		return nil
	}
	return f.take(n)
}

// wrong says whether a request was too short or too long.
func (f *fields) wrong() bool { return f.short || len(f.rest) > 0 }

// appendField appends what field takes.
func appendField(b, data []byte) []byte {
	return append(appendNumber(b, uint64(len(data)), 2), data...)
}
