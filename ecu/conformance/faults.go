package conformance

import (
	"context"
	"encoding/binary"

	"otabench/ecu/uds"
)

func faultChecks() []Check {
	return []Check{
		{
			ID: "faults-count", Clauses: []string{"ISO-14229-1/12.3"},
			Text: "counts as many trouble codes as it lists", run: faultsCount,
		},
		{
			ID: "faults-mask", Clauses: []string{"ISO-14229-1/12.3"},
			Text: "lists trouble codes whose status has a bit of the mask, and only bits that it says to support",
			run:  faultsMask,
		},
		{
			ID: "faults-supported", Clauses: []string{"ISO-14229-1/12.3"},
			Text: "lists among all supported trouble codes those that have a status", run: faultsSupported,
		},
		{
			ID: "faults-clear-unknown", Clauses: []string{"ISO-14229-1/12.2"},
			Text: "answers requestOutOfRange where a group of trouble codes that does not exist is to be cleared",
			run:  faultsClearUnknown,
		},
	}
}

// Reports of ReadDTCInformation.
const (
	reportCount     byte = 0x01
	reportByMask    byte = 0x02
	reportSupported byte = 0x0A
)

// dtcWidth is the length of a trouble code with its status, and listHead that of what comes before the first one.
const (
	dtcWidth = 4
	listHead = 3
)

// noGroup is a group of trouble codes that the standard reserves (D.1).
const noGroup = "\x00\x00\x00"

// list asks for trouble codes. What is no list is noted as a violation, unless there is no such report.
func (r *run) list(ctx context.Context, report byte, parameters ...byte) (list answer, ok bool) {
	a := r.ask(ctx, append([]byte{uds.SIDReadDTCInformation, report}, parameters...)...)
	if a.absent() || a.denied() {
		return a, false
	}
	return a, a.granted(report) && a.want(len(a.final()) >= listHead && (len(a.final())-listHead)%dtcWidth == 0,
		"availability mask and %d bytes for each trouble code", dtcWidth)
}

// troubleCodes are those of a list with their status.
func (a answer) troubleCodes() map[uint32]byte {
	all := map[uint32]byte{}
	for b := a.final()[listHead:]; len(b) >= dtcWidth; b = b[dtcWidth:] {
		one := binary.BigEndian.Uint32(b)
		all[one>>8] = byte(one)
	}
	return all
}

// faultsCount counts before and after it lists, since trouble codes come and go by themselves.
func faultsCount(ctx context.Context, r *run) {
	for _, mask := range []byte{0xFF, byte(uds.TestFailed), byte(uds.ConfirmedDTC)} {
		before, counted := r.count(ctx, mask)
		list, ok := r.list(ctx, reportByMask, mask)
		if !ok || !counted {
			continue
		}
		listed := (len(list.final()) - listHead) / dtcWidth
		if after, counted := r.count(ctx, mask); counted {
			list.want(min(before, after) <= listed && listed <= max(before, after), "%d trouble codes, as are counted", after)
		}
	}
}

// count asks how many trouble codes there are.
func (r *run) count(ctx context.Context, mask byte) (n int, ok bool) {
	a := r.ask(ctx, uds.SIDReadDTCInformation, reportCount, mask)
	if a.absent() || a.denied() {
		return 0, false
	}
	const length = 6 // service, report, availability mask, format and two bytes of the count
	if !a.granted(reportCount) || !a.want(len(a.final()) == length, "%d bytes", length) {
		return 0, false
	}
	return int(binary.BigEndian.Uint16(a.final()[4:])), true
}

func faultsMask(ctx context.Context, r *run) {
	for _, mask := range []byte{0x00, 0xFF, byte(uds.TestFailed), byte(uds.ConfirmedDTC)} {
		list, ok := r.list(ctx, reportByMask, mask)
		if !ok {
			continue
		}
		available := list.final()[listHead-1]
		for code, status := range list.troubleCodes() {
			list.want(status&mask != 0, "no %06X, whose status %02X has no bit of %02X", code, status, mask)
			list.want(status&^available == 0, "no status %02X of %06X, since %02X is supported", status, code, available)
		}
	}
}

func faultsSupported(ctx context.Context, r *run) {
	all, ok := r.list(ctx, reportSupported)
	some, listed := r.list(ctx, reportByMask, 0xFF)
	if !ok || !listed {
		return
	}
	known := all.troubleCodes()
	for code := range some.troubleCodes() {
		_, supported := known[code]
		all.want(supported, "trouble code %06X in it, which has a status", code)
	}
}

func faultsClearUnknown(ctx context.Context, r *run) {
	r.inEach(ctx, func() {
		if r.codes(ctx).open(uds.SIDClearDiagnosticInformation) {
			r.ask(ctx, append([]byte{uds.SIDClearDiagnosticInformation}, noGroup...)...).refused(uds.RequestOutOfRange)
		}
	})
}
