package checksum

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"hash/crc32"
	"slices"
	"strings"
)

// maxMACKey bounds the keys of HMAC, in bytes: no ECU has longer ones.
const maxMACKey = 1024

// Lookup finds an algorithm by its name, one of Names in any case. The error wraps ErrUnknown and says what there is.
func Lookup(name string) (Algorithm, error) {
	for _, a := range algorithms() {
		if strings.EqualFold(a.name, name) {
			return a, nil
		}
	}
	return Algorithm{}, fmt.Errorf("%w %q; there are %s", ErrUnknown, name, strings.Join(Names(), ", "))
}

// Names lists the algorithms in alphabetical order.
func Names() []string {
	var names []string
	for _, a := range algorithms() {
		names = append(names, a.name)
	}
	slices.Sort(names)
	return names
}

func algorithms() []Algorithm {
	all := []Algorithm{
		plain("crc32", crc32.Size, func() hash.Hash { return crc32.NewIEEE() }),
		plain("crc32c", crc32.Size, func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }),
		plain("sha256", sha256.Size, sha256.New),
		plain("sha384", sha512.Size384, sha512.New384),
		plain("sha512", sha512.Size, sha512.New),
		hmacOf("hmac-sha256", sha256.Size, sha256.New),
		hmacOf("hmac-sha384", sha512.Size384, sha512.New384),
		hmacOf("hmac-sha512", sha512.Size, sha512.New),
		cmacOf("cmac-aes128", 16),
		cmacOf("cmac-aes192", 24),
		cmacOf("cmac-aes256", 32),
	}
	for _, c := range catalogue() {
		all = append(all, plain(c.name, c.size(), func() hash.Hash { return newCRC(c) }))
	}
	return all
}

func plain(name string, size int, make func() hash.Hash) Algorithm {
	return Algorithm{name: name, size: size, make: func([]byte) (hash.Hash, error) { return make(), nil }}
}

func hmacOf(name string, size int, inner func() hash.Hash) Algorithm {
	return Algorithm{
		name: name, size: size, key: keySize{1, maxMACKey},
		make: func(key []byte) (hash.Hash, error) { return hmac.New(inner, key), nil },
	}
}

func cmacOf(name string, key int) Algorithm {
	return Algorithm{name: name, size: cmacSize, key: keySize{key, key}, make: newCMAC}
}
