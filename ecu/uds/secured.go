package uds

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync"
)

// Administrative says how a secured message is protected (16.2, table 507).
type Administrative uint16

// Bits of the administrative parameter.
const (
	SecuredRequest       Administrative = 1 << 0 // the message is a request
	PreEstablishedKey    Administrative = 1 << 3
	Encrypted            Administrative = 1 << 4
	Signed               Administrative = 1 << 5
	SignatureOnResponse  Administrative = 1 << 6 // the response is to be signed
	securedMessageHeader                = 7      // bytes of a secured message before the internal one
)

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
	// Protect makes a request ready to be sent: it sets the bits of Administrative but SecuredRequest, and Calculation,
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
	if len(b) <= securedMessageHeader {
		return m, false
	}
	signature := len(b) - int(binary.BigEndian.Uint16(b[3:]))
	if signature <= securedMessageHeader {
		return m, false
	}
	return SecuredMessage{
		Administrative: Administrative(binary.BigEndian.Uint16(b)),
		Calculation:    b[2],
		Counter:        binary.BigEndian.Uint16(b[5:]),
		Message:        b[securedMessageHeader:signature:signature],
		Signature:      b[signature:],
	}, true
}

// SecuredLink sends requests of a client in secured messages.
type SecuredLink struct {
	client     *Client
	protection Protection

	mu      sync.Mutex // guards what follows; held while no request waits
	counter uint16     // of the last request
	seen    uint16     // of the last response
	any     bool       // there was a response
}

// NewSecuredLink returns a link whose first request has the counter after the given one.
func NewSecuredLink(c *Client, p Protection, counter uint16) *SecuredLink {
	return &SecuredLink{client: c, protection: p, counter: counter}
}

// Do sends a request in a secured message and returns the positive response from within the secured response (16.2). A
// refusal of either is a *NegativeResponse. A response whose anti-replay counter does not exceed that of the one before,
// or that lacks a signature which was asked for, is ErrInsecure. The counter ends with 65535: then a new link with new
// keys is needed.
func (l *SecuredLink) Do(ctx context.Context, request []byte) ([]byte, error) {
	if len(request) == 0 {
		return nil, errEmpty
	}
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
	l.mu.Lock()
	if l.counter == math.MaxUint16 {
		l.mu.Unlock()
		return nil, errors.New("the anti-replay counter is used up")
	}
	l.counter++
	m := &SecuredMessage{Counter: l.counter, Message: request}
	l.mu.Unlock()
	err := l.protection.Protect(m)
	m.Administrative |= SecuredRequest
	return m, err
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
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.any && m.Counter <= l.seen {
		return fmt.Errorf("%w: its anti-replay counter is %d after %d", ErrInsecure, m.Counter, l.seen)
	}
	l.any, l.seen = true, m.Counter
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
