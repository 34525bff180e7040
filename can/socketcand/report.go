package socketcand

import (
	"bytes"
	"errors"
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
	var f can.Frame
	word, args := cut(args)
	ok := writeID(&f, word) && !f.Is(can.Remote)
	word, args = cut(args)
	if string(verb) == "fdframe" {
		f.Flags |= can.FD
		if bytes.IndexByte(word, '.') < 0 {
			ok = writeFlags(&f, word) && ok
			word, args = cut(args)
		}
	}
	stamp, stamped := parseStamp(word)
	switch string(verb) {
	case "frame", "fdframe":
		ok = parseData(&f, args) && ok
	case "rtr":
		f.Flags |= can.Remote
		ok = writeLength(&f, args) && ok
	default:
		ok = false
	}
	if f.Len > can.MaxData {
		f.Flags |= can.FD // in the long form
	}
	if !ok || !stamped || f.Validate() != nil {
		return report{}, errNoFrame
	}
	return report{kind: reportFrame, frame: f, stamp: stamp}, nil
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
