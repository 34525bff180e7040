package scpi

import "time"

// wire is how an instrument frames its messages and reports errors.
type wire struct {
	// terminator goes behind each command, in the same write.
	terminator string
	// gap ends a reply by silence, where replies have no terminator.
	gap time.Duration
	// errors asks for the oldest entry of the error queue, and parseError reads it. Where there is no queue, settings are
	// read back instead.
	errors     string
	parseError func(string) (instrumentError, error)
	// clear empties the error queue.
	clear string
	// loses: it loses what comes too soon after a message, be that another client's. It has no answer that takes longer than
	// quietTime.
	loses bool
	// marks: it has the register *ESE.
	marks bool
}

// scpiWire is that of an instrument that keeps to IEEE 488.2 and SCPI.
func scpiWire() wire {
	return wire{terminator: "\n", errors: ":SYST:ERR?", parseError: parseError, clear: "*CLS", marks: true}
}
