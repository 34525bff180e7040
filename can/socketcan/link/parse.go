package link

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/mdlayher/netlink"

	"otabench/can"
)

// Attributes of a link (linux/if_link.h) and of a CAN controller (linux/can/netlink.h).
const (
	attrName     = 3
	attrMTU      = 4
	attrLinkInfo = 18

	infoKind  = 1
	infoData  = 2
	infoStats = 3

	canBitTiming     = 1
	canClock         = 3
	canState         = 4
	canControlMode   = 5
	canRestartMS     = 6
	canRestart       = 7
	canErrorCounter  = 8
	canDataBitTiming = 9
)

// Parts of struct ifinfomsg (linux/rtnetlink.h).
const (
	ifInfoSize  = 16
	ifFlags     = 8
	ifChange    = 12
	flagUp      = 1
	bitTimingSz = 32 // struct can_bittiming: eight numbers of 32 bits
	statsSz     = 24 // struct can_device_stats: six
	fdMTU       = 72
)

// states maps the kernel's enum can_state. Warning is a mark within error-active.
var states = []can.State{can.ErrorActive, can.ErrorActive, can.ErrorPassive, can.BusOff, can.Stopped, can.Stopped}

var errShort = errors.New("too short")

// parse reads the answer to RTM_GETLINK.
func parse(b []byte) (Info, error) {
	var i Info
	if len(b) < ifInfoSize {
		return i, fmt.Errorf("link message: %w", errShort)
	}
	i.Up = binary.NativeEndian.Uint32(b[ifFlags:])&flagUp != 0
	d, err := netlink.NewAttributeDecoder(b[ifInfoSize:])
	if err != nil {
		return i, fmt.Errorf("link message: %w", err)
	}
	for d.Next() {
		switch d.Type() {
		case attrName:
			i.Name = d.String()
		case attrMTU:
			i.FD = d.Uint32() >= fdMTU
		case attrLinkInfo:
			d.Nested(i.parseInfo)
		}
	}
	if err := d.Err(); err != nil {
		return i, fmt.Errorf("link message: %w", err)
	}
	if !i.Up {
		i.State = can.Stopped
	}
	return i, nil
}

func (i *Info) parseInfo(d *netlink.AttributeDecoder) error {
	for d.Next() {
		switch d.Type() {
		case infoKind:
			i.Kind = d.String()
		case infoData:
			if i.Kind == "can" { // the kernel puts the kind first
				d.Nested(i.parseController)
			}
		case infoStats:
			d.Do(i.parseStats)
		}
	}
	return nil
}

func (i *Info) parseController(d *netlink.AttributeDecoder) error {
	for d.Next() {
		switch d.Type() {
		case canBitTiming:
			d.Do(bitTiming(&i.Bitrate, &i.SamplePoint))
		case canDataBitTiming:
			d.Do(bitTiming(&i.DataBitrate, &i.DataSamplePoint))
		case canClock:
			i.Clock = int(d.Uint32())
		case canState:
			if s := d.Uint32(); int(s) < len(states) {
				i.State = states[s]
			}
		case canControlMode: // mask, then flags
			d.Do(numbers(2, func(n []uint32) { i.Modes = Mode(n[1]) }))
		case canRestartMS:
			i.RestartAfter = time.Duration(d.Uint32()) * time.Millisecond
		case canErrorCounter:
			d.Do(i.parseErrorCounter)
		}
	}
	return nil
}

func bitTiming(rate *int, point *float64) func([]byte) error {
	return numbers(bitTimingSz/4, func(n []uint32) { *rate, *point = int(n[0]), float64(n[1])/1000 })
}

func (i *Info) parseErrorCounter(b []byte) error {
	if len(b) < 4 {
		return errShort
	}
	i.TxErrors, i.RxErrors = int(binary.NativeEndian.Uint16(b)), int(binary.NativeEndian.Uint16(b[2:]))
	return nil
}

func (i *Info) parseStats(b []byte) error {
	if len(b) < statsSz {
		return nil // another kind of link
	}
	return numbers(statsSz/4, func(n []uint32) {
		i.Count = Count{
			BusErrors: int(n[0]), ErrorWarning: int(n[1]), ErrorPassive: int(n[2]), BusOff: int(n[3]),
			ArbitrationLost: int(n[4]), Restarts: int(n[5]),
		}
	})(b)
}

// numbers reads a structure of count numbers of 32 bits.
func numbers(count int, use func([]uint32)) func([]byte) error {
	return func(b []byte) error {
		if len(b) < 4*count {
			return errShort
		}
		n := make([]uint32, count)
		for i := range n {
			n[i] = binary.NativeEndian.Uint32(b[4*i:])
		}
		use(n)
		return nil
	}
}
