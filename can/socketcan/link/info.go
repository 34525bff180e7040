package link

import (
	"fmt"
	"strings"
	"time"

	"otabench/can"
)

// Info is what the kernel says of an interface. Numbers that an interface does not have are zero: virtual ones have no
// bit rate, and only some controllers count errors.
type Info struct {
	Name string `json:"name"`
	Kind string `json:"kind"` // "can" for a controller, "vcan", "vxcan"
	Up   bool   `json:"up"`
	FD   bool   `json:"fd"` // carries FD frames
	// State is the controller's; error-active for interfaces without one, stopped for one that is down.
	State can.State `json:"-"`

	Bitrate         int           `json:"bitrate,omitempty"`      // bit/s
	SamplePoint     float64       `json:"sample_point,omitempty"` // of the bit time, 0 to 1
	DataBitrate     int           `json:"data_bitrate,omitempty"` // bit/s in the data phase of FD frames
	DataSamplePoint float64       `json:"data_sample_point,omitempty"`
	Clock           int           `json:"clock,omitempty"` // of the controller, in Hz
	Modes           Mode          `json:"-"`
	RestartAfter    time.Duration `json:"-"` // from bus-off to an automatic restart; 0 for none

	TxErrors int   `json:"tx_errors,omitempty"` // transmit error counter
	RxErrors int   `json:"rx_errors,omitempty"` // receive error counter
	Count    Count `json:"count"`
}

// Count is how often something happened since the interface exists.
type Count struct {
	BusErrors       int `json:"bus_errors"`
	ErrorWarning    int `json:"error_warning"`
	ErrorPassive    int `json:"error_passive"`
	BusOff          int `json:"bus_off"`
	ArbitrationLost int `json:"arbitration_lost"`
	Restarts        int `json:"restarts"`
}

// Mode is a set of controller modes, with the bits of linux/can/netlink.h.
type Mode uint32

// Modes.
const (
	Loopback Mode = 1 << iota
	ListenOnly
	TripleSampling
	OneShot
	ErrorReporting
	FD
	PresumeAck
	NonISO
)

var modeNames = []string{
	"loopback", "listen-only", "triple-sampling", "one-shot", "berr-reporting", "fd", "presume-ack", "fd-non-iso",
}

func (m Mode) String() string {
	var on []string
	for i, name := range modeNames {
		if m&(1<<i) != 0 {
			on = append(on, name)
		}
	}
	return strings.Join(on, ",")
}

// String describes the interface in one line.
func (i Info) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)", i.Name, i.Kind)
	if !i.Up {
		b.WriteString(" down")
	} else {
		fmt.Fprintf(&b, " %v", i.State)
	}
	if i.Bitrate > 0 {
		fmt.Fprintf(&b, ", %d bit/s at %.1f %%", i.Bitrate, 100*i.SamplePoint)
	}
	if i.DataBitrate > 0 {
		fmt.Fprintf(&b, ", data %d bit/s at %.1f %%", i.DataBitrate, 100*i.DataSamplePoint)
	}
	if i.FD && i.DataBitrate == 0 {
		b.WriteString(", FD")
	}
	if i.Modes&^FD != 0 {
		fmt.Fprintf(&b, ", %v", i.Modes&^FD)
	}
	if i.TxErrors+i.RxErrors > 0 {
		fmt.Fprintf(&b, ", error counters tx %d rx %d", i.TxErrors, i.RxErrors)
	}
	if i.Count.BusOff > 0 {
		fmt.Fprintf(&b, ", %d times bus-off", i.Count.BusOff)
	}
	return b.String()
}
