package auth_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/uds"
	"otabench/ecu/uds/auth"
)

// FuzzServer feeds arbitrary responses to both flows. None of them completes authentication: no response answers both of
// their requests.
func FuzzServer(f *testing.F) {
	f.Add([]byte{0x69, 2, 0x11, 0, 1, 1, 0, 1, 0x30, 0, 1, 1, 0, 0})
	f.Add([]byte{0x69, 1, 0x11, 0, 1, 1, 0, 0})
	tester := workshop()
	f.Fuzz(func(t *testing.T, response []byte) {
		synctest.Test(t, func(t *testing.T) {
			timing := uds.Timing{MaxPending: -1, MaxBusy: -1}
			c := uds.New(answering(response), uds.Options{Timing: timing})
			if result, err := auth.Bidirectional(t.Context(), c, tester); err == nil {
				t.Errorf("% X made %+v", response, result)
			}
			c = uds.New(answering(response), uds.Options{Timing: timing})
			if result, err := auth.Unidirectional(t.Context(), c, tester); err == nil {
				t.Errorf("% X made %+v", response, result)
			}
		})
	})
}

// answering is a server that answers everything with the same bytes.
func answering(response []byte) *ecu {
	return &ecu{inbox: make(chan isotp.Message, 9), tamper: func([]byte) []byte { return response }, mute: true}
}

// workshop is a tester with a certificate of its own making.
func workshop() auth.Options {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "workshop"}, NotAfter: time.Unix(1<<32, 0),
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return auth.Options{Certificates: [][]byte{der}, Key: key, Roots: x509.NewCertPool()}
}
