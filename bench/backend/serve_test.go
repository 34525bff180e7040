package backend_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"otabench/bench/backend"
	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// trust is what a client needs to know of the backend if it shows no certificate.
func (c *car) trust() *tls.Config { return &tls.Config{RootCAs: c.Authorities} }

func TestStrangersAreKeptOut(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	publish(t, b, release("c1"), vin)
	anonymous := client(t, dial, c.trust())
	elsewhere, err := backend.New(backend.Options{})
	must(t, err)
	foreign, err := elsewhere.Provision(vin)
	must(t, err)
	stranger := client(t, dial, &tls.Config{RootCAs: c.Authorities, Certificates: []tls.Certificate{foreign.Certificate}})
	for _, path := range []string{
		"/v1/vehicles/" + vin + "/director/timestamp.json", "/v1/images/metadata/timestamp.json", c.path(bcm),
		"/v1/vehicles/" + vin + "/users/owner", "/v1/vehicles/" + vin + "/commands",
	} {
		if status, _, _ := do(t, anonymous, http.MethodGet, c.Address+path, nil); status != http.StatusUnauthorized {
			t.Errorf("%s without a certificate: status %d", path, status)
		}
		if answer, err := stranger.Get(c.Address + path); err == nil {
			answer.Body.Close()
			t.Errorf("%s with a certificate from elsewhere: status %d", path, answer.StatusCode)
		}
	}
}

func TestVehicleReachesOnlyWhatIsItsOwn(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c, other := provision(t, b, vin, dial), provision(t, b, vin2, dial)
	r := release("c1")
	publish(t, b, r, vin, vin2)
	own := "/v1/vehicles/" + vin
	for _, path := range []string{"/director/timestamp.json", "/users/owner", "/commands"} {
		if status, _, _ := other.get(own + path); status != http.StatusForbidden {
			t.Errorf("%s: status %d", path, status)
		}
	}
	if status := other.post(http.MethodPut, own+"/view", ota.View{}); status != http.StatusForbidden {
		t.Errorf("view: status %d", status)
	}
	if status := other.post(http.MethodPost, own+"/reports", cloud.Report{}); status != http.StatusForbidden {
		t.Errorf("reports: status %d", status)
	}
	must(t, c.check(bcm, "BCM-A"))
	must(t, other.check(bcm, "BCM-A"))
}

func TestVehicleTrustsOnlyItsBackend(t *testing.T) {
	b, _ := start(t, backend.Options{})
	_, elsewhere := start(t, backend.Options{})
	c := provision(t, b, vin, elsewhere)
	mention(t, c.refresh(backend.Director), "unknown authority")
}

func TestTLSIsOfVersion13(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	old := c.trust()
	old.MaxVersion = tls.VersionTLS12
	if answer, err := client(t, dial, old).Get(c.Address); err == nil {
		answer.Body.Close()
		t.Error("TLS 1.2 is accepted")
	}
	answer, err := client(t, dial, c.trust()).Get(c.Address)
	must(t, err)
	defer answer.Body.Close()
	if answer.ProtoMajor != 1 || answer.TLS.Version != tls.VersionTLS13 {
		t.Errorf("speaks %s over %s", answer.Proto, tls.VersionName(answer.TLS.Version))
	}
}

func TestBackendIsFoundByAddress(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	b, err := backend.New(backend.Options{Host: l.Addr().String()})
	must(t, err)
	serve(t, b, l)
	c := provision(t, b, vin, func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	})
	if want := "https://" + l.Addr().String(); c.Address != want {
		t.Errorf("address is %s, want %s", c.Address, want)
	}
	must(t, c.refresh(backend.Images))
}

func TestServeSaysWhyItEnds(t *testing.T) {
	b, err := backend.New(backend.Options{})
	must(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	l.Close()
	mention(t, b.Serve(t.Context(), l), "updates.example", "127.0.0.1", "closed")
}

func TestNothingIsToldAfterServe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told atomic.Int32
		b, err := backend.New(backend.Options{Observe: func(backend.Event) { told.Add(1) }})
		must(t, err)
		m := newMemory()
		ctx, cancel := context.WithCancel(t.Context())
		c := provision(t, b, vin, m.dial)
		go func() {
			// The end may or may not leave time for an answer.
			if answer, err := c.client.Get(c.Address + "/v1/vehicles/" + vin + "/commands"); err == nil {
				answer.Body.Close()
			}
		}()
		time.AfterFunc(time.Second, cancel)
		must(t, b.Serve(ctx, m))
		if got := told.Load(); got != 1 {
			t.Errorf("%d events when Serve returned, want that of the request it ended", got)
		}
		synctest.Wait()
		if got := told.Load(); got != 1 {
			t.Errorf("%d events later", got)
		}
	})
}

func TestStuckVehicleDoesNotHoldUpTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, err := backend.New(backend.Options{})
		must(t, err)
		m := newMemory()
		c := provision(t, b, vin, m.dial)
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error)
		go func() { served <- b.Serve(ctx, m) }()
		conn, err := m.dial(ctx)
		must(t, err)
		defer conn.Close()
		trust := c.trust()
		trust.ServerName = backend.DefaultHost
		secure := tls.Client(conn, trust)
		_, err = secure.Write([]byte("GET / HTTP/1.1\r\nHost: updates.example\r\n\r\n"))
		must(t, err)
		answer, err := http.ReadResponse(bufio.NewReader(secure), nil)
		must(t, err)
		_, err = io.Copy(io.Discard, answer.Body)
		must(t, err)
		synctest.Wait() // and from now on it reads nothing

		begin := time.Now()
		cancel()
		must(t, <-served)
		if took := time.Since(begin); took != 0 {
			t.Errorf("Serve took %v to end", took)
		}
	})
}

func TestFailuresAreAsManyAsWanted(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	b.FailWith(http.StatusServiceUnavailable, 2)
	var got []int
	for range 3 {
		status, _, _ := c.get("/v1/images/metadata/timestamp.json")
		got = append(got, status)
	}
	if want := []int{503, 503, 200}; !slices.Equal(got, want) {
		t.Errorf("statuses are %v, want %v", got, want)
	}
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, dial := startInMemory(t, backend.Options{})
		c := provision(t, b, vin, dial)
		for _, delay := range []time.Duration{90 * time.Second, 0} {
			b.Delay(delay)
			begin := time.Now()
			c.get("/v1/images/metadata/timestamp.json")
			if took := time.Since(begin); took != delay {
				t.Errorf("took %v, want %v", took, delay)
			}
		}
	})
}

func TestDownEndsWhatIsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, dial := startInMemory(t, backend.Options{})
		c := provision(t, b, vin, dial)
		address := c.Address + "/v1/vehicles/" + vin + "/commands"
		begin := time.Now()
		time.AfterFunc(time.Second, func() { b.Down(true) })
		for range 2 { // once while it waits, and once when it connects
			if answer, err := c.client.Get(address); err == nil {
				answer.Body.Close()
				t.Errorf("status %d of a backend that is down", answer.StatusCode)
			}
		}
		if took := time.Since(begin); took != time.Second {
			t.Errorf("noticed after %v", took)
		}
		b.Down(false)
		must(t, c.refresh(backend.Director))
	})
}

func TestReportsAreKeptAndTold(t *testing.T) {
	var (
		mu     sync.Mutex
		events []backend.Event
	)
	b, dial := start(t, backend.Options{Observe: func(e backend.Event) {
		mu.Lock()
		defer mu.Unlock()
		events = append(events, e)
	}})
	c := provision(t, b, vin, dial)
	path := "/v1/vehicles/" + vin + "/reports"
	report := cloud.Report{Campaign: "c1", Event: string(ota.Failed), Cause: ota.BadPackage, Text: "two\nlines", At: time.Now().UTC()}
	if status := c.post(http.MethodPost, path, report); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if status := c.post(http.MethodPost, path, []byte(strings.Repeat("[", 1<<20))); status != http.StatusBadRequest {
		t.Errorf("a report that is too long: status %d", status)
	}
	c.get("/v1/vehicles/" + vin2 + "/commands")
	if got := b.Reports(vin); len(got) != 1 || got[0].Cause != ota.BadPackage || !got[0].At.Equal(report.At) {
		t.Errorf("reports are %+v", got)
	}
	if got := b.Reports(vin2); got != nil {
		t.Errorf("reports of nobody are %+v", got)
	}
	c.client.CloseIdleConnections()

	mu.Lock()
	defer mu.Unlock()
	var kinds []backend.Kind
	for _, e := range events {
		if e.VIN != vin || e.At.IsZero() || e.Text == "" || strings.Contains(e.Text, "\n") {
			t.Errorf("event %+v", e)
		}
		kinds = append(kinds, e.Kind)
	}
	want := []backend.Kind{backend.Reported, backend.Requested, backend.Refused, backend.Requested, backend.Refused}
	if len(kinds) < len(want) || !slices.Equal(kinds[:len(want)], want) { // the last request may yet be told
		t.Errorf("events are %v, want %v", kinds, want)
	}
	if events[0].Report == nil || events[0].Report.Campaign != "c1" {
		t.Errorf("the event has report %+v", events[0].Report)
	}
}
