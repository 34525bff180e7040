package socketcand

import (
	"strconv"

	"otabench/can"
)

// tells reports whether a client that knows these forms is told of a frame. The daemon does not tell a client of its
// own.
func (fs forms) tells(r *can.Received) bool {
	switch {
	case r.Is(can.Error):
		return true
	case r.Own && !fs.extended:
		return false
	case r.Is(can.Remote):
		return fs.remote
	}
	return !r.Is(can.FD) || fs.fd != fdNone
}

// appendReport appends a frame for a client that knows these forms, see forms.tells.
func appendReport(b []byte, r *can.Received, fs forms) []byte {
	if r.Is(can.Error) {
		return appendError(b, r, fs)
	}
	b = append(b, "< "...)
	if r.Own {
		b = append(b, "own "...)
	}
	b = append(b, verbOf(r.Frame, fs)...)
	b = appendID(append(b, ' '), r.Frame)
	if r.Is(can.FD) && fs.fd == fdFlagged {
		b = appendHexByte(append(b, ' '), flagsOf(r.Frame))
	}
	b = append(appendStamp(append(b, ' '), r.Time, fs.extended), ' ')
	if r.Is(can.Remote) {
		b = strconv.AppendUint(b, uint64(r.Len), 10)
	} else {
		for _, v := range r.Payload() {
			b = appendHexByte(b, v)
		}
	}
	return append(b, " >"...)
}

func verbOf(f can.Frame, fs forms) string {
	switch {
	case f.Is(can.Remote):
		return "rtr"
	case f.Is(can.FD) && fs.fd != fdLong:
		return "fdframe"
	}
	return "frame"
}

// appendError appends an error frame as the daemon does in its broadcast manager's mode; in raw mode it leaves the data
// out.
func appendError(b []byte, r *can.Received, fs forms) []byte {
	b = append(b, "< error "...)
	const leastDigits = 3
	digits := leastDigits
	for r.ID>>(4*digits) != 0 {
		digits++
	}
	b = appendHex(b, r.ID, digits)
	b = appendStamp(append(b, ' '), r.Time, fs.extended)
	for _, v := range r.Payload() {
		b = appendHexByte(append(b, ' '), v)
	}
	return append(b, " >"...)
}
