package flash

import (
	"fmt"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/uds"
)

// Request is one line of a plan.
type Request struct {
	Phase Phase
	Block string // name in the description; empty where the request is not about a block
	// Data is the request as sent, up to what is not known beforehand or too long to be shown.
	Data []byte
	// More is the number of bytes that follow Data, -1 if that depends on the ECU.
	More int
	// Functional requests go to all ECUs on the bus.
	Functional bool
	Text       string // what it is
}

func (r Request) String() string {
	where := r.Phase.String()
	if r.Block != "" {
		where += " " + r.Block
	}
	bytes := fmt.Sprintf("% X", r.Data)
	switch {
	case r.More > 0:
		bytes += fmt.Sprintf(" + %d bytes", r.More)
	case r.More < 0:
		bytes += " ..."
	}
	if r.Functional {
		bytes += " (functional)"
	}
	return fmt.Sprintf("%-22s %-44s %s", where, bytes, r.Text)
}

// Plan lists the requests of a whole update in their order, without sending any. It takes it that the ECU accepts
// transfer blocks as long as the description allows; an ECU that answers a shorter maxNumberOfBlockLength gets more
// of them. Tester present and what is sent while waiting are not listed.
func Plan(d description.ECU, p *firmware.Package) ([]Request, error) {
	d = d.WithDefaults()
	if err := fits(d, p); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	segments, err := Segments(d, p)
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	mark, err := fingerprint(d.Programming)
	if err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	var l plan
	l.before(d, mark)
	for _, s := range segments {
		if err := l.segment(d, s); err != nil {
			return nil, fmt.Errorf("plan: block %s: %w", s.Name, err)
		}
	}
	l.after(d)
	return l, nil
}

type plan []Request

func (l *plan) add(phase Phase, text string, data ...byte) {
	*l = append(*l, Request{Phase: phase, Text: text, Data: data})
}

// all adds a request to all ECUs, which do not answer it.
func (l *plan) all(phase Phase, text string, service, sub byte, rest ...byte) {
	*l = append(*l, Request{
		Phase: phase, Text: text + ", all ECUs", Functional: true,
		Data: append([]byte{service, sub | suppress}, rest...),
	})
}

// both adds a request to all ECUs and then to this one, which has to answer.
func (l *plan) both(phase Phase, text string, service, sub byte, rest ...byte) {
	l.all(phase, text, service, sub, rest...)
	l.add(phase, text, append([]byte{service, sub}, rest...)...)
}

func (l *plan) routine(phase Phase, text string, id uint16, options ...byte) {
	if id != 0 {
		l.add(phase, text, append([]byte{uds.SIDRoutineControl, 0x01, byte(id >> 8), byte(id)}, options...)...)
	}
}

// suppress is suppressPosRspMsgIndicationBit of a sub-function (ISO 14229-1:2020).
const suppress = 0x80

func (l *plan) before(d description.ECU, mark []byte) {
	l.both(PhasePreconditions, "extended session", uds.SIDDiagnosticSessionControl, d.Sessions.Extended)
	l.routine(PhasePreconditions, "check programming preconditions", d.Routines.Preconditions)
	l.both(PhaseQuiet, "DTC setting off", uds.SIDControlDTCSetting, 0x02)
	l.both(PhaseQuiet, "normal communication off", uds.SIDCommunicationControl, 0x03, 0x01)
	l.add(PhaseSession, "programming session", uds.SIDDiagnosticSessionControl, d.Sessions.Programming)
	if d.Security.Algorithm != "none" {
		l.add(PhaseUnlock, "request seed", uds.SIDSecurityAccess, d.Security.Level)
		*l = append(*l, Request{Phase: PhaseUnlock, Text: "send key, " + d.Security.Algorithm, Data: []byte{uds.SIDSecurityAccess, d.Security.Level + 1}, More: -1})
	}
	if len(mark) > 0 {
		id := d.Identifiers[description.Fingerprint].ID
		l.add(PhaseFingerprint, "write fingerprint", append([]byte{uds.SIDWriteDataByIdentifier, byte(id >> 8), byte(id)}, mark...)...)
	}
}

func (l *plan) segment(d description.ECU, s Segment) error {
	from, p := len(*l), d.Programming
	erased, err := memory(p, s.Address, s.Erase).Encode()
	if err != nil {
		return err
	}
	written, err := memory(p, s.Address, uint64(len(s.Data))).Encode()
	if err != nil {
		return err
	}
	l.routine(PhaseErase, "erase memory", d.Routines.Erase, erased...)
	l.add(PhaseTransfer, "request download", append([]byte{uds.SIDRequestDownload, p.DataFormat}, written...)...)
	for counter, rest := byte(1), len(s.Data); rest > 0; counter++ {
		n := min(rest, p.MaxBlock-2)
		*l = append(*l, Request{Phase: PhaseTransfer, Text: "transfer data", Data: []byte{uds.SIDTransferData, counter}, More: n})
		rest -= n
	}
	l.add(PhaseTransfer, "transfer exit", uds.SIDRequestTransferExit)
	for i := range (*l)[from:] {
		(*l)[from+i].Block = s.Name
	}
	return nil
}

func (l *plan) after(d description.ECU) {
	l.routine(PhaseVerify, "verify", d.Routines.Verify)
	l.routine(PhaseDependencies, "check programming dependencies", d.Routines.Dependencies)
	l.routine(PhaseActivate, "activate", d.Routines.Activate)
	l.add(PhaseReset, "reset", uds.SIDECUReset, d.Programming.Reset)
	id := d.Identifiers[description.SoftwareVersion].ID
	l.add(PhaseBoot, "read software version until it answers", uds.SIDReadDataByIdentifier, byte(id>>8), byte(id))
	l.all(PhaseRestore, "normal communication on", uds.SIDCommunicationControl, 0x00, 0x01)
	l.all(PhaseRestore, "DTC setting on", uds.SIDControlDTCSetting, 0x01)
	l.both(PhaseRestore, "default session", uds.SIDDiagnosticSessionControl, d.Sessions.Default)
	l.routine(PhaseConfirm, "make the trial permanent, after the health check", d.Routines.Confirm)
}
