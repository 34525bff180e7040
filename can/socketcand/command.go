package socketcand

import (
	"fmt"
	"strconv"

	"otabench/can"
)

// appendSend appends the command that sends f. forms.carries has said that there is one.
func appendSend(b []byte, f can.Frame, fs forms) []byte {
	switch {
	case f.Is(can.Remote):
		b = appendID(append(b, "< sendrtr "...), f)
	case f.Is(can.FD) && fs.fd == fdFlagged:
		b = appendID(append(b, "< fdsend "...), f)
		b = appendHexByte(append(b, ' '), flagsOf(f))
	case f.Is(can.FD):
		b = appendID(append(b, "< sendfd "...), f)
	default:
		b = appendID(append(b, "< send "...), f)
	}
	b = strconv.AppendUint(append(b, ' '), uint64(f.Len), 10)
	if !f.Is(can.Remote) {
		for _, v := range f.Payload() {
			b = strconv.AppendUint(append(b, ' '), uint64(v), 16)
		}
	}
	return append(b, " >"...)
}

// parseSend reads the command verb with its arguments. shown is the form of frames that the client knows by it, even if
// its arguments are wrong. isSend is false for other commands.
func parseSend(verb, args []byte) (f can.Frame, shown forms, isSend bool, err error) {
	switch string(verb) {
	case "send":
	case "sendfd":
		f.Flags, shown.fd = can.FD, fdBare
	case "fdsend":
		f.Flags, shown.fd = can.FD, fdFlagged
	case "sendrtr":
		f.Flags, shown.remote = can.Remote, true
	default:
		return f, shown, false, nil
	}
	err = parseSent(&f, args, shown.fd == fdFlagged)
	if f.Is(can.FD) && shown.fd == fdNone {
		shown.fd = fdLong
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", verb, err)
	}
	return f, shown, true, err
}

// parseSent reads identifier, flags if there are any, length, and bytes.
func parseSent(f *can.Frame, args []byte, flags bool) error {
	word, args := cut(args)
	if !writeID(f, word) {
		return fmt.Errorf("%w: no identifier of up to 29 bits", can.ErrInvalid)
	}
	if flags {
		word, args = cut(args)
		if !writeFlags(f, word) {
			return fmt.Errorf("%w: no flags", can.ErrInvalid)
		}
	}
	length, args := cut(args)
	n, err := parseBytes(f, args)
	if err != nil {
		return err
	}
	if f.Is(can.Remote) {
		// Clients that mark remote frames in the identifier may write bytes, which mean nothing.
		f.Data = [can.MaxDataFD]byte{}
		if !writeLength(f, length) {
			return fmt.Errorf("%w: no length of 0 to 8", can.ErrInvalid)
		}
		return f.Validate()
	}
	// python-can writes the length in hexadecimal, the daemon reads decimals; they differ from 10 on.
	asDecimal, _ := parseDecimal(length)
	asHex, ok := parseHex(length)
	if !ok || int(asDecimal) != n && int(asHex) != n {
		return fmt.Errorf("%w: the length is not the number of bytes", can.ErrInvalid)
	}
	f.Len = uint8(n)
	if n > can.MaxData {
		f.Flags |= can.FD
	}
	return f.Validate()
}

// parseBytes reads bytes of one or two digits with blanks between them, and counts them.
func parseBytes(f *can.Frame, text []byte) (n int, err error) {
	for {
		var word []byte
		if word, text = cut(text); len(word) == 0 {
			return n, nil
		}
		v, ok := parseHex(word)
		if !ok || v > 0xFF {
			return 0, fmt.Errorf("%w: a byte is not two hexadecimal digits", can.ErrInvalid)
		}
		if n == can.MaxDataFD {
			return 0, fmt.Errorf("%w: more than 64 bytes", can.ErrInvalid)
		}
		f.Data[n] = byte(v)
		n++
	}
}
