package firmware_test

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"

	"otabench/ecu/firmware"
)

// What was found right once must not make anything else right: each single bit of the key, the manifest and the
// signature counts, again and again.
func TestAGoodSignatureVouchesForNothingElse(t *testing.T) {
	p, public := build(t), firmware.PublicKey(testKey(1))
	for range 2 {
		if err := p.VerifySignature(public); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(what string, i int, p *firmware.Package, key ed25519.PublicKey) {
		t.Helper()
		for range 2 {
			if err := p.VerifySignature(key); !errors.Is(err, firmware.ErrSignature) {
				t.Errorf("%s, byte %d changed: %v", what, i, err)
			}
		}
	}
	for i := range public {
		key := slices.Clone(public)
		key[i] ^= 1
		refused("key", i, p, key)
	}
	for i := range p.Raw {
		c := p.Clone()
		c.Raw[i] ^= 0x80
		refused("manifest", i, c, public)
	}
	for i := range p.Signature {
		c := p.Clone()
		c.Signature[i] ^= 1
		refused("signature", i, c, public)
	}
	if err := p.VerifySignature(public); err != nil {
		t.Errorf("the right one after all the wrong ones: %v", err)
	}
}
