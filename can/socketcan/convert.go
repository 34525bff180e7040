package socketcan

import (
	einride "go.einride.tech/can"
	"go.einride.tech/can/pkg/socketcan"

	"otabench/can"
)

// toKernel converts a classic frame that was validated.
func toKernel(f can.Frame) einride.Frame {
	k := einride.Frame{ID: f.ID, Length: f.Len, IsExtended: f.Is(can.Extended), IsRemote: f.Is(can.Remote)}
	if !k.IsRemote {
		copy(k.Data[:], f.Payload())
	}
	return k
}

// fromKernel converts what the receiver holds.
func fromKernel(rx *socketcan.Receiver) can.Frame {
	if rx.HasErrorFrame() {
		return fromError(rx.ErrorFrame())
	}
	return fromData(rx.Frame())
}

func fromData(k einride.Frame) can.Frame {
	// A length over 8 cannot come from a kernel; it must not become an index either.
	f := can.Frame{ID: k.ID, Len: min(k.Length, can.MaxData)}
	if k.IsExtended {
		f.Flags |= can.Extended
	}
	if k.IsRemote {
		f.Flags |= can.Remote
		return f
	}
	copy(f.Payload(), k.Data[:])
	return f
}

// fromError puts the fields that the receiver took apart back where linux/can/error.h has them.
func fromError(e socketcan.ErrorFrame) can.Frame {
	f := can.Frame{ID: uint32(e.ErrorClass) & can.MaxExtendedID, Flags: can.Error, Len: can.MaxData}
	f.Data[0] = e.LostArbitrationBit
	f.Data[1] = byte(e.ControllerError)
	f.Data[2] = byte(e.ProtocolError)
	f.Data[3] = byte(e.ProtocolViolationErrorLocation)
	f.Data[4] = byte(e.TransceiverError)
	copy(f.Data[5:], e.ControllerSpecificInformation[:])
	return f
}
