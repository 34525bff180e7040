package link

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/mdlayher/netlink"
)

// Settings are what a controller is set up with. Zero values leave the driver's defaults.
type Settings struct {
	Bitrate         int     // bit/s, needed
	SamplePoint     float64 // of the bit time, 0 to 1
	DataBitrate     int     // bit/s in the data phase of FD frames; more than 0 switches FD on
	DataSamplePoint float64
	Modes           Mode // modes to switch on; all others are switched off
	// RestartAfter restarts the controller so long after it went bus-off, in whole milliseconds; 0 leaves it bus-off.
	RestartAfter time.Duration
}

// validate says what no controller can do.
func (s Settings) validate() error {
	switch {
	case s.Bitrate < 1 || s.Bitrate > 1_000_000:
		return fmt.Errorf("a bit rate of %d bit/s; want 1 to 1000000", s.Bitrate)
	case s.DataBitrate < 0 || s.DataBitrate > 0 && s.DataBitrate < s.Bitrate:
		return fmt.Errorf("a data bit rate of %d bit/s; want at least the bit rate, %d", s.DataBitrate, s.Bitrate)
	case badPoint(s.SamplePoint) || badPoint(s.DataSamplePoint):
		return fmt.Errorf("sample points %g and %g; want 0 (the driver's choice) to below 1", s.SamplePoint, s.DataSamplePoint)
	case s.RestartAfter < 0 || s.RestartAfter%time.Millisecond != 0 || s.RestartAfter > math.MaxInt32*time.Millisecond:
		return fmt.Errorf("a restart after %v; want whole milliseconds", s.RestartAfter)
	}
	return nil
}

func badPoint(p float64) bool { return math.IsNaN(p) || p < 0 || p >= 1 }

// header is a struct ifinfomsg for an interface. change names the flags that are to be changed to what flags says.
func header(index int, flags, change uint32) []byte {
	b := make([]byte, ifInfoSize)
	binary.NativeEndian.PutUint32(b[4:], uint32(index))
	binary.NativeEndian.PutUint32(b[ifFlags:], flags)
	binary.NativeEndian.PutUint32(b[ifChange:], change)
	return b
}

// controller adds attributes of a CAN controller to a header.
func controller(head []byte, add func(*netlink.AttributeEncoder)) ([]byte, error) {
	e := netlink.NewAttributeEncoder()
	e.Nested(attrLinkInfo, func(info *netlink.AttributeEncoder) error {
		info.String(infoKind, "can")
		info.Nested(infoData, func(data *netlink.AttributeEncoder) error {
			add(data)
			return nil
		})
		return nil
	})
	b, err := e.Encode()
	return append(head, b...), err
}

func (s Settings) encode(e *netlink.AttributeEncoder) {
	modes := s.Modes
	if s.DataBitrate > 0 {
		modes |= FD
	}
	e.Bytes(canBitTiming, timing(s.Bitrate, s.SamplePoint))
	if s.DataBitrate > 0 {
		e.Bytes(canDataBitTiming, timing(s.DataBitrate, s.DataSamplePoint))
	}
	e.Uint32(canRestartMS, uint32(s.RestartAfter/time.Millisecond))
	// Only modes that are wanted or could be on stand in the mask: a driver refuses to be told of modes that it lacks.
	mask := modes | Loopback | ListenOnly
	b := binary.NativeEndian.AppendUint32(nil, uint32(mask))
	e.Bytes(canControlMode, binary.NativeEndian.AppendUint32(b, uint32(modes)))
}

// timing is a struct can_bittiming from which the driver finds the rest.
func timing(rate int, point float64) []byte {
	b := make([]byte, bitTimingSz)
	binary.NativeEndian.PutUint32(b, uint32(rate))
	binary.NativeEndian.PutUint32(b[4:], uint32(math.Round(1000*point)))
	return b
}
