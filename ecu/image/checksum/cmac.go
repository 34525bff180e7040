package checksum

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"hash"
)

// cmacSize is the length of the code: one block of AES.
const cmacSize = aes.BlockSize

// cmac is AES-CMAC, RFC 4493. It keeps the last block back, because that one is treated differently.
type cmac struct {
	cipher cipher.Block
	chain  [cmacSize]byte // encryption of all blocks but the last
	last   [cmacSize]byte
	filled int // bytes in last
}

func newCMAC(key []byte) (hash.Hash, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return &cmac{cipher: block}, nil
}

// Write adds data; it never fails.
func (m *cmac) Write(data []byte) (int, error) {
	n := len(data)
	for len(data) > 0 {
		if m.filled == cmacSize {
			m.encrypt(&m.chain, m.last[:])
			m.filled = 0
		}
		taken := copy(m.last[m.filled:], data)
		m.filled += taken
		data = data[taken:]
	}
	return n, nil
}

func (m *cmac) encrypt(chain *[cmacSize]byte, block []byte) {
	subtle.XORBytes(chain[:], chain[:], block)
	m.cipher.Encrypt(chain[:], chain[:])
}

// Sum appends the code of 16 bytes: a whole last block takes subkey K1, a padded one K2 (RFC 4493, 2.4).
func (m *cmac) Sum(b []byte) []byte {
	var subkey, zero [cmacSize]byte
	m.cipher.Encrypt(subkey[:], zero[:])
	double(&subkey)
	last := m.last
	if m.filled < cmacSize {
		double(&subkey)
		last[m.filled] = 0x80
		clear(last[m.filled+1:])
	}
	chain := m.chain
	subtle.XORBytes(last[:], last[:], subkey[:])
	m.encrypt(&chain, last[:])
	return append(b, chain[:]...)
}

// double multiplies by x in GF(2^128), in constant time, because the subkeys are secret.
func double(block *[cmacSize]byte) {
	const reduction = 0x87
	carry := block[0] >> 7
	for i := range cmacSize - 1 {
		block[i] = block[i]<<1 | block[i+1]>>7
	}
	block[cmacSize-1] = block[cmacSize-1]<<1 ^ reduction&-carry
}

// Reset begins anew with the same key.
func (m *cmac) Reset() {
	*m = cmac{cipher: m.cipher}
}

// Size is the number of bytes that Sum appends.
func (m *cmac) Size() int { return cmacSize }

// BlockSize is that of AES; data may come in any pieces.
func (m *cmac) BlockSize() int { return cmacSize }
