package master

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"otabench/ecu/ota"
	"otabench/ecu/ota/cloud"
)

// maxAnswer bounds an answer other than a package, in bytes.
const maxAnswer = 512 << 10

// connecting is how many times longer than for the next byte a first answer is waited for: on a connection that is far away
// it takes several ways there and back.
const connecting = 3

// connection is the master's to its backend.
type connection struct {
	client  *http.Client
	address string
	stall   time.Duration
	clock   *clock
}

func newConnection(cfg Config, dial func(context.Context) (net.Conn, error), c *clock) *connection {
	trust := &tls.Config{
		RootCAs: cfg.Credentials.Authorities, Certificates: []tls.Certificate{cfg.Credentials.Certificate},
		MinVersion: tls.VersionTLS13, Time: c.certificates, InsecureSkipVerify: cfg.has(AnyServer),
	}
	return &connection{
		address: cfg.Credentials.Address, stall: cfg.Timing.Stall, clock: c,
		client: &http.Client{Transport: &http.Transport{
			DialContext:     func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) },
			TLSClientConfig: trust, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 2,
		}},
	}
}

func (c *connection) close() { c.client.CloseIdleConnections() }

// statusError is an answer that is no success.
type statusError struct {
	path string
	code int
}

func (e *statusError) Error() string {
	return fmt.Sprintf("%s: the backend answers %d %s", e.path, e.code, http.StatusText(e.code))
}

// causeOf tells the user's words for an error of the connection.
func causeOf(err error) ota.Cause {
	var status *statusError
	if errors.As(err, &status) && status.code >= 500 {
		return ota.BackendDown
	}
	return ota.PoorConnection
}

// do sends a request and returns its answer, whatever its status. The answer's body has to be closed.
func (c *connection) do(ctx context.Context, method, path string, body []byte, header http.Header) (*http.Response, error) {
	q, err := http.NewRequestWithContext(ctx, method, c.address+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for k, v := range header {
		q.Header[k] = v
	}
	r, err := c.client.Do(q)
	if err != nil {
		return nil, err
	}
	if date, err := http.ParseTime(r.Header.Get("Date")); err == nil {
		c.clock.confirm(date)
	}
	return r, nil
}

// fetch returns what is at a path. It gives up when nothing comes for a while.
func (c *connection) fetch(ctx context.Context, path string, limit int64) ([]byte, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(connecting*c.stall, func() { cancel(errStalled) }) // it may have to be connected first
	defer watch.Stop()
	r, err := c.do(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return nil, ended(ctx, err)
	}
	defer r.Body.Close()
	raw, err := io.ReadAll(&lively{r: io.LimitReader(r.Body, limit+1), alive: func() { watch.Reset(c.stall) }})
	switch {
	case err != nil:
		return nil, ended(ctx, err)
	case r.StatusCode/100 != 2:
		return nil, &statusError{path, r.StatusCode}
	case int64(len(raw)) > limit:
		return nil, fmt.Errorf("%s: more than %d bytes", path, limit)
	}
	return raw, nil
}

// ended prefers the reason why a request was given up to the error that it ended with.
func ended(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// errStalled means that the connection stands and nothing comes.
var errStalled = errors.New("nothing comes any more")

// lively tells of each read that brings something.
type lively struct {
	r     io.Reader
	alive func()
}

func (l *lively) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	if n > 0 {
		l.alive()
	}
	return n, err
}

func (c *connection) get(ctx context.Context, path string, answer any) error {
	raw, err := c.fetch(ctx, path, maxAnswer)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, answer)
}

// put sends JSON.
func (c *connection) put(ctx context.Context, method, path string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 2*c.stall, errStalled)
	defer cancel()
	r, err := c.do(ctx, method, path, raw, http.Header{"Content-Type": {"application/json"}})
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(r.Body, maxAnswer)); err != nil {
		return err
	}
	if r.StatusCode/100 != 2 {
		return &statusError{path, r.StatusCode}
	}
	return nil
}

// commands waits for what users do in the app.
func (c *connection) commands(ctx context.Context, vin string, after int) ([]cloud.Command, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, cloud.PollTime+2*c.stall, errStalled)
	defer cancel()
	path := fmt.Sprintf("/v1/vehicles/%s/commands?after=%d", vin, after)
	r, err := c.do(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode/100 != 2 {
		return nil, &statusError{path, r.StatusCode}
	}
	var answer cloud.Commands
	err = json.NewDecoder(io.LimitReader(r.Body, maxAnswer)).Decode(&answer)
	return answer.Commands, err
}
