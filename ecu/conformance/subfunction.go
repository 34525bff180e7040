package conformance

import (
	"context"
	"slices"

	"otabench/ecu/uds"
)

func subFunctionChecks() []Check {
	return []Check{
		{
			ID: "sub-function-unknown", Clauses: []string{"ISO-14229-1/8.7.3.1"},
			Text: "answers subFunctionNotSupported to sub-functions that do not exist", run: unknownSubFunction,
		},
		{
			ID: "sub-function-elsewhere", Clauses: []string{"ISO-14229-1/8.7.3.1"},
			Text: "answers subFunctionNotSupportedInActiveSession to sub-functions that another session has",
			run:  subFunctionElsewhere,
		},
		{
			ID: "sub-function-echo", Clauses: []string{
				"ISO-14229-1/10.2", "ISO-14229-1/10.5", "ISO-14229-1/10.7", "ISO-14229-1/10.8",
			},
			Text: "repeats the sub-function in its positive response, without the bit that suppresses it",
			run:  echoedSubFunction,
		},
	}
}

// noSubFunction is one that the standard reserves in all services.
const noSubFunction byte = 0x7F

// hasSubFunction says whether the first parameter of a service is a sub-function that figure 6 is about; RoutineControl
// has a figure of its own.
func hasSubFunction(sid byte) bool {
	return slices.Contains([]byte{
		uds.SIDDiagnosticSessionControl, uds.SIDECUReset, uds.SIDReadDTCInformation, uds.SIDSecurityAccess,
		uds.SIDCommunicationControl, uds.SIDAuthentication, uds.SIDDynamicallyDefineDataIdentifier, uds.SIDTesterPresent,
		uds.SIDAccessTimingParameter, uds.SIDControlDTCSetting, uds.SIDResponseOnEvent, uds.SIDLinkControl,
	}, sid)
}

func unknownSubFunction(ctx context.Context, r *run) {
	r.visit(ctx, func(sid byte) {
		if hasSubFunction(sid) {
			r.ask(ctx, sid, noSubFunction).refused(uds.SubFunctionNotSupported)
		}
	})
}

// standardSubFunctions are those that can be asked for without being carried out, since the request is too long.
func (r *run) standardSubFunctions(sid byte) []byte {
	switch sid {
	case uds.SIDDiagnosticSessionControl:
		s := r.desc.Sessions
		all := []byte{0x01, 0x02, 0x03, 0x04, s.Default, s.Programming, s.Extended}
		for _, other := range s.Others {
			all = append(all, other)
		}
		slices.Sort(all)
		return slices.Compact(all)
	case uds.SIDECUReset:
		return []byte{0x01, 0x02, 0x03, 0x04, 0x05}
	case uds.SIDReadDTCInformation:
		return []byte{
			0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x14, 0x15, 0x16, 0x17, 0x18,
			0x19, 0x1A, 0x42, 0x55, 0x56,
		}
	case uds.SIDCommunicationControl:
		return []byte{0x00, 0x01, 0x02, 0x03, 0x04, 0x05}
	}
	return nil
}

// tooLong is longer than any request with one of standardSubFunctions, so that none of them is carried out. What
// follows is nothing that would mean anything.
func tooLong(sid, sub byte) []byte { return append([]byte{sid, sub}, make([]byte, 6)...) }

// subFunctionElsewhere compares the sessions that a service is in.
func subFunctionElsewhere(ctx context.Context, r *run) {
	inDefault := r.subFunctions(ctx)
	r.need(ctx, r.desc.Sessions.Extended)
	inExtended := r.subFunctions(ctx)
	for _, sid := range services() {
		for _, sub := range r.standardSubFunctions(sid) {
			d, e := inDefault[[2]byte{sid, sub}], inExtended[[2]byte{sid, sub}]
			if d.run == nil || e.run == nil {
				continue // the service is in one of them only
			}
			d.consistent(e)
			e.consistent(d)
		}
	}
}

// consistent wants a sub-function that is not there to say that it is in another session, if it is in that one.
func (a answer) consistent(other answer) {
	if a.absent() && other.final() != nil && !other.absent() {
		a.refused(uds.SubFunctionNotSupportedInActiveSession)
	}
}

// subFunctions asks for those that can be asked for in the session in which the ECU is.
func (r *run) subFunctions(ctx context.Context) map[[2]byte]answer {
	all := map[[2]byte]answer{}
	here := r.codes(ctx)
	for _, sid := range services() {
		if !here.open(sid) {
			continue
		}
		for _, sub := range r.standardSubFunctions(sid) {
			all[[2]byte{sid, sub}] = r.ask(ctx, tooLong(sid, sub)...)
		}
	}
	return all
}

func echoedSubFunction(ctx context.Context, r *run) {
	present := r.ask(ctx, uds.SIDTesterPresent, 0)
	present.granted(0)
	present.echoed(0)
	r.change(ctx, r.desc.Sessions.Default).granted(r.desc.Sessions.Default)
	if a := r.change(ctx, r.desc.Sessions.Extended); a.accepted() {
		a.granted(r.desc.Sessions.Extended)
	}
	on := byte(uds.EnableRxAndTx)
	r.ask(ctx, uds.SIDCommunicationControl, on, byte(uds.NormalMessages)).echoed(on)
	r.ask(ctx, uds.SIDControlDTCSetting, dtcSettingOn).echoed(dtcSettingOn)
}

const dtcSettingOn byte = 0x01
