package can

import (
	"errors"
	"fmt"
)

// Lengths of data fields in bytes (ISO 11898-1:2015, 10.4.2.4).
const (
	MaxData   = 8  // classic frames
	MaxDataFD = 64 // FD frames
)

// Largest identifiers.
const (
	MaxStandardID = 1<<11 - 1
	MaxExtendedID = 1<<29 - 1
)

// Flags say what kind of frame a Frame is. The zero value is a classic data frame with an 11-bit identifier.
type Flags uint8

const (
	// Extended marks a 29-bit identifier (IDE).
	Extended Flags = 1 << iota
	// Remote marks a remote frame (RTR): it has a length and no data. There are no FD remote frames.
	Remote
	// FD marks the FD frame format (FDF).
	FD
	// BRS marks an FD frame whose data phase runs at the data bit rate.
	BRS
	// ESI marks an FD frame from an error-passive sender.
	ESI
	// Error marks a report of the controller, not a frame from the wire. Its ID is an [ErrorClass].
	Error
)

// Frame is one CAN frame. Frames are comparable; the bytes after Len are zero in every frame this module makes.
type Frame struct {
	ID    uint32
	Flags Flags
	Len   uint8 // data length in bytes, for FD one that has a code: 0 to 8, 12, 16, 20, 24, 32, 48, 64
	Data  [MaxDataFD]byte
}

// ErrorClass is the ID of an error frame, with the bits of linux/can/error.h.
type ErrorClass = uint32

// Error classes.
const (
	ClassTxTimeout       ErrorClass = 1 << iota
	ClassLostArbitration            // data[0]: bit number
	ClassController                 // data[1]: see CtrlRxOverflow and following
	ClassProtocol                   // data[2], data[3]: kind and place of the violation
	ClassTransceiver                // data[4]
	ClassNoAck
	ClassBusOff
	ClassBusError
	ClassRestarted
)

// Controller problems, in data[1] of an error frame of class ClassController.
const (
	CtrlRxOverflow byte = 1 << iota
	CtrlTxOverflow
	CtrlRxWarning
	CtrlTxWarning
	CtrlRxPassive
	CtrlTxPassive
	CtrlActive
)

// New makes a classic data frame. It panics if data is longer than 8 bytes; use [Frame.Validate] for frames from outside.
func New(id uint32, data ...byte) Frame {
	if len(data) > MaxData {
		panic(fmt.Sprintf("can: %d bytes do not fit a classic frame", len(data)))
	}
	f := Frame{ID: id, Len: uint8(len(data))}
	copy(f.Data[:], data)
	return f
}

// Is reports whether all the given flags are set.
func (f Frame) Is(flags Flags) bool { return f.Flags&flags == flags }

// Payload returns the frame's data. It points into the frame that it is called on.
func (f *Frame) Payload() []byte { return f.Data[:f.Len] }

// ErrInvalid is wrapped by every error of Validate and Parse.
var ErrInvalid = errors.New("invalid CAN frame")

// Validate says what keeps f from being sent.
func (f Frame) Validate() error {
	limit := uint32(MaxStandardID)
	if f.Is(Extended) {
		limit = MaxExtendedID
	}
	switch {
	case f.Is(Error):
		return fmt.Errorf("%w: an error frame is a controller's report and cannot be sent", ErrInvalid)
	case f.ID > limit:
		return fmt.Errorf("%w: identifier %#x is over %#x", ErrInvalid, f.ID, limit)
	case f.Is(FD | Remote):
		return fmt.Errorf("%w: FD has no remote frames", ErrInvalid)
	case f.Flags&(BRS|ESI) != 0 && !f.Is(FD):
		return fmt.Errorf("%w: BRS and ESI need the FD format", ErrInvalid)
	case !f.Is(FD) && f.Len > MaxData:
		return fmt.Errorf("%w: %d bytes in a classic frame, at most 8 fit", ErrInvalid, f.Len)
	case f.Is(FD) && PadLen(int(f.Len)) != int(f.Len):
		return fmt.Errorf("%w: no data length code for %d bytes in an FD frame", ErrInvalid, f.Len)
	}
	return nil
}

// PadLen returns the smallest data length that has a code and holds n bytes, or -1 if n is over 64.
func PadLen(n int) int {
	switch {
	case n <= MaxData:
		return n
	case n <= 24:
		return (n + 3) / 4 * 4
	case n <= 32:
		return 32
	case n <= 48:
		return 48
	case n <= MaxDataFD:
		return MaxDataFD
	}
	return -1
}
