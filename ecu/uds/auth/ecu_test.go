package auth_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/uds"
)

// ecu is a server that authenticates testers, at the other end of a connection without time. It makes and checks
// signatures on its own, so that the package is not compared with itself.
type ecu struct {
	chain   [][]byte
	key     crypto.Signer
	testers *x509.CertPool
	curve   ecdh.Curve
	time    time.Time
	tamper  func([]byte) []byte // changes a response, if not nil
	mute    bool                // tamper makes the whole response

	inbox     chan isotp.Message
	sent      [][]byte
	challenge []byte
	ephemeral *ecdh.PrivateKey
	tester    *x509.Certificate
	secret    []byte
}

func (e *ecu) String() string { return "ECU" }
func (e *ecu) Close() error   { return nil }
func (e *ecu) Drain() int     { return 0 }

func (e *ecu) Receive(ctx context.Context, begin time.Duration) (isotp.Message, error) {
	select {
	case m := <-e.inbox:
		return m, nil
	case <-time.After(begin):
		return isotp.Message{}, isotp.ErrNoMessage
	case <-ctx.Done():
		return isotp.Message{}, ctx.Err()
	}
}

func (e *ecu) Send(_ context.Context, request []byte) error {
	e.sent = append(e.sent, bytes.Clone(request))
	var response []byte
	if !e.mute {
		response = e.answer(request)
	}
	if e.tamper != nil {
		response = e.tamper(response)
	}
	e.inbox <- isotp.Message{Data: response, First: time.Now(), Last: time.Now()}
	return nil
}

func (e *ecu) answer(request []byte) []byte {
	switch request[1] {
	case 1:
		certificate, _ := take(request[3:])
		if code := e.verifyTester(certificate); code != 0 {
			return refuse(code)
		}
		return join([]byte{0x69, 1, 0x11}, field(e.newChallenge()), field(e.newKey()))
	case 2:
		certificate, rest := take(request[3:])
		challenge, _ := take(rest)
		if code := e.verifyTester(certificate); code != 0 {
			return refuse(code)
		}
		key := e.newKey()
		return join([]byte{0x69, 2, 0x11}, field(e.newChallenge()), field(join(e.chain...)),
			field(signature(e.key, join(challenge, key))), field(key))
	}
	proof, rest := take(request[2:])
	key, _ := take(rest)
	if !genuine(e.tester.PublicKey, join(e.challenge, key), proof) {
		return refuse(uds.OwnershipVerificationFailed)
	}
	if e.curve != nil {
		public, err := e.curve.NewPublicKey(key)
		if err != nil {
			return refuse(uds.SessionKeyCreationDerivationFailed)
		}
		if e.secret, err = e.ephemeral.ECDH(public); err != nil {
			return refuse(uds.SessionKeyCreationDerivationFailed)
		}
	}
	return join([]byte{0x69, 3, 0x12}, field([]byte("info")))
}

func (e *ecu) verifyTester(b []byte) uds.NRC {
	all, err := x509.ParseCertificates(b)
	if err != nil || len(all) == 0 {
		return uds.CertificateInvalidFormat
	}
	between := x509.NewCertPool()
	for _, c := range all[1:] {
		between.AddCert(c)
	}
	if _, err := all[0].Verify(x509.VerifyOptions{
		Roots: e.testers, Intermediates: between, CurrentTime: e.time, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}); err != nil {
		return uds.CertificateInvalidChainOfTrust
	}
	e.tester = all[0]
	return 0
}

func (e *ecu) newChallenge() []byte {
	e.challenge = make([]byte, 16)
	_, _ = rand.Read(e.challenge)
	return e.challenge
}

func (e *ecu) newKey() []byte {
	if e.curve == nil {
		return nil
	}
	var err error
	if e.ephemeral, err = e.curve.GenerateKey(rand.Reader); err != nil {
		panic(err)
	}
	return e.ephemeral.PublicKey().Bytes()
}

func signature(key crypto.Signer, token []byte) []byte {
	digest := sha256.Sum256(token)
	var b []byte
	var err error
	switch k := key.(type) {
	case *ecdsa.PrivateKey:
		b, err = ecdsa.SignASN1(rand.Reader, k, digest[:])
	case ed25519.PrivateKey:
		b = ed25519.Sign(k, token)
	case *rsa.PrivateKey:
		b, err = rsa.SignPSS(rand.Reader, k, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: 32})
	}
	if err != nil {
		panic(err)
	}
	return b
}

func genuine(key crypto.PublicKey, token, b []byte) bool {
	digest := sha256.Sum256(token)
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(k, digest[:], b)
	case ed25519.PublicKey:
		return ed25519.Verify(k, token, b)
	case *rsa.PublicKey:
		return rsa.VerifyPSS(k, crypto.SHA256, digest[:], b, &rsa.PSSOptions{SaltLength: 32}) == nil
	}
	return false
}

func refuse(code uds.NRC) []byte     { return []byte{0x7F, 0x29, byte(code)} }
func join(parts ...[]byte) []byte    { return bytes.Join(parts, nil) }
func field(b []byte) []byte          { return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...) }
func take(b []byte) (_, rest []byte) { n := binary.BigEndian.Uint16(b); return b[2 : 2+n], b[2+n:] }
