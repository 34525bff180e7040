package sim

import (
	"bytes"
	"context"
	"sync"

	"otabench/can/isotp"
	"otabench/ecu/sim/tamper"
	"otabench/ecu/uds"
)

// tampered is the server's connection with what is wrong on it.
func (d *diagnostics) tampered(conn isotp.Conn) isotp.Conn {
	var faults []tamper.Fault
	for _, f := range d.cfg.Faults {
		if fault, ok := d.wireFaults()[f]; ok {
			faults = append(faults, fault)
		}
	}
	if len(faults) == 0 {
		return conn
	}
	return tamper.New(conn, faults...)
}

// wireFaults are the faults that show in messages alone.
func (d *diagnostics) wireFaults() map[Fault]tamper.Fault {
	return map[Fault]tamper.Fault{
		ConfirmationTooLate:   {Request: d.early.hold, Response: d.early.drop},
		ResetWithoutResponse:  {Response: unless(func(b []byte) bool { return b[0] == 0x51 })},
		NoResponsePending:     {Response: unless(isPending)},
		TesterPresentNotHeard: {Request: keepsBack(isFunctionalTesterPresent)},
		SuppressionIgnored:    {Request: asksForResponses},
		LengthNotChecked:      {Request: cutsToLength},
		GeneralReject:         {Response: rejects},
		FunctionalRefusals:    {Request: refusesFunctionally},
		RepeatedBlockRefused:  refusesRepetitions(),
	}
}

func isPending(b []byte) bool {
	return len(b) == 3 && b[0] == 0x7F && b[2] == byte(uds.ResponsePending)
}

// unless sends all responses but some.
func unless(not func([]byte) bool) func(isotp.Message, []byte) [][]byte {
	return func(_ isotp.Message, response []byte) [][]byte {
		if not(response) {
			return nil
		}
		return [][]byte{response}
	}
}

func keepsBack(what func(isotp.Message) bool) func(*isotp.Message, func(...byte)) bool {
	return func(m *isotp.Message, _ func(...byte)) bool { return !what(*m) }
}

func isFunctionalTesterPresent(m isotp.Message) bool {
	return m.Functional && m.Data[0] == uds.SIDTesterPresent
}

// asksForResponses takes suppressPosRspMsgIndicationBit off TesterPresent, so that it is answered.
func asksForResponses(m *isotp.Message, _ func(...byte)) bool {
	if len(m.Data) == 2 && m.Data[0] == uds.SIDTesterPresent {
		m.Data = []byte{uds.SIDTesterPresent, m.Data[1] &^ 0x80}
	}
	return true
}

// cutsToLength has no request be too long whose length is always the same.
func cutsToLength(m *isotp.Message, _ func(...byte)) bool {
	switch m.Data[0] {
	case uds.SIDDiagnosticSessionControl, uds.SIDECUReset, uds.SIDTesterPresent:
		m.Data = m.Data[:min(2, len(m.Data))]
	}
	return true
}

// rejects gives every refusal the same code, what asks for patience excepted.
func rejects(_ isotp.Message, response []byte) [][]byte {
	if len(response) == 3 && response[0] == 0x7F && !isPending(response) {
		response = []byte{0x7F, response[1], byte(uds.GeneralReject)}
	}
	return [][]byte{response}
}

// broadcast are the services that testers ask all ECUs for.
var broadcast = []byte{
	uds.SIDDiagnosticSessionControl, uds.SIDECUReset, uds.SIDClearDiagnosticInformation, uds.SIDReadDTCInformation,
	uds.SIDReadDataByIdentifier, uds.SIDCommunicationControl, uds.SIDTesterPresent, uds.SIDControlDTCSetting,
}

// refusesFunctionally answers functional requests for services that the ECU does not have.
func refusesFunctionally(m *isotp.Message, say func(...byte)) bool {
	if m.Functional && bytes.IndexByte(broadcast, m.Data[0]) < 0 {
		say(0x7F, m.Data[0], byte(uds.ServiceNotSupported))
		return false
	}
	return true
}

// refusesRepetitions takes a block that comes again, since its response was lost, for a wrong one.
func refusesRepetitions() tamper.Fault {
	var mu sync.Mutex
	var taken []byte
	return tamper.Fault{
		Request: func(m *isotp.Message, say func(...byte)) bool {
			mu.Lock()
			defer mu.Unlock()
			if taken == nil || !bytes.Equal(m.Data, taken) {
				return true
			}
			say(0x7F, uds.SIDTransferData, byte(uds.WrongBlockSequenceCounter))
			return false
		},
		Response: func(request isotp.Message, response []byte) [][]byte {
			mu.Lock()
			defer mu.Unlock()
			if response[0] == 0x76 {
				taken = request.Data
			}
			return [][]byte{response}
		},
	}
}

// earlyAnswer is a response that leaves before what it tells of is done.
type earlyAnswer struct {
	conn isotp.Conn

	mu   sync.Mutex      // guards the following
	done chan struct{}   // closed when it is done; nil while there is nothing to do
	over <-chan struct{} // closed when the ECU ends before
}

func (e *earlyAnswer) answer(ctx context.Context, response ...byte) {
	e.mu.Lock()
	e.done, e.over = make(chan struct{}), ctx.Done()
	e.mu.Unlock()
	_ = e.conn.Send(ctx, response) // where the bus takes none, the tester sees none
}

// hold has the next request wait, so that nobody sees that the ECU is busy.
func (e *earlyAnswer) hold(*isotp.Message, func(...byte)) bool {
	e.mu.Lock()
	done, over := e.done, e.over
	e.mu.Unlock()
	if done != nil {
		select {
		case <-done:
		case <-over:
		}
	}
	return true
}

// drop leaves the response out that has left already.
func (e *earlyAnswer) drop(_ isotp.Message, response []byte) [][]byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.done == nil || isPending(response) {
		return [][]byte{response}
	}
	close(e.done)
	e.done = nil
	return nil
}
