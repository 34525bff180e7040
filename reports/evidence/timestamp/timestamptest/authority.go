// Package timestamptest has openssl as a time-stamping authority, for tests.
//
//	authority := timestamptest.New(t)
//	reply, err := timestamp.Post(ctx, authority.URL, request)
package timestamptest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"otabench/reports/reportstest"
)

// Authority answers requests at a local address.
type Authority struct {
	URL string
	CA  string // path of its root's certificate
	dir string
}

const config = `
[ tsa ]
default_tsa = tsa1
[ tsa1 ]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ req ]
distinguished_name = dn
[ dn ]
[ ca ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[ stamps ]
extendedKeyUsage = critical, timeStamping
`

// New makes the keys and certificates of an authority, and lets it answer until the test ends.
func New(t *testing.T) *Authority {
	t.Helper()
	a := &Authority{dir: t.TempDir()}
	a.CA = filepath.Join(a.dir, "ca.pem")
	a.write(t, "tsa.cnf", config)
	a.write(t, "serial", "01\n")
	for _, args := range [][]string{
		{"req", "-x509", "-config", "tsa.cnf", "-extensions", "ca", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test root", "-days", "2"},
		{"req", "-config", "tsa.cnf", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Test authority"},
		{"x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "tsa.pem", "-days", "2", "-extfile", "tsa.cnf", "-extensions", "stamps"},
	} {
		a.openssl(t, args...)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" {
			http.Error(w, "no request", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(a.Reply(t, request))
	}))
	t.Cleanup(s.Close)
	a.URL = s.URL
	return a
}

// Reply is the answer to a request.
func (a *Authority) Reply(t *testing.T, request []byte) []byte {
	t.Helper()
	a.write(t, "request.tsq", string(request))
	a.openssl(t, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "request.tsq", "-out", "reply.tsr")
	reply, err := os.ReadFile(filepath.Join(a.dir, "reply.tsr"))
	if err != nil {
		t.Error(err)
	}
	return reply
}

func (a *Authority) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(a.dir, name), []byte(text), 0o600); err != nil {
		t.Error(err)
	}
}

func (a *Authority) openssl(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command(reportstest.Tool(t, "openssl"), args...)
	cmd.Dir = a.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("openssl %v: %v: %s", args, err, out)
	}
}
