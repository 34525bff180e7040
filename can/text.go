package can

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// errorFlag is the kernel's CAN_ERR_FLAG, by which candump marks error frames.
const errorFlag = 1 << 29

// Bits of the nibble that follows "##" in candump's notation of FD frames.
const (
	textBRS = 1 << iota
	textESI
	textFDF // newer versions of can-utils set it, older ones do not
)

// String returns f in the notation of candump's log files, for instance 7E0#021003, 18DA10F1#0102, 123#R4, 123##1AABB
// or 20000004#0004000000000000.
func (f Frame) String() string {
	var b strings.Builder
	switch {
	case f.Is(Error):
		fmt.Fprintf(&b, "%08X#", f.ID|errorFlag)
	case f.Is(Extended):
		fmt.Fprintf(&b, "%08X#", f.ID)
	default:
		fmt.Fprintf(&b, "%03X#", f.ID)
	}
	switch {
	case f.Is(Remote):
		fmt.Fprintf(&b, "R%d", f.Len)
	case f.Is(FD):
		fmt.Fprintf(&b, "#%X%X", f.textFlags(), f.Data[:min(f.Len, MaxDataFD)])
	default:
		fmt.Fprintf(&b, "%X", f.Data[:min(f.Len, MaxDataFD)])
	}
	return b.String()
}

func (f Frame) textFlags() (nibble byte) {
	if f.Is(BRS) {
		nibble |= textBRS
	}
	if f.Is(ESI) {
		nibble |= textESI
	}
	return nibble
}

// Parse reads a frame in the notation of candump's log files, see [Frame.String]. Three digits are a standard identifier,
// eight an extended one or an error class. Bytes may be separated by dots. Errors wrap [ErrInvalid].
func Parse(text string) (Frame, error) {
	id, body, found := strings.Cut(text, "#")
	if !found {
		return Frame{}, fmt.Errorf("%w %q: no # after the identifier", ErrInvalid, text)
	}
	var f Frame
	err := f.parseID(id)
	if err == nil {
		err = f.parseBody(body)
	}
	if err == nil {
		err = f.checkParsed()
	}
	if err != nil {
		return Frame{}, fmt.Errorf("%q: %w", text, err)
	}
	return f, nil
}

func (f *Frame) parseID(text string) error {
	id, err := strconv.ParseUint(text, 16, 32)
	if err != nil || len(text) != 3 && len(text) != 8 {
		return fmt.Errorf("%w: identifier %q is not 3 or 8 hexadecimal digits", ErrInvalid, text)
	}
	f.ID = uint32(id)
	switch {
	case len(text) == 3:
	case f.ID&errorFlag != 0:
		f.ID &^= errorFlag
		f.Flags = Error
	default:
		f.Flags = Extended
	}
	return nil
}

func (f *Frame) parseBody(text string) error {
	if length, found := strings.CutPrefix(text, "R"); found {
		f.Flags |= Remote
		return f.parseRemoteLength(length)
	}
	if fd, found := strings.CutPrefix(text, "#"); found {
		f.Flags |= FD
		return f.parseFD(fd)
	}
	return f.parseData(text)
}

func (f *Frame) parseRemoteLength(text string) error {
	switch {
	case text == "":
		return nil
	case len(text) == 1 && text[0] >= '0' && text[0] <= '8':
		f.Len = text[0] - '0'
		return nil
	}
	return fmt.Errorf("%w: %q is not the length of a remote frame, 0 to 8", ErrInvalid, text)
}

func (f *Frame) parseFD(text string) error {
	if text == "" {
		return fmt.Errorf("%w: no flags after ##", ErrInvalid)
	}
	nibble, err := strconv.ParseUint(text[:1], 16, 4)
	if err != nil || nibble&^(textBRS|textESI|textFDF) != 0 {
		return fmt.Errorf("%w: FD flags %q are not 0 to 7", ErrInvalid, text[:1])
	}
	if nibble&textBRS != 0 {
		f.Flags |= BRS
	}
	if nibble&textESI != 0 {
		f.Flags |= ESI
	}
	return f.parseData(text[1:])
}

func (f *Frame) parseData(text string) error {
	data, err := hex.DecodeString(strings.ReplaceAll(text, ".", ""))
	if err != nil {
		return fmt.Errorf("%w: data %q: %w", ErrInvalid, text, err)
	}
	if len(data) > MaxDataFD {
		return fmt.Errorf("%w: %d bytes of data, at most %d fit a frame", ErrInvalid, len(data), MaxDataFD)
	}
	f.Len = uint8(copy(f.Data[:], data))
	return nil
}

func (f *Frame) checkParsed() error {
	if !f.Is(Error) {
		return f.Validate()
	}
	if f.Flags != Error || f.Len > MaxData || f.ID > MaxExtendedID {
		return fmt.Errorf("%w: an error frame has a class of 29 bits and up to 8 bytes of data", ErrInvalid)
	}
	return nil
}
