package socketcand

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"otabench/can"
)

// reportKind tells the elements of a server apart.
type reportKind uint8

const (
	reportOther     reportKind = iota // nothing that a client has to know
	reportFrame                       // a frame or an error frame
	reportHi                          // the greeting
	reportOK                          // a command was done
	reportEcho                        // the answer to < echo >
	reportSent                        // a frame was sent
	reportUnsent                      // a frame was not sent, text says why
	reportLost                        // frames were lost, count says how many
	reportComplaint                   // something went wrong, text says what
)

// report is one element of a server.
type report struct {
	kind  reportKind
	frame can.Frame
	own   bool
	stamp time.Time
	count uint64
	text  string
}

var errNoFrame = errors.New("an element that should be a frame is none")

// parseReport reads an element of a server. An error means that a frame was told that cannot be read.
func parseReport(element []byte) (report, error) {
	verb, args := cut(element)
	switch string(verb) {
	case "frame", "fdframe", "rtr":
		return parseFrame(verb, args)
	case "own":
		verb, args = cut(args)
		r, err := parseFrame(verb, args)
		r.own = true
		return r, err
	case "error":
		return parseError(args)
	case "sent":
		return report{kind: reportSent}, nil
	case "unsent":
		return report{kind: reportUnsent, text: clean(string(bytes.TrimSpace(args)))}, nil
	case "echo":
		return report{kind: reportEcho}, nil
	case "lost":
		word, _ := cut(args)
		n, _ := parseDecimal(word)
		return report{kind: reportLost, count: n}, nil
	case "hi":
		return report{kind: reportHi}, nil
	case "ok":
		return report{kind: reportOK}, nil
	}
	return report{}, nil
}

func parseFrame(verb, args []byte) (report, error) {
	r := report{kind: reportFrame}
	word, args := cut(args)
	ok := writeID(&r.frame, word)
	word, args = cut(args)
	switch string(verb) {
	case "rtr":
		r.frame.Flags |= can.Remote
	case "fdframe":
		r.frame.Flags |= can.FD
		if bytes.IndexByte(word, '.') < 0 {
			ok = writeFlags(&r.frame, word) && ok
			word, args = cut(args)
		}
	}
	var stamped bool
	r.stamp, stamped = parseStamp(word)
	if !ok || !stamped {
		return report{}, errNoFrame
	}
	if r.frame.Is(can.Remote) {
		word, _ = cut(args)
		n, _ := parseDecimal(word)
		r.frame.Len = uint8(min(n, can.MaxData+1)) // too many are for Validate to refuse
	} else if !parseData(&r.frame, args) {
		return report{}, errNoFrame
	}
	if r.frame.Len > can.MaxData && !r.frame.Is(can.Remote) {
		r.frame.Flags |= can.FD // by < frame >
	}
	if r.frame.Validate() != nil {
		return report{}, errNoFrame
	}
	return r, nil
}

// parseError reads < error CLASS TIME DATA >, which is an error frame, or < error TEXT >.
func parseError(args []byte) (report, error) {
	word, rest := cut(args)
	class, isClass := parseHex(word)
	word, rest = cut(rest)
	stamp, stamped := parseStamp(word)
	if !isClass || !stamped {
		return report{kind: reportComplaint, text: clean(string(bytes.TrimSpace(args)))}, nil
	}
	f := can.Frame{ID: class & (errorBit - 1), Flags: can.Error}
	if !parseData(&f, rest) || f.Len > can.MaxData {
		return report{}, errNoFrame
	}
	f.Len = can.MaxData // as the kernel has them
	return report{kind: reportFrame, frame: f, stamp: stamp}, nil
}

// parseData reads bytes of two digits with or without blanks between them.
func parseData(f *can.Frame, text []byte) bool {
	for i := 0; i < len(text); {
		if text[i] == ' ' {
			i++
			continue
		}
		if f.Len == can.MaxDataFD || i+1 == len(text) {
			return false
		}
		high, low := nibble(text[i]), nibble(text[i+1])
		if high|low > 15 {
			return false
		}
		f.Data[f.Len] = high<<4 | low
		f.Len++
		i += 2
	}
	return true
}

// appendReport appends a received frame for a client that knows these forms. It gives false if there is none for it.
func appendReport(b []byte, r *can.Received, fs forms) (_ []byte, ok bool) {
	f := &r.Frame
	if r.Own {
		if !fs.extended {
			return b, false // as the daemon
		}
		b = append(b, "< own "...)
	} else {
		b = append(b, "< "...)
	}
	switch {
	case f.Is(can.Error):
		return appendErrorFrame(b, r, fs), true
	case f.Is(can.Remote):
		if !fs.remote {
			return b, false
		}
		b = appendID(append(b, "rtr "...), *f)
		b = appendStamp(append(b, ' '), r.Time, fs.extended)
		b = strconv.AppendUint(append(b, ' '), uint64(f.Len), 10)
		return append(b, " >"...), true
	case f.Is(can.FD):
		switch fs.fd {
		case fdNone:
			return b, false
		case fdFlagged:
			b = appendID(append(b, "fdframe "...), *f)
			b = appendHexByte(append(b, ' '), flagsOf(*f))
		case fdBare:
			b = appendID(append(b, "fdframe "...), *f)
		case fdLong:
			b = appendID(append(b, "frame "...), *f)
		}
	default:
		b = appendID(append(b, "frame "...), *f)
	}
	b = appendStamp(append(b, ' '), r.Time, fs.extended)
	b = append(b, ' ')
	for _, v := range f.Payload() {
		b = appendHexByte(b, v)
	}
	return append(b, " >"...), true
}

func appendErrorFrame(b []byte, r *can.Received, fs forms) []byte {
	const leastDigits = 3
	b = append(b, "error "...)
	class := strconv.AppendUint(nil, uint64(r.ID), 16)
	for range leastDigits - len(class) {
		b = append(b, '0')
	}
	b = append(b, bytes.ToUpper(class)...)
	b = appendStamp(append(b, ' '), r.Time, fs.extended)
	for _, v := range r.Payload() {
		b = appendHexByte(append(b, ' '), v)
	}
	return append(b, " >"...)
}
