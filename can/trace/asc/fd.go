package asc

import (
	"fmt"
	"strconv"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/internal/text"
)

// Bits of the flags at the end of a CANFD line.
const (
	flagRemote = 1 << 4
	flagFDF    = 1 << 12
	flagBRS    = 1 << 13
	flagESI    = 1 << 14
)

// fd reads what follows the word CANFD: channel, direction, identifier, maybe a name, BRS, ESI, data length code, data
// length, data, duration, bits and flags. Numbers are hexadecimal whatever the base, but for the data length.
// A classic frame may have this form too; its flags tell.
func (r *Reader) fd(rec *trace.Record, rest []byte) (found bool, err error) {
	number, rest := text.Field(rest)
	direction, rest := text.Field(rest)
	id, rest := text.Field(rest)
	own, ok := parseDirection(direction)
	if !ok {
		r.losses.Add(otherEvents, 1)
		return false, nil
	}
	channel, err := parseChannel(number)
	if err != nil {
		return false, err
	}
	rec.Bus = r.channels.bus(channel)
	if isErrorFrame(id) {
		rec.Frame = errorFrame
		return true, nil
	}
	rec.Own = own
	rec.Frame, err = fdFrame(id, rest)
	return err == nil, err
}

// fdWords are the words before the data.
type fdWords struct {
	brs, esi bool
	code     uint8 // data length code
	length   uint8 // bytes of data that follow
}

func fdFrame(id, rest []byte) (can.Frame, error) {
	words, rest, err := parseWords(rest)
	if err != nil {
		return can.Frame{}, err
	}
	f := can.Frame{Len: words.length}
	rest, err = readData(&f, rest, false)
	if err != nil {
		return can.Frame{}, err
	}
	if err := words.flag(&f, rest); err != nil {
		return can.Frame{}, err
	}
	return f, parseIdentifier(&f, id, 16)
}

func parseWords(rest []byte) (w fdWords, after []byte, err error) {
	brs, rest := text.Field(rest)
	if !isBit(brs) { // it is a name
		brs, rest = text.Field(rest)
	}
	esi, rest := text.Field(rest)
	code, rest := text.Field(rest)
	length, rest := text.Field(rest)
	if !isBit(brs) || !isBit(esi) {
		return w, nil, fmt.Errorf("BRS %.20q and ESI %.20q are not 0 or 1", brs, esi)
	}
	w.brs, w.esi = brs[0] == '1', esi[0] == '1'
	if w.code, err = parseCode(code); err != nil {
		return w, nil, err
	}
	n, err := strconv.ParseUint(string(length), 10, 8)
	if err != nil || n > can.MaxDataFD {
		return w, nil, fmt.Errorf("data length %.20q is not 0 to %d", length, can.MaxDataFD)
	}
	w.length = uint8(n)
	return w, rest, nil
}

func isBit(word []byte) bool { return len(word) == 1 && (word[0] == '0' || word[0] == '1') }

// flag finds out what kind of frame it is. Where the flags say nothing, because there are none or because somebody has
// cleared them, the frame is FD if it can be nothing else.
func (w fdWords) flag(f *can.Frame, rest []byte) error {
	_, rest = text.Field(rest) // duration
	_, rest = text.Field(rest) // bits
	word, _ := text.Field(rest)
	flags := uint64(flagFDF)
	if len(word) > 0 {
		var err error
		if flags, err = strconv.ParseUint(string(word), 16, 32); err != nil {
			return fmt.Errorf("flags %.20q are not hexadecimal", word)
		}
	}
	switch {
	case flags&(flagFDF|flagRemote) == flagRemote:
		*f = can.Frame{Flags: can.Remote, Len: min(w.code, can.MaxData)}
		return nil
	case flags&flagFDF == 0 && !w.brs && !w.esi && w.length <= can.MaxData:
		return nil
	}
	f.Flags = can.FD
	if w.brs {
		f.Flags |= can.BRS
	}
	if w.esi {
		f.Flags |= can.ESI
	}
	return nil
}
