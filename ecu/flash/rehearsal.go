package flash

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/description"
	"otabench/ecu/uds"
)

// rehearsal is a connection to an ECU that accepts everything. It notes what it is asked.
type rehearsal struct {
	desc     description.ECU
	checksum Checksum
	requests []Request
	phase    Phase
	block    string
	replies  chan []byte
}

func newRehearsal(d description.ECU, checksum Checksum) *rehearsal {
	d.Timing.P2 = time.Millisecond // nobody has to be given time
	return &rehearsal{desc: d, checksum: checksum, replies: make(chan []byte, 1)}
}

func (r *rehearsal) String() string { return "nowhere" }
func (r *rehearsal) Close() error   { return nil }
func (r *rehearsal) Drain() int     { return 0 }

func (r *rehearsal) progress(p Progress) { r.phase, r.block = p.Phase, p.Block }

// Send implements isotp.Conn.
func (r *rehearsal) Send(_ context.Context, request []byte) error {
	r.note(request, false)
	r.replies <- r.answer(request)
	return nil
}

// Receive implements isotp.Conn.
func (r *rehearsal) Receive(context.Context, time.Duration) (isotp.Message, error) {
	now := time.Now()
	return isotp.Message{Data: <-r.replies, First: now, Last: now}, nil
}

// functionalRehearsal notes requests to all ECUs, which nobody answers.
type functionalRehearsal struct{ *rehearsal }

// Send implements uds.Sender.
func (f functionalRehearsal) Send(_ context.Context, request []byte) error {
	f.note(request, true)
	return nil
}

// note lists a request, but not what holds sessions.
func (r *rehearsal) note(request []byte, functional bool) {
	if request[0] == uds.SIDTesterPresent {
		return
	}
	line := Request{Phase: r.phase, Block: r.block, Data: request, Functional: functional, Text: r.describe(request)}
	if request[0] == uds.SIDTransferData {
		line.Data, line.More = request[:2], len(request)-2
	}
	switch {
	case functional:
		line.Text += ", all ECUs"
	case r.phase == PhaseBoot:
		line.Text += " until it answers"
	}
	r.requests = append(r.requests, line)
}

// describe names what a request is about as the description does.
func (r *rehearsal) describe(request []byte) string {
	text := uds.Describe(request)
	switch {
	case request[0] == uds.SIDRoutineControl && len(request) >= 4:
		id := binary.BigEndian.Uint16(request[2:])
		for name, routine := range r.desc.Routines {
			if routine.ID == id {
				return text + " (" + name + ")"
			}
		}
	case (request[0] == uds.SIDReadDataByIdentifier || request[0] == uds.SIDWriteDataByIdentifier) && len(request) >= 3:
		if name, _, err := r.desc.Identifier(fmt.Sprintf("%02X", request[1:3])); err == nil {
			return text + " (" + name + ")"
		}
	}
	return text
}

// answer is what the most willing of all ECUs answers.
func (r *rehearsal) answer(request []byte) []byte {
	sub := func(n int) []byte { return append([]byte{request[0] + 0x40}, request[1:n]...) }
	switch request[0] {
	case uds.SIDDiagnosticSessionControl:
		return append(sub(2), 0, 50, 0x01, 0xF4)
	case uds.SIDReadDataByIdentifier:
		return append(sub(3), 0)
	case uds.SIDWriteDataByIdentifier:
		return sub(3)
	case uds.SIDRoutineControl:
		return append(sub(4), r.passes(binary.BigEndian.Uint16(request[2:]))...)
	case uds.SIDRequestDownload:
		return binary.BigEndian.AppendUint32([]byte{request[0] + 0x40, 0x40}, uint32(r.desc.Programming.MaxBlock))
	case uds.SIDRequestTransferExit:
		return sub(1)
	}
	return sub(2)
}

// passes is a status record that means success.
func (r *rehearsal) passes(id uint16) []byte {
	for _, routine := range r.desc.Routines {
		if routine.ID == id {
			return routine.Success()
		}
	}
	return []byte{0}
}

// Needed implements Access.
func (r *rehearsal) Needed(level string) bool {
	s, known := r.security(level)
	return !known || s.Algorithm != description.AlgorithmNone
}

func (r *rehearsal) security(level string) (description.Security, bool) {
	if level == "" {
		return r.desc.Security, true
	}
	s, known := r.desc.Unlocks[level]
	return s, known
}

// Unlock implements Access. The key follows from a seed that only an ECU gives.
func (r *rehearsal) Unlock(_ context.Context, _ *uds.Client, level string) error {
	s, known := r.security(level)
	if !known {
		return fmt.Errorf("the description has no security level %q", level)
	}
	seed := append([]byte{uds.SIDSecurityAccess, s.Level}, s.Request.Decode()...)
	r.note(seed, false)
	r.note([]byte{uds.SIDSecurityAccess, s.Level + 1}, false)
	last := &r.requests[len(r.requests)-1]
	last.More, last.Text = -1, last.Text+" by "+s.Algorithm
	return nil
}

// Checksum implements Access.
func (r *rehearsal) Checksum(name string, data []byte) ([]byte, error) {
	return r.checksum(name, data)
}

// Authenticate implements Access. Its challenges come from an ECU, and what is sent depends on them.
func (r *rehearsal) Authenticate(context.Context, *uds.Client) error {
	r.note([]byte{uds.SIDAuthentication}, false)
	r.requests[len(r.requests)-1].More = -1
	return nil
}
