package transcript

import (
	"bytes"
	"errors"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/signal"
	"otabench/can/trace"
)

// Connection is a diagnostic connection to listen to.
type Connection struct {
	// Name is the ECU's.
	Name string
	// Bus is where it is; empty for every bus.
	Bus            string
	Address        isotp.Address // as the tester has it
	Functional     uint32        // 0 for none
	FunctionalByte byte
}

// Options say what is known of a trace.
type Options struct {
	// Connections are listened to. If there are none, those with the identifiers of ISO 15765-4 are, on every bus.
	Connections []Connection
	// Databases name the signals of frames that belong to no connection. The first one that knows a frame counts.
	Databases []Database
}

// Database is a database of signals of one bus, or of every bus if Bus is empty.
type Database struct {
	Bus string
	*signal.Database
}

// maxBuses bounds what a hostile trace can make of buses and addresses.
const maxBuses = 4096

// Transcript follows a trace. It is for one goroutine.
type Transcript struct {
	opts      Options
	listeners map[string][]*listener // of each bus
	legal     map[legal]*listener
}

// listener is a connection that is being followed.
type listener struct {
	*isotp.Listener
	name string
}

// Explanation is what is known of a frame. Its zero value is nothing.
type Explanation struct {
	// ECU is the connection that the frame belongs to, PDU what it is there; PDU is nil if it belongs to none.
	ECU string
	PDU *isotp.PDU
	// Message is the whole message if this frame completes one.
	Message []byte
	// Named is the message of a database, and Values its signals. Short says that the frame has not all of them.
	Named  *signal.Message
	Values []signal.Value
	Short  bool
}

// New returns a Transcript.
func New(opts Options) *Transcript {
	return &Transcript{opts: opts, listeners: map[string][]*listener{}, legal: map[legal]*listener{}}
}

// Explain takes the next frame of the trace.
func (t *Transcript) Explain(r trace.Record) Explanation {
	for _, l := range t.on(r) {
		if pdu, ok := l.Observe(r.Received); ok {
			return explainPDU(l.name, pdu)
		}
	}
	return t.explainSignals(r)
}

// on returns the listeners that a frame may be for.
func (t *Transcript) on(r trace.Record) []*listener {
	if len(t.opts.Connections) == 0 {
		return t.legislated(r)
	}
	all, known := t.listeners[r.Bus]
	if known || len(t.listeners) >= maxBuses {
		return all
	}
	for _, c := range t.opts.Connections {
		if c.Bus == "" || c.Bus == r.Bus {
			l := &listener{isotp.NewListener(c.Address, c.Functional), c.Name}
			l.FunctionalByte(c.FunctionalByte)
			all = append(all, l)
		}
	}
	t.listeners[r.Bus] = all
	return all
}

func explainPDU(ecu string, pdu isotp.PDU) Explanation {
	e := Explanation{ECU: ecu, PDU: &pdu}
	if pdu.Complete {
		e.Message = bytes.Clone(pdu.Data)
	}
	return e
}

func (t *Transcript) explainSignals(r trace.Record) Explanation {
	if r.Flags&(can.Error|can.Remote) != 0 {
		return Explanation{}
	}
	for _, db := range t.opts.Databases {
		if db.Bus != "" && db.Bus != r.Bus {
			continue
		}
		m, values, err := db.Decode(nil, r.Frame)
		if m != nil {
			return Explanation{Named: m, Values: values, Short: errors.Is(err, signal.ErrShort)}
		}
	}
	return Explanation{}
}
