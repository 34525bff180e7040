package conformance

import (
	"context"

	"otabench/ecu/uds"
)

// services are those of ISO 14229-1:2020, table 2, and AccessTimingParameter of the editions before.
func services() []byte {
	return []byte{
		uds.SIDDiagnosticSessionControl, uds.SIDECUReset, uds.SIDClearDiagnosticInformation, uds.SIDReadDTCInformation,
		uds.SIDReadDataByIdentifier, uds.SIDReadMemoryByAddress, uds.SIDReadScalingDataByIdentifier,
		uds.SIDSecurityAccess, uds.SIDCommunicationControl, uds.SIDAuthentication, uds.SIDReadDataByPeriodicIdentifier,
		uds.SIDDynamicallyDefineDataIdentifier, uds.SIDWriteDataByIdentifier, uds.SIDInputOutputControlByIdentifier,
		uds.SIDRoutineControl, uds.SIDRequestDownload, uds.SIDRequestUpload, uds.SIDTransferData,
		uds.SIDRequestTransferExit, uds.SIDRequestFileTransfer, uds.SIDWriteMemoryByAddress, uds.SIDTesterPresent,
		uds.SIDAccessTimingParameter, uds.SIDSecuredDataTransmission, uds.SIDControlDTCSetting,
		uds.SIDResponseOnEvent, uds.SIDLinkControl,
	}
}

// codes are what services answer to their identifier alone: too short a request to do anything, but enough to tell what
// there is. 0 is a positive response, and a service that did not answer is not in it.
type codes map[byte]uds.NRC

// absent says that a service is not there in the session.
func (c codes) absent(sid byte) bool {
	code, answered := c[sid]
	return answered && isAbsent(code)
}

// has says that a service is there in the session, secured or not.
func (c codes) has(sid byte) bool {
	code, answered := c[sid]
	return answered && !isAbsent(code)
}

// open says that a service is there in the session, and not secured as a whole.
func (c codes) open(sid byte) bool {
	return c.has(sid) && c[sid] != uds.SecurityAccessDenied && c[sid] != uds.AuthenticationRequired
}

// codes asks all services of the session in which the ECU is. A probe asks once.
func (r *run) codes(ctx context.Context) codes {
	if known := r.answers[r.session]; known != nil {
		return known
	}
	all := codes{}
	for _, sid := range services() {
		if a := r.ask(ctx, sid); a.final() != nil {
			all[sid] = a.code()
		}
	}
	if !r.over() {
		r.answers[r.session] = all
	}
	return all
}

// visit runs f once for each service, in the first session that has it open: default, extended, and programming for
// what is nowhere else.
func (r *run) visit(ctx context.Context, f func(sid byte)) {
	seen := map[byte]bool{}
	visit := func() {
		open := r.codes(ctx)
		for _, sid := range services() {
			if !seen[sid] && open.open(sid) {
				seen[sid] = true
				f(sid)
			}
		}
	}
	r.inEach(ctx, visit)
	if r.elsewhere(ctx, seen) && r.enter(ctx, r.desc.Sessions.Programming) {
		visit()
	}
}

// elsewhere says that there are services in sessions that were not visited.
func (r *run) elsewhere(ctx context.Context, seen map[byte]bool) bool {
	for sid, code := range r.codes(ctx) {
		if code == uds.ServiceNotSupportedInActiveSession && !seen[sid] {
			return true
		}
	}
	return false
}
