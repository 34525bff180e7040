package conformance

import (
	"context"
	"slices"

	"otabench/ecu/uds"
)

func transferChecks() []Check {
	return []Check{
		{
			ID: "transfer-sequence", Clauses: []string{"ISO-14229-1/15.4", "ISO-14229-1/15.5"},
			Text: "answers requestSequenceError to TransferData and RequestTransferExit where nothing is transferred",
			Cost: costUnlock, run: transferSequence,
		},
		{
			ID: "transfer-format", Clauses: []string{"ISO-14229-1/15.2"},
			Text: "refuses a RequestDownload whose address and size have no length, or are shorter than they say",
			Cost: costUnlock, run: transferFormat,
		},
	}
}

// needTransfer enters the session that has a service, and unlocks it where needed.
func (r *run) needTransfer(ctx context.Context, sid byte) {
	s := r.desc.Sessions
	for _, session := range []byte{s.Extended, s.Programming} {
		if r.enter(ctx, session) && r.codes(ctx).has(sid) {
			if !r.codes(ctx).open(sid) {
				r.unlock(ctx)
			}
			return
		}
	}
	r.skip("no session has %s", uds.ServiceName(sid))
}

func transferSequence(ctx context.Context, r *run) {
	r.needTransfer(ctx, uds.SIDTransferData)
	for _, request := range [][]byte{{uds.SIDTransferData, 0x01, 0x00}, {uds.SIDRequestTransferExit}} {
		r.ask(ctx, request...).refusedIfOpen(uds.RequestSequenceError)
	}
}

// transferFormat asks for no download that an ECU could begin.
func transferFormat(ctx context.Context, r *run) {
	r.needTransfer(ctx, uds.SIDRequestDownload)
	for _, one := range []struct {
		parameters []byte
		code       uds.NRC
	}{
		{[]byte{0x00, 0x00, 0x00, 0x00}, uds.RequestOutOfRange},
		{[]byte{0x00, 0x44, 0x00, 0x00}, uds.IncorrectMessageLengthOrInvalidFormat},
	} {
		request := slices.Concat([]byte{uds.SIDRequestDownload}, one.parameters)
		r.ask(ctx, request...).refusedIfOpen(one.code)
	}
}
