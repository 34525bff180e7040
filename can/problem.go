package can

import (
	"fmt"
	"strings"
)

// Problem says in words what an error frame reports (linux/can/error.h), for instance "bus-off" or "no acknowledgement;
// error counters tx 128 rx 0". It is empty for other frames.
func (f Frame) Problem() string {
	if !f.Is(Error) {
		return ""
	}
	var all []string
	for _, c := range []struct {
		class ErrorClass
		text  func(d *[MaxDataFD]byte) string
	}{
		{ClassBusOff, fixed("bus-off")},
		{ClassRestarted, fixed("restarted")},
		{ClassController, func(d *[MaxDataFD]byte) string { return "controller: " + bits(d[1], controllerProblems) }},
		{ClassNoAck, fixed("no acknowledgement")},
		{ClassProtocol, func(d *[MaxDataFD]byte) string { return "protocol: " + bits(d[2], protocolProblems) }},
		{ClassLostArbitration, func(d *[MaxDataFD]byte) string { return fmt.Sprintf("lost arbitration at bit %d", d[0]) }},
		{ClassTxTimeout, fixed("transmit timeout")},
		{ClassTransceiver, func(d *[MaxDataFD]byte) string { return fmt.Sprintf("transceiver: status %#02x", d[4]) }},
		{ClassBusError, fixed("bus error")},
		{classCounters, func(d *[MaxDataFD]byte) string { return fmt.Sprintf("error counters tx %d rx %d", d[6], d[7]) }},
	} {
		if f.ID&c.class != 0 {
			all = append(all, c.text(&f.Data))
		}
	}
	if len(all) == 0 {
		return fmt.Sprintf("error class %#x", f.ID)
	}
	return strings.Join(all, "; ")
}

// classCounters says that data[6] and data[7] are the transmit and the receive error counter.
const classCounters = 0x200

var (
	controllerProblems = []string{
		"receive overflow", "transmit overflow", "receive warning", "transmit warning", "receive passive", "transmit passive",
		"error-active again",
	}
	protocolProblems = []string{
		"bit error", "form error", "stuff error", "cannot send dominant bit", "cannot send recessive bit", "overload",
		"active error", "while sending",
	}
)

func fixed(text string) func(*[MaxDataFD]byte) string {
	return func(*[MaxDataFD]byte) string { return text }
}

// bits names the bits that are set.
func bits(b byte, names []string) string {
	var on []string
	for i, name := range names {
		if b&(1<<i) != 0 {
			on = append(on, name)
		}
	}
	if len(on) == 0 {
		return "unspecified"
	}
	return strings.Join(on, ", ")
}
