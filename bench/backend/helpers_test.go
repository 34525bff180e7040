package backend_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
	"github.com/theupdateframework/go-tuf/v2/metadata/config"
	"github.com/theupdateframework/go-tuf/v2/metadata/updater"

	"otabench/bench/backend"
	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

const (
	vin     = "WOTABENCH00000001"
	vin2    = "WOTABENCH00000002"
	bcm     = "bcm.pkg"
	gateway = "network/gateway.pkg"
)

// car is a vehicle with an HTTP client of its own.
type car struct {
	t *testing.T
	cloud.Credentials
	client   *http.Client
	metadata map[backend.Repository]string // folders that remember, as a vehicle does
}

// dialer connects to the backend under test, whatever address is asked for.
type dialer func(ctx context.Context) (net.Conn, error)

// start serves a new backend on localhost.
func start(t *testing.T, o backend.Options) (*backend.Backend, dialer) {
	t.Helper()
	b, err := backend.New(o)
	must(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	serve(t, b, l)
	return b, func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
	}
}

// serve serves b until the test ends, and demands that it ends well.
func serve(t *testing.T, b *backend.Backend, l net.Listener) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- b.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

// provision makes a vehicle that reaches the backend.
func provision(t *testing.T, b *backend.Backend, vin string, dial dialer) *car {
	t.Helper()
	credentials, err := b.Provision(vin)
	must(t, err)
	return &car{
		t:           t,
		Credentials: credentials,
		client:      client(t, dial, &tls.Config{RootCAs: credentials.Authorities, Certificates: []tls.Certificate{credentials.Certificate}}),
		metadata:    map[backend.Repository]string{backend.Director: t.TempDir(), backend.Images: t.TempDir()},
	}
}

func client(t *testing.T, dial dialer, c *tls.Config) *http.Client {
	transport := &http.Transport{
		TLSClientConfig: c,
		DialContext:     func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// updater is go-tuf's own client of one repository, which begins with what the car has seen of it.
func (c *car) updater(of backend.Repository) *updater.Updater {
	c.t.Helper()
	address, root := c.Address+"/v1/images/metadata", c.ImagesRoot
	if of == backend.Director {
		address, root = c.Address+"/v1/vehicles/"+c.VIN+"/director", c.DirectorRoot
	}
	cfg, err := config.New(address, root)
	must(c.t, err)
	cfg.LocalMetadataDir, cfg.LocalTargetsDir = c.metadata[of], c.t.TempDir()
	cfg.RemoteTargetsURL = c.Address + "/v1/images/targets"
	must(c.t, cfg.SetDefaultFetcherHTTPClient(c.client))
	u, err := updater.New(cfg)
	must(c.t, err)
	return u
}

// refresh loads the metadata of a repository.
func (c *car) refresh(of backend.Repository) error {
	c.t.Helper()
	return c.updater(of).Refresh()
}

// info is what a repository says of a target.
func (c *car) info(of backend.Repository, target string) *metadata.TargetFiles {
	c.t.Helper()
	info, err := c.updater(of).GetTargetInfo(target)
	must(c.t, err)
	return info
}

// download loads a target as the image repository describes it.
func (c *car) download(target string) ([]byte, error) {
	c.t.Helper()
	u := c.updater(backend.Images)
	info, err := u.GetTargetInfo(target)
	must(c.t, err)
	_, data, err := u.DownloadTarget(info, "", "")
	return data, err
}

// get asks for a path with headers ("Range", "bytes=0-9").
func (c *car) get(path string, headers ...string) (status int, header http.Header, body []byte) {
	c.t.Helper()
	return do(c.t, c.client, http.MethodGet, c.Address+path, nil, headers...)
}

// post sends JSON.
func (c *car) post(method, path string, body any) int {
	c.t.Helper()
	status, _, _ := do(c.t, c.client, method, c.Address+path, body)
	return status
}

// do makes a request and reads the answer whole.
func do(t *testing.T, client *http.Client, method, address string, body any, headers ...string) (int, http.Header, []byte) {
	t.Helper()
	data, ok := body.([]byte)
	if !ok && body != nil {
		var err error
		data, err = json.Marshal(body)
		must(t, err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, bytes.NewReader(data))
	must(t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := client.Do(r)
	must(t, err)
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	must(t, err)
	return answer.StatusCode, answer.Header, got
}

// release is a campaign of two packages.
func release(id string) backend.Release {
	return backend.Release{
		Campaign: cloud.Campaign{
			Offer: ota.Offer{Campaign: id, Version: "2.0", Purpose: "better", Size: 150_000, Download: time.Minute},
			Members: []cloud.Member{
				{ECU: "bcm", Target: bcm, Version: "2.0", Hardware: "BCM-A"},
				{ECU: "gateway", Target: gateway, Version: "2.0", Hardware: "GW-A"},
			},
		},
		Files:  map[string][]byte{bcm: noise(100_000), gateway: noise(50_000)},
		Custom: map[string]cloud.Custom{gateway: {ECU: "gateway", Hardware: "GW-A", Counter: 7}},
	}
}

func noise(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// publish offers a release to the vehicles.
func publish(t *testing.T, b *backend.Backend, r backend.Release, vins ...string) {
	t.Helper()
	for _, v := range vins {
		must(t, b.Publish(v, r))
	}
}

func decode[T any](t *testing.T, data []byte) (v T) {
	t.Helper()
	must(t, json.Unmarshal(data, &v))
	return v
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mention demands an error that says all words.
func mention(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one with %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q lacks %q", err, w)
		}
	}
}
