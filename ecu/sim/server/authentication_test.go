package server_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"io"
	"math/big"
	"slices"
	"testing"
	"time"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// owner is a certificate with its key.
type owner struct {
	*x509.Certificate
	key crypto.Signer
}

func curveKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// certified makes a certificate that issuer signs, or itself if there is none. It is valid in virtual time and ours.
func certified(t *testing.T, name string, key crypto.Signer, issuer *owner, change func(*x509.Certificate)) owner {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true,
		NotBefore: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.Certificate, issuer.key
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return owner{certificate, key}
}

func authority(c *x509.Certificate) { c.IsCA = true }

func field(b []byte) []byte { return append([]byte{byte(len(b) >> 8), byte(len(b))}, b...) }

// parts takes fields off a response.
func parts(b []byte) (all [][]byte) {
	for len(b) >= 2 {
		n := int(b[0])<<8 | int(b[1])
		if len(b) < 2+n {
			return nil
		}
		all = append(all, b[2:2+n])
		b = b[2+n:]
	}
	return all
}

// signed signs a challenge as testers do.
func signed(t *testing.T, key crypto.Signer, challenge []byte) []byte {
	t.Helper()
	digest := sha256.Sum256(challenge)
	message, options := digest[:], crypto.SignerOpts(crypto.SHA256)
	switch key.(type) {
	case ed25519.PrivateKey:
		message, options = challenge, crypto.Hash(0)
	case *rsa.PrivateKey:
		options = &rsa.PSSOptions{Hash: crypto.SHA256, SaltLength: 32}
	}
	signature, err := key.Sign(rand.Reader, message, options)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

const workshop server.Roles = 1

// authenticating is a server with an identifier that a workshop reads.
func authenticating(a *server.Authentication) server.Config {
	secret := server.Value(7)
	secret.ReadAccess = server.Access{Roles: workshop}
	return server.Config{
		Sessions: sessions(), ReadData: &server.ReadData{}, Data: server.DIDs{0x0100: secret}, Authentication: a,
		Custom: map[byte]server.Custom{0xBB: {
			Access: server.Access{Roles: workshop, Levels: []byte{0x01}},
			Handle: func(context.Context, server.Call, []byte) ([]byte, error) { return nil, nil },
		}},
	}
}

func TestAuthenticationWithCertificates(t *testing.T) {
	root := certified(t, "root", curveKey(t), nil, authority)
	between := certified(t, "between", curveKey(t), &root, authority)
	_, edKey, _ := ed25519.GenerateKey(rand.Reader)
	rsaKey, _ := rsa.GenerateKey(rand.Reader, 2048)
	identity := certified(t, "bcm", curveKey(t), &root, nil)
	testers := map[string][]owner{
		"ECDSA":   {certified(t, "tester", curveKey(t), &root, nil)},
		"Ed25519": {certified(t, "tester", edKey, &root, nil)},
		"RSA":     {certified(t, "tester", rsaKey, &root, nil)},
		"chain":   {certified(t, "tester", curveKey(t), &between, nil), between},
	}
	cfg := authenticating(&server.Authentication{
		Method: uds.AuthConfigurationAPCE, Roots: []*x509.Certificate{root.Certificate},
		Roles:    func(*x509.Certificate) (server.Roles, error) { return workshop, nil },
		Identity: &server.Identity{Certificate: identity.Raw, Key: identity.key},
	})
	for name, chain := range testers {
		t.Run(name, func(t *testing.T) {
			var certificates []byte
			for _, c := range chain {
				certificates = append(certificates, c.Raw...)
			}
			with(t, cfg, func(r *rig) {
				r.talk([]exchange{{"29 08", "6908 02"}, {"22 0100", "7F2234"}, {"BB", "7FBB34"}, {"29 03", "7F2924"}})
				for _, both := range []bool{false, true} {
					task, challenge := byte(0x01), []byte(nil)
					if both {
						task, challenge = 0x02, []byte("prove yourself")
					}
					got := r.do(slices.Concat([]byte{0x29, task, 0x00}, field(certificates), field(challenge)))
					if len(got) < 3 || !bytes.Equal(got[:3], []byte{0x69, task, 0x11}) {
						t.Fatalf("the certificate is answered with %X", got)
					}
					said := parts(got[3:])
					if both {
						digest := sha256.Sum256(challenge)
						own, err := x509.ParseCertificate(said[1])
						if err != nil || !ecdsa.VerifyASN1(own.PublicKey.(*ecdsa.PublicKey), digest[:], said[2]) {
							t.Errorf("the server proves nothing: %v", err)
						}
					}
					if want := map[bool]int{false: 2, true: 4}[both]; len(said) != want || len(said[0]) != 32 {
						t.Fatalf("%d fields, want %d", len(said), want)
					}
					proof := append([]byte{0x29, 0x03}, append(field(signed(t, chain[0].key, said[0])), 0, 0)...)
					r.matches("proof", "6903 12 0000", r.do(proof))
					r.matches("the same proof", "7F2924", r.do(proof))
					r.talk([]exchange{{"22 0100", "620100 07"}, {"BB", "7FBB33"}})
				}
				r.talk([]exchange{{"29 00", "6900 10"}, {"22 0100", "7F2234"}})
			})
		})
	}
}

func TestAuthenticationRefuses(t *testing.T) {
	root := certified(t, "root", curveKey(t), nil, authority)
	forger := certified(t, "root", curveKey(t), nil, authority)
	stranger := certified(t, "stranger", curveKey(t), nil, authority)
	notCA := certified(t, "tester", curveKey(t), &root, nil)
	expired := func(c *x509.Certificate) { c.NotAfter = time.Date(1999, 6, 1, 0, 0, 0, 0, time.UTC) }
	tester := certified(t, "tester", curveKey(t), &root, nil)
	curious := certified(t, "curious", curveKey(t), &root, nil)
	cfg := authenticating(&server.Authentication{
		Roots: []*x509.Certificate{root.Certificate},
		Roles: func(c *x509.Certificate) (server.Roles, error) {
			if c.Subject.CommonName == "curious" {
				return 0, errors.New("no role")
			}
			return workshop, nil
		},
		Identity: &server.Identity{Key: broken256{}},
		Transmit: func(_ context.Context, _ server.Call, evaluation uint16, certificate []byte) error {
			if evaluation != 0x0102 || len(certificate) != 1 {
				return errors.New("no")
			}
			return nil
		},
	})
	with(t, cfg, func(r *rig) {
		for name, c := range map[string]struct {
			certificate []byte
			want        string
		}{
			"no certificate at all":   {[]byte{1, 2, 3}, "7F2954"},
			"expired":                 {certified(t, "tester", curveKey(t), &root, expired).Raw, "7F2950"},
			"forged":                  {certified(t, "tester", curveKey(t), &forger, nil).Raw, "7F2951"},
			"of a stranger":           {certified(t, "tester", curveKey(t), &stranger, nil).Raw, "7F2952"},
			"signed by no authority":  {append(certified(t, "x", curveKey(t), &notCA, nil).Raw, notCA.Raw...), "7F2952"},
			"without a role":          {curious.Raw, "7F2956"},
			"empty":                   {nil, "7F2913"},
			"sound, in one direction": {tester.Raw, "6901 11.."},
		} {
			r.matches(name, c.want, r.do(slices.Concat([]byte{0x29, 0x01, 0x00}, field(c.certificate), field(nil))))
		}
		sound := slices.Concat([]byte{0x29, 0x01, 0x00}, field(tester.Raw), field(nil))
		r.matches("a byte more", "7F2913", r.do(append(bytes.Clone(sound), 0)))
		both := bytes.Clone(sound)
		both[1] = 0x02
		r.matches("no challenge", "7F2913", r.do(both))
		r.matches("a server that cannot sign", "7F2959", r.do(append(both[:len(both)-2:len(both)-2], 0, 1, 9)))
		sound[2] = 7
		r.matches("configuration", "7F2931", r.do(sound))
		sound[2] = 0
		for _, c := range []struct{ proof, want string }{
			{"29 03 0000 0000", "7F2913"},
			{"29 03 0001 00", "7F2913"},
			{"29 03 0001", "7F2913"},
			{"29 03 0001 00 0001 00", "7F295B"},
			{"29 03 0001 00 0000", "7F2958"},
			{"29 03 0001 00 0000", "7F2924"},
		} {
			if c.want != "7F2924" {
				r.matches("certificate", "6901 11..", r.do(sound))
			}
			r.says(c.proof, c.want)
		}
		r.talk([]exchange{
			{"29 01", "7F2913"},
			{"29 05", "7F2912"},
			{"29 07", "7F2912"},
			{"29 00 00", "7F2913"},
			{"29 04 0102", "7F2913"},
			{"29 04 0102 0001 09", "6904 13"},
			{"29 04 0103 0001 09", "7F2957"},
		})
	})
}

// broken256 is a key that signs nothing.
type broken256 struct{}

func (broken256) Public() crypto.PublicKey { return "none" }

func (broken256) Sign(_ io.Reader, _ []byte, _ crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("no key")
}

func TestAuthenticationByChallenge(t *testing.T) {
	algorithm, err := uds.NewAlgorithm(asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2})
	if err != nil {
		t.Fatal(err)
	}
	tester, own := curveKey(t), curveKey(t)
	cfg := authenticating(&server.Authentication{
		Method: uds.AuthConfigurationACRAsym, Identity: &server.Identity{Key: own}, Timeout: 3 * time.Second,
		Keys: map[uds.Algorithm]server.TesterKey{algorithm: {Key: tester.Public(), Roles: workshop}},
	})
	ask := slices.Concat([]byte{0x29, 0x05, 0x00}, algorithm[:])
	challenge := func(r *rig) []byte {
		got := r.do(ask)
		r.matches("challenge", "6905 00..", got)
		return parts(got[3+len(algorithm):])[0]
	}
	proof := func(task byte, signature, challenge []byte) []byte {
		return slices.Concat([]byte{0x29, task}, algorithm[:], field(signature), field(challenge), field(nil))
	}
	complete := func(r *rig) {
		r.matches("proof", "6906 12..", r.do(proof(0x06, signed(t, tester, challenge(r)), nil)))
		r.says("22 0100", "620100 07")
	}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{{"29 05", "7F2913"}, {"29 06", "7F2924"}, {"29 01", "7F2912"}, {"29 08", "6908 03"}})
		unknown := bytes.Clone(ask)
		unknown[10] ^= 1
		r.matches("another algorithm", "7F2931", r.do(unknown))
		complete(r)
		challenge(r)
		r.says("22 0100", "7F2234") // a new authentication ends the one before
		r.matches("wrong", "7F2958", r.do(proof(0x06, []byte{1}, nil)))
		challenge(r)
		r.matches("empty", "7F2913", r.do(proof(0x06, nil, nil)))
		other := proof(0x06, []byte{1}, nil)
		other[2] ^= 1
		r.matches("another algorithm", "7F2931", r.do(other))

		got := r.do(proof(0x07, signed(t, tester, challenge(r)), []byte("and you?")))
		r.matches("both directions", "6907 12..", got)
		digest := sha256.Sum256([]byte("and you?"))
		if !ecdsa.VerifyASN1(own.Public().(*ecdsa.PublicKey), digest[:], parts(got[3+len(algorithm):])[0]) {
			t.Error("the server proves nothing")
		}

		time.Sleep(2900 * time.Millisecond)
		r.says("22 0100", "620100 07")
		time.Sleep(3 * time.Second)
		r.says("22 0100", "7F2234") // in the default session no request has come for too long

		complete(r)
		r.talk([]exchange{{"10 03", "5003.."}, {"22 0100", "620100 07"}})
		time.Sleep(4 * time.Second)
		r.talk([]exchange{{"22 0100", "620100 07"}, {"10 01", "5001.."}, {"22 0100", "620100 07"}, {"10 03", "5003.."}})
		time.Sleep(5 * time.Second)
		r.says("22 0100", "7F2234")
	})
	cfg.Authentication.Identity.Key = broken256{}
	with(t, cfg, func(r *rig) {
		r.matches("a server that cannot sign", "7F2959", r.do(proof(0x07, signed(t, tester, challenge(r)), []byte{1})))
		r.says("22 0100", "7F2234")
	})
}
