package asc

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/internal/text"
)

// classic reads what follows the stamp of a classic frame: channel, identifier, direction, d or r, data length code,
// data. Other events of a channel look alike up to the direction.
func (r *Reader) classic(rec *trace.Record, number, rest []byte) (found bool, err error) {
	id, rest := text.Field(rest)
	isError := isErrorFrame(id)
	direction, rest := text.Field(rest)
	own, isFrame := parseDirection(direction)
	if !isError && !isFrame {
		r.losses.Add(otherEvents, 1)
		return false, nil
	}
	channel, err := parseChannel(number)
	if err != nil {
		return false, err
	}
	rec.Bus = r.channels.bus(channel)
	if isError {
		rec.Frame = errorFrame
		return true, nil
	}
	rec.Own = own
	rec.Frame, err = r.classicFrame(id, rest)
	return err == nil, err
}

// errorFrame is all that a trace says of one.
var errorFrame = can.Frame{ID: can.ClassBusError, Flags: can.Error, Len: can.MaxData}

func isErrorFrame(word []byte) bool { return hasPrefixFold(word, "ErrorFrame") }

func parseDirection(word []byte) (own, ok bool) {
	switch {
	case bytes.EqualFold(word, []byte("Rx")):
		return false, true
	case bytes.EqualFold(word, []byte("Tx")):
		return true, true
	}
	return false, false // TxRq is the request to send, which a frame follows
}

func (r *Reader) classicFrame(id, rest []byte) (can.Frame, error) {
	kind, rest := text.Field(rest)
	var f can.Frame
	var err error
	switch string(kind) {
	case "d", "D":
		rest, err = r.classicData(&f, rest)
	case "r", "R":
		f.Flags = can.Remote
		rest = remoteLength(&f, rest)
	default:
		err = fmt.Errorf("%.20q is neither d for data nor r for a remote frame", kind)
	}
	if err == nil {
		err = r.identifier(&f, id, rest)
	}
	return f, err
}

func (r *Reader) classicData(f *can.Frame, rest []byte) ([]byte, error) {
	word, rest := text.Field(rest)
	code, err := parseCode(word)
	if err != nil {
		return nil, err
	}
	f.Len = min(code, can.MaxData)
	if code > can.MaxData {
		r.losses.Add("data length codes over 8 taken for 8", 1)
	}
	return readData(f, rest, r.decimal)
}

// readData reads as many bytes as f is long.
func readData(f *can.Frame, rest []byte, decimal bool) ([]byte, error) {
	parse := text.Byte
	if decimal {
		parse = parseDecimal
	}
	for i := range f.Payload() {
		const width = len(" 00")
		if !decimal && len(rest) > width && rest[0] == ' ' && rest[width] == ' ' { // as tools write it
			if value, ok := text.Byte(rest[1:width]); ok {
				f.Data[i] = value
				rest = rest[width:]
				continue
			}
		}
		var word []byte
		var ok bool
		word, rest = text.Field(rest)
		if f.Data[i], ok = parse(word); !ok {
			return nil, fmt.Errorf("data byte %d of %d is %.20q", i+1, f.Len, word)
		}
	}
	return rest, nil
}

func parseDecimal(word []byte) (byte, bool) {
	n, err := strconv.ParseUint(string(word), 10, 8)
	return byte(n), err == nil
}

// remoteLength reads the data length code of a remote frame, which older tools leave out.
func remoteLength(f *can.Frame, rest []byte) []byte {
	word, after := text.Field(rest)
	code, err := parseCode(word)
	if err != nil {
		return rest
	}
	f.Len = min(code, can.MaxData)
	return after
}

// parseCode reads a data length code, one hexadecimal digit whatever the base.
func parseCode(word []byte) (uint8, error) {
	code, err := strconv.ParseUint(string(word), 16, 8)
	if err != nil || code > 15 {
		return 0, fmt.Errorf("data length code %.20q is not 0 to f", word)
	}
	return uint8(code), nil
}

// identifier reads an identifier, which ends in x if it is extended. In its place may be the name of a message; then
// the identifier follows the data, in decimal.
func (r *Reader) identifier(f *can.Frame, word, rest []byte) error {
	base := 16
	if r.decimal {
		base = 10
	}
	if _, numeric, found := bytes.Cut(rest, []byte(" ID = ")); found {
		word, _ = text.Field(numeric)
		base = 10
	}
	return parseIdentifier(f, word, base)
}

func parseIdentifier(f *can.Frame, word []byte, base int) error {
	number := string(word)
	if n := len(number); n > 0 && (number[n-1] == 'x' || number[n-1] == 'X') {
		number = number[:n-1]
		f.Flags |= can.Extended
	}
	if base == 16 {
		number = strings.TrimPrefix(number, "0x")
	}
	id, err := strconv.ParseUint(number, base, 32)
	if err != nil {
		return fmt.Errorf("identifier %.40q: %w", word, err)
	}
	f.ID = uint32(id)
	return f.Validate()
}
