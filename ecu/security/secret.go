package security

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// example refers to the secret of the simulated ECUs, which is no secret.
const (
	example       = "example"
	exampleSecret = "otabench-example-secret"
)

// maxSecretFile bounds a file with a secret, in bytes.
const maxSecretFile = 16 << 10

var errReference = errors.New("the reference to the secret is not env:NAME, file:PATH or example; a secret itself has no place there")

// resolve reads the secret. Its errors show the reference and never what was found there.
func resolve(reference string) ([]byte, error) {
	if reference == example {
		return []byte(exampleSecret), nil
	}
	kind, rest, found := strings.Cut(reference, ":")
	if !found || rest == "" {
		return nil, errReference
	}
	var text string
	switch kind {
	case "env":
		if text = os.Getenv(rest); text == "" {
			return nil, fmt.Errorf("the secret's environment variable %s is not set", rest)
		}
	case "file":
		var err error
		if text, err = readSecret(rest); err != nil {
			return nil, fmt.Errorf("read the secret: %w", err)
		}
	default:
		return nil, errReference
	}
	secret, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(secret) == 0 {
		return nil, fmt.Errorf("the secret in %s is not an even number of hexadecimal digits", reference)
	}
	return secret, nil
}

func readSecret(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSecretFile))
	return string(text), err
}
