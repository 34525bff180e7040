package described

import (
	"errors"
	"fmt"
	"io"

	"otabench/can/trace"
	"otabench/ecu/description"
	"otabench/ecu/transcript"
	"otabench/ecu/uds"
)

// Record makes a recording of what an ECU says in a trace; bus is the name that its bus has there, empty for every bus.
// What is wrong with the trace is an error, with the recording of all that comes before the damage.
func Record(src trace.Source, d description.ECU, bus string) (*Recording, error) {
	d = d.WithDefaults()
	t := transcript.New(transcript.Options{Connections: []transcript.Connection{{
		Bus: bus, Address: d.Address.ISOTP(), Functional: d.Address.Functional, FunctionalByte: d.Address.FunctionalByte,
	}}})
	l := listener{recording: &Recording{}, asked: map[question][]byte{}}
	for frames := 0; ; frames++ {
		record, err := src.Next()
		switch {
		case errors.Is(err, io.EOF) && l.recording.answers == 0:
			return l.recording, fmt.Errorf("the trace has %d frames and no answer of the ECU: %s", frames, where(d, bus))
		case errors.Is(err, io.EOF):
			return l.recording, nil
		case err != nil:
			return l.recording, fmt.Errorf("the trace is damaged behind %d frames, which have %d answers: %w", frames, l.recording.answers, err)
		}
		if e := t.Explain(record); e.Message != nil {
			l.hear(record.Bus, e.PDU.Tx, e.Message)
		}
	}
}

// where says what was listened to.
func where(d description.ECU, bus string) string {
	if bus == "" {
		bus = "any bus"
	}
	return fmt.Sprintf("requests %X and responses %X on %s", d.Address.Request, d.Address.Response, bus)
}

// question is what a response belongs to: the last request of its service.
type question struct {
	bus     string
	service byte
}

// listener puts requests and responses together.
type listener struct {
	recording *Recording
	asked     map[question][]byte
}

// Parts of negative responses.
const (
	negative     byte = 0x7F
	positive     byte = 0x40 // added to the service in a positive response
	fromNegative      = 3    // bytes
)

func (l *listener) hear(bus string, request bool, message []byte) {
	switch {
	case len(message) == 0:
	case request:
		delete(l.asked, question{bus, message[0]})
		first(&l.asked, question{bus, message[0]}, message)
	case message[0] == negative:
		if len(message) == fromNegative && uds.NRC(message[2]) != uds.ResponsePending {
			l.answered(question{bus, message[1]}, message)
		}
	default:
		l.answered(question{bus, message[0] - positive}, message)
	}
}

func (l *listener) answered(q question, response []byte) {
	if request := l.asked[q]; request != nil {
		l.recording.Add(request, response)
		delete(l.asked, q)
	}
}
