package link

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"sync"
	"time"
)

// portalName is the host of the captive portal.
const portalName = "portal.invalid"

// portalTime is how long the portal waits for a request.
const portalTime = 10 * time.Second

// portal is the server of a captive portal. It answers TLS with a certificate that nobody trusts, and every request,
// with TLS and without, with a redirect to its login page.
type portal struct {
	listener *Listener
	server   *http.Server
	served   chan struct{}
}

// captive returns the link's portal.
func (l *Link) captive() (*portal, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, net.ErrClosed
	}
	if l.portal == nil {
		p, err := newPortal()
		if err != nil {
			return nil, err
		}
		l.portal = p
	}
	return l.portal, nil
}

func newPortal() (*portal, error) {
	certificate, err := selfSigned(portalName)
	if err != nil {
		return nil, fmt.Errorf("make the certificate of the captive portal: %w", err)
	}
	p := &portal{
		listener: NewListener(portalName), served: make(chan struct{}),
		server: &http.Server{
			Handler:           http.RedirectHandler("http://"+portalName+"/login", http.StatusFound),
			ReadHeaderTimeout: portalTime, IdleTimeout: portalTime,
			ErrorLog: log.New(io.Discard, "", 0), // a vehicle that refuses the certificate is as it should be
		},
	}
	go func() {
		defer close(p.served)
		_ = p.server.Serve(&eitherListener{p.listener, &tls.Config{Certificates: []tls.Certificate{certificate}}})
	}()
	return p, nil
}

func (p *portal) close() error {
	err := p.server.Close()
	<-p.served
	return err
}

// selfSigned makes a certificate that is valid for a day around now.
func selfSigned(host string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: host},
		DNSNames:     []string{host},
		NotBefore:    time.Now().Add(-12 * time.Hour),
		NotAfter:     time.Now().Add(12 * time.Hour),
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}

// eitherListener's connections have TLS if their client begins with it.
type eitherListener struct {
	net.Listener
	config *tls.Config
}

func (l *eitherListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &either{Conn: conn, config: l.config}, nil
}

// tlsHandshake is the first byte of a TLS connection.
const tlsHandshake = 0x16

// either decides with the first byte that it reads, and is read before it is written, as HTTP is.
type either struct {
	net.Conn
	config *tls.Config
	decide sync.Once
	inner  net.Conn
}

func (e *either) Read(b []byte) (int, error) {
	e.decide.Do(e.look)
	return e.inner.Read(b)
}

func (e *either) Write(b []byte) (int, error) {
	e.decide.Do(e.look)
	return e.inner.Write(b)
}

func (e *either) look() {
	buffered := &peeked{e.Conn, bufio.NewReader(e.Conn)}
	e.inner = buffered
	if first, err := buffered.reader.Peek(1); err == nil && first[0] == tlsHandshake {
		e.inner = tls.Server(buffered, e.config)
	}
}

// peeked is a connection whose first bytes were looked at.
type peeked struct {
	net.Conn
	reader *bufio.Reader
}

func (p *peeked) Read(b []byte) (int, error) { return p.reader.Read(b) }
