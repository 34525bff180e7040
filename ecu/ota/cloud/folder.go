package cloud

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Files of a folder with credentials.
const (
	authorityFile = "backend-ca.crt" // PEM
	chainFile     = "vehicle.crt"    // PEM
	keyFile       = "vehicle.key"    // PEM, PKCS #8
	directorFile  = "director-root.json"
	imagesFile    = "images-root.json"
	vinFile       = "vin"
	addressFile   = "address"  // base of all addresses
	endpointFile  = "endpoint" // HOST:PORT that the host of the address stands for; empty if it stands for itself
)

// maxFile bounds a file of credentials, in bytes.
const maxFile = 1 << 20

// Save writes credentials into a folder, for a vehicle that the bench cannot give them otherwise, and with them the HOST:PORT
// at which the vehicle reaches the backend, whose name a bench has no way to put into the domain name system. The folder
// and its files are the user's alone. The endpoint is written last: once it is there, all is.
func (c Credentials) Save(dir, endpoint string) error {
	key, err := x509.MarshalPKCS8PrivateKey(c.Certificate.PrivateKey)
	if err != nil {
		return fmt.Errorf("save the credentials of vehicle %s: its key: %w", c.VIN, err)
	}
	var chain bytes.Buffer
	for _, der := range c.Certificate.Certificate {
		if err := pem.Encode(&chain, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("save the credentials of vehicle %s: %w", c.VIN, err)
	}
	for _, f := range []struct {
		name string
		data []byte
	}{
		{authorityFile, c.Authority},
		{chainFile, chain.Bytes()},
		{keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})},
		{directorFile, c.DirectorRoot},
		{imagesFile, c.ImagesRoot},
		{vinFile, []byte(c.VIN + "\n")},
		{addressFile, []byte(c.Address + "\n")},
		{endpointFile, []byte(endpoint + "\n")},
	} {
		if err := os.WriteFile(filepath.Join(dir, f.name), f.data, 0o600); err != nil {
			return fmt.Errorf("save the credentials of vehicle %s: %w", c.VIN, err)
		}
	}
	return nil
}

// Load reads what Save has written.
func Load(dir string) (c Credentials, endpoint string, err error) {
	text := map[string][]byte{}
	for _, name := range []string{authorityFile, chainFile, keyFile, directorFile, imagesFile, vinFile, addressFile, endpointFile} {
		if text[name], err = readFile(filepath.Join(dir, name)); err != nil {
			return Credentials{}, "", fmt.Errorf("load credentials: %w", err)
		}
	}
	c = Credentials{
		VIN: strings.TrimSpace(string(text[vinFile])), Address: strings.TrimSpace(string(text[addressFile])),
		Authority: text[authorityFile], Authorities: x509.NewCertPool(), DirectorRoot: text[directorFile], ImagesRoot: text[imagesFile],
	}
	if !c.Authorities.AppendCertsFromPEM(c.Authority) {
		return Credentials{}, "", fmt.Errorf("load credentials: %s: no certificate in PEM", filepath.Join(dir, authorityFile))
	}
	if c.Certificate, err = tls.X509KeyPair(text[chainFile], text[keyFile]); err != nil {
		return Credentials{}, "", fmt.Errorf("load credentials: %s and %s in %s: %w", chainFile, keyFile, dir, err)
	}
	return c, strings.TrimSpace(string(text[endpointFile])), nil
}

// readFile reads a file that is not too long for what it should be.
func readFile(path string) (data []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	data, err = io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("%s: more than %d bytes", path, maxFile)
	}
	return data, err
}
