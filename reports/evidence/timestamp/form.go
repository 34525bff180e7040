package timestamp

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
)

var (
	oidSignedData  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidTSTInfo     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}

	oidSHA256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidSHA384 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	oidSHA512 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}

	oidRSA = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
)

// signatureOf are the algorithms of signatures for each digest; RSA without a digest's name goes with all.
var signatureOf = []struct{ digest, rsa, ecdsa asn1.ObjectIdentifier }{
	{oidSHA256, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 11}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}},
	{oidSHA384, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 12}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 3}},
	{oidSHA512, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 13}, asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 4}},
}

// response is a TimeStampResp of RFC 3161 with nothing in it that is neither signed nor said by the signed part.
type response struct {
	Status struct{ Status int }
	Token  struct {
		Type asn1.ObjectIdentifier
		Data signedData `asn1:"explicit,tag:0"`
	}
}

// signedData is that of RFC 5652.
type signedData struct {
	Version int
	Digests []pkix.AlgorithmIdentifier `asn1:"set"`
	Content struct {
		Type asn1.ObjectIdentifier
		Info []byte `asn1:"explicit,tag:0"`
	}
	Certificates asn1.RawValue `asn1:"tag:0"`
	Signers      []signerInfo  `asn1:"set"`
}

type signerInfo struct {
	Version int
	By      struct {
		Issuer asn1.RawValue
		Serial *big.Int
	}
	Digest     pkix.AlgorithmIdentifier
	Attributes []attribute `asn1:"set,tag:0"`
	Algorithm  pkix.AlgorithmIdentifier
	Signature  []byte
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

// onlyForm refuses what no signature covers and what could be altered without anybody noticing: a reply is read only if
// writing it again gives the same bytes, and the parts that are not signed agree with those that are.
func onlyForm(reply []byte) error {
	var r response
	rest, err := asn1.Unmarshal(reply, &r)
	switch {
	case err != nil:
		return fmt.Errorf("no reply with a time-stamp: %w", err)
	case len(rest) > 0:
		return errors.New("there is more behind it")
	case r.Status.Status != 0:
		return fmt.Errorf("the request was not simply granted: status %d", r.Status.Status)
	}
	again, err := asn1.Marshal(r)
	if err != nil || !bytes.Equal(again, reply) {
		return errors.New("it holds more than the time-stamp, or is not in DER")
	}
	data := r.Token.Data
	if !r.Token.Type.Equal(oidSignedData) || data.Version != 3 || !data.Content.Type.Equal(oidTSTInfo) {
		return errors.New("what is signed is no time-stamp")
	}
	if len(data.Signers) != 1 || len(data.Digests) != 1 {
		return fmt.Errorf("%d signatures, want 1", len(data.Signers))
	}
	s := data.Signers[0]
	if s.Version != 1 || !s.Digest.Algorithm.Equal(data.Digests[0].Algorithm) || !agree(s.Digest.Algorithm, s.Algorithm.Algorithm) {
		return errors.New("its algorithms do not agree, or are none of SHA-2 with RSA or ECDSA")
	}
	for _, a := range []pkix.AlgorithmIdentifier{data.Digests[0], s.Digest, s.Algorithm} {
		if p := a.Parameters.FullBytes; len(p) > 0 && !bytes.Equal(p, asn1.NullBytes) {
			return errors.New("its algorithms have parameters")
		}
	}
	return certificates(data.Certificates.Bytes)
}

// certificates sees that there are certificates and nothing else.
func certificates(der []byte) error {
	for len(der) > 0 {
		var one asn1.RawValue
		rest, err := asn1.Unmarshal(der, &one)
		if err == nil {
			_, err = x509.ParseCertificate(one.FullBytes)
		}
		if err != nil {
			return fmt.Errorf("its certificates: %w", err)
		}
		der = rest
	}
	return nil
}

// agree says whether an algorithm of signatures goes with a digest.
func agree(digest, signature asn1.ObjectIdentifier) bool {
	for _, a := range signatureOf {
		if a.digest.Equal(digest) {
			return slices.ContainsFunc([]asn1.ObjectIdentifier{oidRSA, a.rsa, a.ecdsa}, signature.Equal)
		}
	}
	return false
}
