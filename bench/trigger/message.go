package trigger

import (
	"bytes"
	"fmt"

	"otabench/ecu/uds"
)

// Message is a UDS message that begins with certain bytes; Begun and Sent choose one of its moments.
type Message struct {
	ecu, text   string
	begun, sent Kind
	prefix      []byte
	subFunction bool // the second byte is one, and its suppress bit does not count
}

// Request is a request to an ECU that begins with prefix: service identifier, sub-function, block counter.
func Request(ecu string, prefix ...byte) Message {
	return Message{
		ecu: ecu, prefix: prefix, begun: RequestBegun, sent: RequestSent,
		text: fmt.Sprintf("request % X to %s", prefix, ecu),
	}
}

// Response is a response of an ECU that begins with prefix.
func Response(ecu string, prefix ...byte) Message {
	return Message{
		ecu: ecu, prefix: prefix, begun: ResponseBegun, sent: ResponseSeen,
		text: fmt.Sprintf("response % X of %s", prefix, ecu),
	}
}

// SubFunction is a request with a sub-function, whether or not it suppresses the positive response (ISO 14229-1, 8.2.2).
func SubFunction(ecu string, service, sub byte, data ...byte) Message {
	m := Request(ecu, append([]byte{service, sub &^ suppress}, data...)...)
	m.subFunction = true
	m.text += ", suppressed or not"
	return m
}

const (
	suppress byte = 0x80 // suppressPosRspMsgIndicationBit
	negative byte = 0x7F
)

// RoutineControl is a request for a routine: sub is 1 to start it, 2 to stop it, 3 to ask for its results.
func RoutineControl(ecu string, sub byte, routine uint16) Message {
	return SubFunction(ecu, uds.SIDRoutineControl, sub, byte(routine>>8), byte(routine))
}

// Refusal is the negative response to a service with a code.
func Refusal(ecu string, service byte, code uds.NRC) Message {
	m := Response(ecu, negative, service, byte(code))
	m.text = fmt.Sprintf("NRC %v to %02X of %s", code, service, ecu)
	return m
}

// AnyRefusal is a negative response to a service, whatever its code. One that only asks for more time counts too.
func AnyRefusal(ecu string, service byte) Message {
	return Response(ecu, negative, service)
}

// Pending is the response by which an ECU asks for more time for a service, NRC 78.
func Pending(ecu string, service byte) Message {
	return Refusal(ecu, service, uds.ResponsePending)
}

// Begun is met by the first frame of the message, once that frame carries the whole prefix.
func (m Message) Begun() Condition { return m.at(m.begun, " begun") }

// Sent is met by the last frame of the message.
func (m Message) Sent() Condition { return m.at(m.sent, " sent") }

func (m Message) at(k Kind, when string) Condition {
	return each(m.text+when, k, func(o Observation) bool { return o.Source == m.ecu && m.begins(o.Data) })
}

func (m Message) begins(data []byte) bool {
	if !m.subFunction {
		return bytes.HasPrefix(data, m.prefix)
	}
	return len(data) >= len(m.prefix) && data[0] == m.prefix[0] && data[1]&^suppress == m.prefix[1] &&
		bytes.HasPrefix(data[2:], m.prefix[2:])
}

// Block is met by the last frame of the n-th TransferData of a transfer, counted from 1 and beyond the 255 of the block
// sequence counter, in each transfer anew. One that is sent again counts once. A transfer counts whose RequestDownload,
// RequestUpload or RequestFileTransfer was seen.
func Block(ecu string, n int) Condition {
	return Condition{
		text: fmt.Sprintf("block %d to %s sent", n, ecu), kinds: RequestSent.bit(),
		match: func(alarm) matcher {
			var t transfer
			return func(o Observation) bool {
				return o.Kind == RequestSent && o.Source == ecu && t.next(o.Data) && t.blocks == n
			}
		},
	}
}

// transfer counts the blocks of a transfer.
type transfer struct {
	known   bool
	blocks  int
	counter byte
}

// next takes the next request and reports whether it is a new block.
func (t *transfer) next(request []byte) bool {
	switch {
	case len(request) == 0:
	case request[0] == uds.SIDRequestDownload, request[0] == uds.SIDRequestUpload, request[0] == uds.SIDRequestFileTransfer:
		*t = transfer{known: true}
	case request[0] == uds.SIDTransferData && t.known && len(request) > 1 && (t.blocks == 0 || request[1] != t.counter):
		t.blocks++
		t.counter = request[1]
		return true
	}
	return false
}
