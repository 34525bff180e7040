package link_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"otabench/bench/link"
)

const host = "updates.example"

// authority makes the backend's certificate, and a pool that trusts it.
func authority(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	cert, err := link.SelfSigned(host)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return cert, pool
}

// serve is a backend with TLS that has data at every path.
func (b *bench) serve(data []byte) *http.Client {
	b.t.Helper()
	cert, pool := authority(b.t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "image", time.Time{}, bytes.NewReader(data))
	}))
	_ = server.Listener.Close()
	server.Listener = b.backend
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes that are cut
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	server.StartTLS()
	transport := &http.Transport{
		DialContext:     func(ctx context.Context, _, _ string) (net.Conn, error) { return b.Dial(ctx) },
		TLSClientConfig: &tls.Config{RootCAs: pool},
	}
	b.t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.CloseClientConnections()
		server.Close()
	})
	return &http.Client{Transport: transport}
}

// resume gets what is missing of the image.
func resume(t *testing.T, client *http.Client, have []byte) ([]byte, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+"/image", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Range", fmt.Sprintf("bytes=%d-", len(have)))
	response, err := client.Do(request)
	if err != nil {
		return have, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusPartialContent {
		t.Fatalf("answered %s", response.Status)
	}
	rest, err := io.ReadAll(response.Body)
	return append(have, rest...), err
}

func TestADownloadThatIsCutAtEvery5PercentResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 1 << 20
		const part = size / 20 // on the wire, so a little more than 20 of them
		data := noise(size)
		b := newBench(t)
		b.shape(link.LTE)
		client := b.serve(data)
		var have []byte
		for cuts := 1; ; cuts++ {
			cut := b.CutAt(part)
			before := len(have)
			got, err := resume(t, client, have)
			have = got
			if err == nil {
				break
			}
			<-cut
			if gain := len(have) - before; gain <= 0 || gain >= part {
				t.Fatalf("part %d has %d bytes of the image", cuts, gain)
			}
			if c := b.Count(); c.Resets != cuts || c.Down != int64(cuts*part) {
				t.Fatalf("part %d: counted %+v", cuts, c)
			}
		}
		if !bytes.Equal(have, data) {
			t.Fatal("the image is not what the backend has")
		}
		if resets := b.Count().Resets; resets < 20 {
			t.Errorf("only %d cuts", resets)
		}
	})
}

func TestACutInsideARecordOfTheHandshake(t *testing.T) {
	for _, n := range []int64{1, 5, 6, 100, 600} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			client := b.serve([]byte("image"))
			cut := b.CutAt(n)
			if _, err := resume(t, client, nil); err == nil {
				t.Fatal("got the image")
			}
			<-cut
			if got := b.Count().Down; got != n {
				t.Errorf("%d bytes came, want %d", got, n)
			}
			if got, err := resume(t, client, nil); err != nil || string(got) != "image" {
				t.Errorf("then got %q, %v", got, err)
			}
		})
	}
}

func TestAPortalIsNotTheBackend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		client := b.serve([]byte("image"))
		if got, err := resume(t, client, nil); err != nil || string(got) != "image" {
			t.Fatalf("got %q, %v", got, err)
		}
		b.shape(link.Captive)
		var untrusted *tls.CertificateVerificationError
		if _, err := resume(t, client, nil); !errors.As(err, &untrusted) {
			t.Fatalf("got %v behind a portal", err)
		}
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		for _, scheme := range []string{"http", "https"} {
			client.Transport.(*http.Transport).TLSClientConfig.InsecureSkipVerify = true
			response, err := client.Get(scheme + "://" + host + "/image")
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if to := response.Header.Get("Location"); response.StatusCode != http.StatusFound || to != "http://portal.invalid/login" {
				t.Errorf("%s: answered %s to %q", scheme, response.Status, to)
			}
		}
		client.Transport.(*http.Transport).TLSClientConfig.InsecureSkipVerify = false
		b.shape(link.WiFiGood)
		if got, err := resume(t, client, nil); err != nil || string(got) != "image" {
			t.Fatalf("got %q, %v after the portal", got, err)
		}
	})
}

func TestASilentClientOfThePortalDoesNotKeepTheLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.shape(link.Captive)
		if _, err := b.Dial(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
	})
}
