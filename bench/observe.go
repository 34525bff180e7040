package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"otabench/bench/config"
	"otabench/bench/record"
	"otabench/bench/trigger"
	"otabench/can"
	"otabench/can/isotp"
	"otabench/ecu/console"
	"otabench/ecu/sim/flashmem"
	"otabench/ecu/uds"
)

// printed is the receive path of the console: triggers first, then the record.
func (e *ECU) printed(l console.Line) {
	e.bench.triggers.Observe(trigger.Observation{Kind: trigger.Line, Time: l.Time, Source: e.role, Text: l.Text})
	e.bench.opts.Record.AddAt(l.Time, record.ConsoleLine{ECU: e.role, Text: l.Text})
}

// flashOperation is what a simulated ECU's flash controller tells.
func (b *Bench) flashOperation(ecu string, op flashmem.Op) {
	b.triggers.Observe(trigger.Observation{
		Kind: trigger.FlashOperation, Time: time.Now(), Source: ecu, Text: op.String(), Length: op.Duration,
	})
}

// listener makes UDS messages of the frames on the ECU's bus, on the receive path, for the triggers.
func (e *ECU) listener(c config.ECU) func(can.Received) {
	a := c.Description.Address
	l := isotp.NewListener(a.ISOTP(), a.Functional)
	l.FunctionalByte(a.FunctionalByte)
	var last isotp.PDU // out of the closure, so that not every frame allocates one
	return func(r can.Received) {
		pdu, ok := l.Observe(r)
		if !ok || pdu.Functional {
			return
		}
		if r.Own || !pdu.Tx {
			e.watches.seen(r.Time)
		}
		if e.bench.triggers.Wants(trigger.Transport) {
			last = pdu
			e.bench.triggers.Observe(trigger.Observation{Kind: trigger.Transport, Time: r.Time, Source: e.role, PDU: &last})
		}
		if len(pdu.Data) == 0 {
			return
		}
		o := trigger.Observation{Time: r.Time, Source: e.role, Data: pdu.Data}
		begun, sent := trigger.ResponseBegun, trigger.ResponseSeen
		if pdu.Tx {
			begun, sent = trigger.RequestBegun, trigger.RequestSent
		}
		if pdu.Kind == isotp.SingleFrame || pdu.Kind == isotp.FirstFrame {
			o.Kind = begun
			e.bench.triggers.Observe(o)
		}
		if pdu.Complete {
			o.Kind = sent
			e.bench.triggers.Observe(o)
		}
	}
}

// recorded bounds how much of a message stands in the record, in bytes. The trace has all of it.
const recorded = 64

func (e *ECU) exchanged(x uds.Exchange) {
	r := record.Exchange{
		ECU: e.role, Service: uds.ServiceName(x.Service), Meaning: uds.Describe(x.Request),
		Request: hexadecimal(withoutKey(x.Request)), RequestLen: len(x.Request),
		Response: hexadecimal(x.Response), RespLen: len(x.Response),
		RequestSum: digestOfLong(x.Request), ResponseSum: digestOfLong(x.Response),
		Pending: x.Pending, Functional: x.Functional,
		Sent: e.bench.opts.Record.Since(x.Sent), Took: x.Done.Sub(x.Sent),
	}
	r.Repeats, r.Left, r.First = x.Repeats, since(x.Sent, x.Left), since(x.Sent, x.First)
	for _, at := range x.PendingAt {
		r.PendingAt = append(r.PendingAt, since(x.Sent, at))
	}
	if x.NRC != 0 {
		r.NRC = x.NRC.String()
	}
	if x.Err != nil && x.NRC == 0 {
		r.Error = x.Err.Error()
	}
	e.bench.opts.Record.AddAt(x.Done, r)
	if errors.Is(x.Err, isotp.ErrClosed) || errors.Is(x.Err, can.ErrClosed) {
		e.bench.Fault(e.role+"'s bus", x.Err)
	}
}

// since is the time from one moment to another, 0 if that did not come.
func since(start, at time.Time) time.Duration {
	if at.IsZero() {
		return 0
	}
	return at.Sub(start)
}

// withoutKey cuts the key out of a SecurityAccess request: with its seed beside it, it could give the secret away.
func withoutKey(request []byte) []byte {
	if len(request) > 2 && request[0] == uds.SIDSecurityAccess && request[1]%2 == 0 {
		return request[:2]
	}
	return request
}

// digestOfLong is the digest of a message that is cut in the record.
func digestOfLong(b []byte) string {
	if len(b) <= recorded {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func hexadecimal(b []byte) string { return hex.EncodeToString(b[:min(len(b), recorded)]) }
