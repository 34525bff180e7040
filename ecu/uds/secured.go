package uds

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Administrative says how a secured message is protected (16.2).
type Administrative uint16

// Bits of the administrative parameter.
const (
	SecuredRequest      Administrative = 1 << 0 // the message is a request
	PreEstablishedKey   Administrative = 1 << 3
	Encrypted           Administrative = 1 << 4
	Signed              Administrative = 1 << 5
	SignatureOnResponse Administrative = 1 << 6 // the response is to be signed
)

// securedHeader is how many bytes of a secured message stand before the diagnostic one.
const securedHeader = 7

// ErrInsecure: a secured response is not protected as it has to be, or was sent before.
var ErrInsecure = errors.New("insecure response")

// SecuredMessage is what SecuredDataTransmission carries: a diagnostic message within another (16.2).
type SecuredMessage struct {
	Administrative Administrative
	Calculation    byte   // which algorithms are used, 0x00 to 0x7F the maker's, 0x80 to 0x8F the supplier's
	Counter        uint16 // anti-replay counter
	Message        []byte // the diagnostic message, as it is or encrypted
	Signature      []byte // signature or MAC
}

// Protection is the cryptography of a secured link.
type Protection interface {
	// Protect makes a request ready to be sent: it adds bits to Administrative, which has SecuredRequest, sets Calculation,
	// encrypts Message, and signs. What the signature covers is up to the maker.
	Protect(*SecuredMessage) error
	// Unprotect checks the signature of a response and decrypts its Message.
	Unprotect(*SecuredMessage) error
}

// Encode writes the message without its service identifier.
func (m SecuredMessage) Encode() ([]byte, error) {
	if len(m.Signature) > math.MaxUint16 || len(m.Message) == 0 {
		return nil, fmt.Errorf("%w: %d bytes secured by a signature of %d", ErrRequest, len(m.Message), len(m.Signature))
	}
	b := binary.BigEndian.AppendUint16(nil, uint16(m.Administrative))
	b = append(b, m.Calculation)
	b = binary.BigEndian.AppendUint16(b, uint16(len(m.Signature)))
	b = binary.BigEndian.AppendUint16(b, m.Counter)
	return append(append(b, m.Message...), m.Signature...), nil
}

// DecodeSecured reads what Encode writes.
func DecodeSecured(b []byte) (m SecuredMessage, ok bool) {
	if len(b) <= securedHeader {
		return m, false
	}
	signature := len(b) - int(binary.BigEndian.Uint16(b[3:]))
	if signature <= securedHeader {
		return m, false
	}
	return SecuredMessage{
		Administrative: Administrative(binary.BigEndian.Uint16(b)),
		Calculation:    b[2],
		Counter:        binary.BigEndian.Uint16(b[5:]),
		Message:        b[securedHeader:signature:signature],
		Signature:      b[signature:],
	}, true
}

// SecuredLink sends requests of a client in secured messages.
type SecuredLink struct {
	client     *Client
	protection Protection

	turn     chan struct{} // held by the request that is under way; guards what follows
	counter  uint16        // of the last request
	seen     uint16        // of the last response
	answered bool          // there was one
}

// NewSecuredLink returns a link whose first request has the counter after the given one.
func NewSecuredLink(c *Client, p Protection, counter uint16) *SecuredLink {
	return &SecuredLink{client: c, protection: p, turn: make(chan struct{}, 1), counter: counter}
}

// Do sends a request in a secured message and returns the positive response from within the secured response (16.2). A
// refusal of either is a *NegativeResponse. A response whose anti-replay counter does not exceed that of the one before,
// or that lacks a signature which was asked for, is ErrInsecure. The counter ends with 65535: then a new link with new
// keys is needed.
func (l *SecuredLink) Do(ctx context.Context, request []byte) ([]byte, error) {
	if len(request) == 0 {
		return nil, errEmpty
	}
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, l.fail("send", request, ctx.Err())
	}
	defer func() { <-l.turn }()
	return l.do(ctx, request)
}

func (l *SecuredLink) do(ctx context.Context, request []byte) ([]byte, error) {
	m, err := l.protect(request)
	if err != nil {
		return nil, l.fail("protect", request, err)
	}
	inner, err := m.Encode()
	if err != nil {
		return nil, l.fail("protect", request, err)
	}
	outer := join([]byte{SIDSecuredDataTransmission}, inner)
	response, err := l.client.ask(ctx, outer, nil, 0)
	if err != nil {
		return nil, err
	}
	answer, ok := DecodeSecured(response[1:])
	if !ok {
		return nil, l.client.malformed(outer, response, "it is too short, or its signature too long")
	}
	if err := l.unprotect(&answer, m.Administrative); err != nil {
		return nil, l.fail("response to", request, err)
	}
	return l.open(request, response, answer.Message)
}

func (l *SecuredLink) protect(request []byte) (*SecuredMessage, error) {
	if l.counter == math.MaxUint16 {
		return nil, errors.New("the anti-replay counter is used up")
	}
	l.counter++
	m := &SecuredMessage{Administrative: SecuredRequest, Counter: l.counter, Message: bytes.Clone(request)}
	return m, l.protection.Protect(m)
}

func (l *SecuredLink) unprotect(m *SecuredMessage, asked Administrative) error {
	switch {
	case m.Administrative&SecuredRequest != 0:
		return fmt.Errorf("%w: it says that it is a request", ErrInsecure)
	case asked&SignatureOnResponse != 0 && (m.Administrative&Signed == 0 || len(m.Signature) == 0):
		return fmt.Errorf("%w: it is not signed", ErrInsecure)
	}
	if err := l.protection.Unprotect(m); err != nil {
		return fmt.Errorf("%w: %w", ErrInsecure, err)
	}
	if l.answered && m.Counter <= l.seen {
		return fmt.Errorf("%w: its anti-replay counter is %d after %d", ErrInsecure, m.Counter, l.seen)
	}
	l.answered, l.seen = true, m.Counter
	return nil
}

// open checks the diagnostic message that was in the secured one.
func (l *SecuredLink) open(request, response, message []byte) ([]byte, error) {
	switch {
	case refusal(message) != 0 && message[1] == request[0]:
		return nil, &NegativeResponse{Server: l.client.opt.Name, Service: request[0], Code: refusal(message)}
	case len(message) == 0 || message[0] != request[0]+positive:
		return nil, l.client.malformed(request, response, "the secured message is no response to it")
	}
	return message, nil
}

func (l *SecuredLink) fail(what string, request []byte, err error) error {
	return fmt.Errorf("%s: %s secured %s: %w", l.client.opt.Name, what, ServiceName(request[0]), err)
}
