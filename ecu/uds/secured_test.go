package uds_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"testing"

	"otabench/ecu/uds"
)

// mac protects messages with the first six bytes of HMAC-SHA256.
type mac struct{ err error }

func (m mac) sum(s *uds.SecuredMessage) []byte {
	h := hmac.New(sha256.New, []byte("key"))
	fmt.Fprintf(h, "%04X%04X%X", uint16(s.Administrative), s.Counter, s.Message)
	return h.Sum(nil)[:6]
}

func (m mac) Protect(s *uds.SecuredMessage) error {
	s.Administrative |= uds.Signed | uds.SignatureOnResponse
	s.Signature = m.sum(s)
	return m.err
}

func (m mac) Unprotect(s *uds.SecuredMessage) error {
	if len(s.Signature) > 0 && !hmac.Equal(s.Signature, m.sum(s)) {
		return errors.New("the MAC is wrong")
	}
	return nil
}

// The example of the standard: WriteDataByIdentifier with a signature of six bytes.
func TestSecuredMessage(t *testing.T) {
	const example = "006100000601242ef123aa55dbd10edc55aa"
	m := uds.SecuredMessage{
		Administrative: uds.SecuredRequest | uds.Signed | uds.SignatureOnResponse, Counter: 0x124,
		Message: []byte{0x2E, 0xF1, 0x23, 0xAA, 0x55}, Signature: []byte{0xDB, 0xD1, 0x0E, 0xDC, 0x55, 0xAA},
	}
	b, err := m.Encode()
	if err != nil || hex.EncodeToString(b) != example {
		t.Errorf("%x, %v", b, err)
	}
	got, ok := uds.DecodeSecured(b)
	if !ok || fmt.Sprint(got) != fmt.Sprint(m) {
		t.Errorf("%+v, %v", got, ok)
	}
	for _, broken := range []string{"", "00610000000124", "0061000006012401020304050607"[:26], "0061000007012401020304050607"} {
		b, err := hex.DecodeString(broken)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := uds.DecodeSecured(b); ok {
			t.Errorf("%s is %+v", broken, got)
		}
	}
	for _, m := range []uds.SecuredMessage{{}, {Message: []byte{1}, Signature: make([]byte, 1<<16)}} {
		if _, err := m.Encode(); !errors.Is(err, uds.ErrRequest) {
			t.Error(err)
		}
	}
}

func TestSecuredLink(t *testing.T) {
	respond := func(counter uint16, admin uds.Administrative, message ...byte) string {
		m := &uds.SecuredMessage{Administrative: admin, Counter: counter, Message: message}
		if admin&uds.Signed != 0 {
			m.Signature = mac{}.sum(m)
		}
		b, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return "C4" + hex.EncodeToString(b)
	}
	request := &uds.SecuredMessage{Administrative: uds.SecuredRequest, Counter: 8, Message: []byte{0x22, 0xF1, 0x90}}
	if err := (mac{}).Protect(request); err != nil {
		t.Fatal(err)
	}
	inner, err := request.Encode()
	if err != nil {
		t.Fatal(err)
	}
	outer := "84" + fmt.Sprintf("%X", inner)
	for _, tt := range []struct {
		name, response string
		want           error
	}{
		{"good", respond(3, uds.Signed, 0x62, 0xF1, 0x90, 1), nil},
		{"refused within", respond(3, uds.Signed, 0x7F, 0x22, 0x33), uds.SecurityAccessDenied},
		{"refused", "7F843A", uds.SecureDataVerificationFailed},
		{"another service within", respond(3, uds.Signed, 0x63, 1), uds.ErrResponse},
		{"not signed", respond(3, 0, 0x62, 0xF1, 0x90, 1), uds.ErrInsecure},
		{"says that it is signed", "C40020000000000362F19001", uds.ErrInsecure},
		{"a request", respond(3, uds.Signed|uds.SecuredRequest, 0x62, 0xF1, 0x90, 1), uds.ErrInsecure},
		{"wrong signature", "C40020000006000362F19001AABBCCDDEEFF", uds.ErrInsecure},
		{"short", "C40020", uds.ErrResponse},
	} {
		_, _, err := ask(t, map[string][]answer{outer: {{0, tt.response}}}, func(ctx context.Context, c *uds.Client) error {
			got, err := uds.NewSecuredLink(c, mac{}, 7).Do(ctx, []byte{0x22, 0xF1, 0x90})
			if err == nil && !bytes.Equal(got, []byte{0x62, 0xF1, 0x90, 1}) {
				t.Errorf("%s: got % X", tt.name, got)
			}
			return err
		})
		if !errors.Is(err, tt.want) || tt.want == nil && err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestSecuredLinkRefusesReplays(t *testing.T) {
	broken := errors.New("no key")
	good := "C40000000000000362F19001"
	s := newServer(nil)
	c := uds.New(&fixed{s, unhex(t, good)}, uds.Options{})
	l := uds.NewSecuredLink(c, open{}, 0xFFFD)
	for i, want := range []error{nil, uds.ErrInsecure} {
		if _, err := l.Do(t.Context(), []byte{0x22, 0xF1, 0x90}); !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	if _, err := l.Do(t.Context(), []byte{0x22, 0xF1, 0x90}); err == nil || errors.Is(err, uds.ErrInsecure) {
		t.Errorf("with the counter used up: %v", err)
	}
	if _, err := uds.NewSecuredLink(c, mac{broken}, 0).Do(t.Context(), []byte{0x3E, 0}); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := l.Do(t.Context(), nil); err == nil {
		t.Error("an empty request was sent")
	}
	late, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := uds.NewSecuredLink(c, open{}, 0).Do(late, []byte{0x3E, 0}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// open protects nothing.
type open struct{}

func (open) Protect(*uds.SecuredMessage) error   { return nil }
func (open) Unprotect(*uds.SecuredMessage) error { return nil }

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
