package conformance

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"otabench/ecu/uds"
)

func dataChecks() []Check {
	return []Check{
		{
			ID: "data-unknown", Clauses: []string{"ISO-14229-1/11.2"},
			Text: "answers requestOutOfRange where none of the identifiers exists", run: unknownData,
		},
		{
			ID: "data-record", Clauses: []string{"ISO-14229-1/11.2"},
			Text: "repeats the identifier before its data, which are as long as described", run: dataRecord,
		},
		{
			ID: "data-several", Clauses: []string{"ISO-14229-1/11.2"},
			Text: "answers with those of several identifiers that exist, in the order of the request", run: severalData,
		},
		{
			ID: "data-active-session", Clauses: []string{"ISO-14229-1/10.2", "ISO-14229-1/11.2"},
			Text: "tells its session in identifier 0xF186, if it has that", run: activeSession,
		},
		{
			ID: "data-write-unknown", Clauses: []string{"ISO-14229-1/11.7"},
			Text: "answers requestOutOfRange to the writing of an identifier that does not exist", run: unknownWrite,
		},
	}
}

// noID are an identifier and a routine that the standard reserves (C.1 and F.1).
const noID uint16 = 0x0000

// active is activeDiagnosticSessionDataIdentifier (C.1).
const active uint16 = 0xF186

func read(ids ...uint16) []byte {
	request := []byte{uds.SIDReadDataByIdentifier}
	for _, id := range ids {
		request = binary.BigEndian.AppendUint16(request, id)
	}
	return request
}

func unknownData(ctx context.Context, r *run) {
	r.inEach(ctx, func() {
		if r.codes(ctx).open(uds.SIDReadDataByIdentifier) {
			r.ask(ctx, read(noID)...).refused(uds.RequestOutOfRange)
			r.ask(ctx, read(noID, noID+1)...).refused(uds.RequestOutOfRange, uds.IncorrectMessageLengthOrInvalidFormat)
		}
	})
}

func dataRecord(ctx context.Context, r *run) {
	for _, name := range slices.Sorted(maps.Keys(r.desc.Identifiers)) {
		did := r.desc.Identifiers[name]
		a := r.ask(ctx, read(did.ID)...)
		if !a.accepted() {
			continue // it is not there, or not for everybody
		}
		data := len(a.final()) - 3
		if a.granted(a.request[1:]...) && a.want(data > 0, "at least one byte of data") && did.Length > 0 {
			a.want(data == did.Length, "%d bytes of data, as %s is described", did.Length, name)
		}
	}
}

// record is an identifier with its data, as a response has it.
type record []byte

// readable are identifiers that the ECU has, with the data that they have now.
func (r *run) readable(ctx context.Context, most int) (all []record) {
	for _, name := range slices.Sorted(maps.Keys(r.desc.Identifiers)) {
		if len(all) == most {
			break
		}
		if a := r.ask(ctx, read(r.desc.Identifiers[name].ID)...); a.accepted() && len(a.final()) > 3 {
			all = append(all, record(a.final()[1:]))
		}
	}
	return all
}

func (d record) id() uint16 { return binary.BigEndian.Uint16(d) }

// holds wants a response with the given records and nothing else. Their data may have changed meanwhile, but not how
// long they are.
func (a answer) holds(records ...record) {
	rest, right := a.final(), a.accepted()
	if right {
		rest = rest[1:]
	}
	var ids []string
	for _, d := range records {
		ids = append(ids, fmt.Sprintf("%04X with %d bytes", d.id(), len(d)-2))
		if right = right && len(rest) >= len(d) && bytes.Equal(rest[:2], d[:2]); right {
			rest = rest[len(d):]
		}
	}
	a.want(right && len(rest) == 0, "%s and nothing else", strings.Join(ids, ", "))
}

// severalData wants no certain number of identifiers to be taken in one request, since the standard leaves that open.
func severalData(ctx context.Context, r *run) {
	known := r.readable(ctx, 2)
	if len(known) == 0 {
		r.skip("none of the identifiers of the description can be read in the default session")
		return
	}
	a := r.ask(ctx, read(known[0].id(), noID)...)
	if a.is(uds.IncorrectMessageLengthOrInvalidFormat) {
		r.skip("the ECU takes one identifier in a request")
	}
	a.holds(known[0])
	if len(known) == 2 {
		r.ask(ctx, read(known[1].id(), known[0].id())...).holds(known[1], known[0])
	}
}

// activeSession asks for the identifier that says which session is active.
func (r *run) activeSession(ctx context.Context) answer { return r.ask(ctx, read(active)...) }

// tells says that an answer to activeSession names a session.
func (a answer) tells(session byte) bool {
	want := append(read(active), session)
	want[0] += positive
	return bytes.Equal(a.final(), want)
}

func activeSession(ctx context.Context, r *run) {
	r.inEach(ctx, func() {
		if a := r.activeSession(ctx); a.accepted() {
			a.want(a.tells(r.session), "session %02X", r.session)
		}
	})
}

func unknownWrite(ctx context.Context, r *run) {
	r.inEach(ctx, func() {
		if r.codes(ctx).open(uds.SIDWriteDataByIdentifier) {
			request := binary.BigEndian.AppendUint16([]byte{uds.SIDWriteDataByIdentifier}, noID)
			r.ask(ctx, append(request, 0)...).refused(uds.RequestOutOfRange)
		}
	})
}
