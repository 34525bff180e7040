package security_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"otabench/ecu/description"
	"otabench/ecu/security"
)

func TestCompute(t *testing.T) {
	t.Setenv("TEST_SECRET", "0102FF")
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("00000001\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, algorithm, secret, seed, key string }{
		{"xor repeats the secret", description.AlgorithmXOR, "env:TEST_SECRET", "00000000FF", "0102FF01FD"},
		{"add", description.AlgorithmAdd, "file:" + file, "00000010", "00000011"},
		{"add carries out of the word", description.AlgorithmAdd, "file:" + file, "FFFFFFFF", "00000000"},
		{"add takes 4 bytes of the example", description.AlgorithmAdd, "example", "00000000", hex.EncodeToString([]byte("otab"))},
		// Independent value: printf '\x01\x02\x03\x04' | openssl dgst -sha256 -hmac otabench-example-secret
		{"hmac", description.AlgorithmHMACSHA256, "example", "01020304", "7d3f62b151e0d12f915f2b3c139bffb3"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k, err := security.New("bcm", description.Security{Level: 1, Algorithm: tt.algorithm, Secret: tt.secret})
			if err != nil {
				t.Fatal(err)
			}
			seed, _ := hex.DecodeString(tt.seed)
			key, err := k.Compute(t.Context(), seed)
			if got := hex.EncodeToString(key); err != nil || !strings.EqualFold(got, tt.key) {
				t.Errorf("Compute(%s) = %s, %v; want %s", tt.seed, got, err, tt.key)
			}
		})
	}
}

func TestComputeRefusesSeeds(t *testing.T) {
	tests := []struct {
		algorithm string
		seed      []byte
	}{
		{description.AlgorithmXOR, nil},
		{description.AlgorithmXOR, make([]byte, 257)},
		{description.AlgorithmAdd, make([]byte, 3)},
		{description.AlgorithmNone, make([]byte, 4)},
	}
	for _, tt := range tests {
		k, err := security.New("bcm", description.Security{Algorithm: tt.algorithm, Secret: "example"})
		if err != nil {
			t.Fatal(err)
		}
		if key, err := k.Compute(t.Context(), tt.seed); err == nil {
			t.Errorf("%s made key %X from a seed of %d bytes", tt.algorithm, key, len(tt.seed))
		}
	}
}

func TestNewErrors(t *testing.T) {
	const hidden = "C0FFEE"
	t.Setenv("TEST_SECRET", hidden)
	t.Setenv("TEST_NOT_HEX", "zz"+hidden)
	tests := []struct{ algorithm, secret, want string }{
		{"rot13", "example", `no algorithm "rot13"`},
		{description.AlgorithmXOR, "", "not env:NAME"},
		{description.AlgorithmXOR, "env:", "not env:NAME"},
		{description.AlgorithmXOR, hidden, "not env:NAME"},
		{description.AlgorithmXOR, "vault:" + hidden, "not env:NAME"},
		{description.AlgorithmXOR, "env:TEST_MISSING", "TEST_MISSING is not set"},
		{description.AlgorithmXOR, "file:" + filepath.Join(t.TempDir(), "none"), "no such file"},
		{description.AlgorithmXOR, "env:TEST_NOT_HEX", "not an even number of hexadecimal digits"},
		{description.AlgorithmAdd, "env:TEST_SECRET", "wants 4"},
	}
	for _, tt := range tests {
		_, err := security.New("bcm", description.Security{Algorithm: tt.algorithm, Secret: tt.secret})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("New(%s, %s) = %v, want an error with %q", tt.algorithm, tt.secret, err, tt.want)
		} else if strings.Contains(err.Error(), hidden) {
			t.Errorf("error shows the secret: %v", err)
		}
	}
}

func TestNothingPrintsTheSecret(t *testing.T) {
	t.Setenv("TEST_SECRET", "414243")
	k, err := security.New("bcm", description.Security{Level: 1, Algorithm: description.AlgorithmXOR, Secret: "env:TEST_SECRET"})
	if err != nil {
		t.Fatal(err)
	}
	const want = "xor with the secret in env:TEST_SECRET"
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
		for _, v := range []any{k, *k} {
			if got := fmt.Sprintf(verb, v); got != want {
				t.Errorf("%s of a %T prints %q, want %q", verb, v, got, want)
			}
		}
	}
}

func Example() {
	key, err := security.New("bcm", description.Security{Level: 1, Algorithm: description.AlgorithmNone})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(key, key.Needed())
	// Output: none false
}
