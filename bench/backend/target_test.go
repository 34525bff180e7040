package backend_test

import (
	"bytes"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"

	"otabench/bench/backend"
)

// path is where a target is.
func (c *car) path(target string) string {
	c.t.Helper()
	return "/v1/images/targets/" + hex.EncodeToString(c.info(backend.Images, target).Hashes["sha256"]) + "." + target
}

func TestRangesAreServedAndAccountedFor(t *testing.T) {
	const full = 100_000
	tests := []struct {
		name   string
		header []string
		status int
		sent   []backend.ByteRange
	}{
		{"all", nil, 200, []backend.ByteRange{{Start: 0, End: full}}},
		{"begin", []string{"Range", "bytes=0-9"}, 206, []backend.ByteRange{{Start: 0, End: 10}}},
		{"rest", []string{"Range", "bytes=10-"}, 206, []backend.ByteRange{{Start: 10, End: full}}},
		{"suffix", []string{"Range", "bytes=-5"}, 206, []backend.ByteRange{{Start: full - 5, End: full}}},
		{"beyond", []string{"Range", "bytes=100000-"}, 416, nil},
		{"several", []string{"Range", "bytes=0-1,5-6"}, 200, []backend.ByteRange{{Start: 0, End: full}}},
		{"of another version", []string{"Range", "bytes=10-", "If-Range", `"other"`}, 200, []backend.ByteRange{{Start: 0, End: full}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, dial := start(t, backend.Options{})
			c := provision(t, b, vin, dial)
			r := release("c1")
			publish(t, b, r, vin)
			status, _, body := c.get(c.path(bcm), test.header...)
			if status != test.status {
				t.Fatalf("status is %d, want %d", status, test.status)
			}
			if got := b.Fetched(bcm); !slices.Equal(got, test.sent) {
				t.Errorf("sent %v, want %v", got, test.sent)
			}
			if len(test.sent) == 1 && !bytes.Equal(body, r.Files[bcm][test.sent[0].Start:test.sent[0].End]) {
				t.Error("these are not the bytes that were published")
			}
			if got := b.Fetched(gateway); got != nil {
				t.Errorf("sent %v of what nobody asked for", got)
			}
		})
	}
}

func TestDownloadIsResumedByItsTag(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	r := release("c1")
	publish(t, b, r, vin)
	_, header, first := c.get(c.path(gateway), "Range", "bytes=0-19999")
	status, _, rest := c.get(c.path(gateway), "Range", "bytes=20000-", "If-Range", header.Get("ETag"))
	if status != http.StatusPartialContent || !bytes.Equal(slices.Concat(first, rest), r.Files[gateway]) {
		t.Errorf("status %d, and %d + %d bytes do not make up the package", status, len(first), len(rest))
	}
	if got, want := b.Fetched(gateway), []backend.ByteRange{{Start: 0, End: 20_000}, {Start: 20_000, End: 50_000}}; !slices.Equal(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
}

func TestWhatIsNotSentDoesNotCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, dial := startInMemory(t, backend.Options{})
		c := provision(t, b, vin, dial)
		publish(t, b, release("c1"), vin)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.Address+c.path(bcm), nil)
		must(t, err)
		answer, err := c.client.Do(r)
		must(t, err)
		const taken = 30_000
		_, err = io.CopyN(io.Discard, answer.Body, taken)
		must(t, err)
		answer.Body.Close() // and with it the connection, which has no buffer of its own
		synctest.Wait()
		got := b.Fetched(bcm)
		if len(got) != 1 || got[0].Start != 0 || got[0].End < taken-4096 || got[0].End > taken+4096 {
			t.Errorf("sent %v; %d bytes were taken", got, taken)
		}
	})
}

func TestUnknownTargetsAreNotFound(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	publish(t, b, release("c1"), vin)
	hash := hex.EncodeToString(c.info(backend.Images, bcm).Hashes["sha256"])
	zeros := hex.EncodeToString(make([]byte, 32))
	for _, name := range []string{"", bcm, hash, hash + ".", hash + ".other.pkg", zeros + "." + bcm, "x/" + hash + "." + bcm} {
		if status, _, _ := c.get("/v1/images/targets/" + name); status != http.StatusNotFound {
			t.Errorf("%q: status %d", name, status)
		}
	}
	for _, path := range []string{"/v1/images/metadata/9.root.json", "/v1/images/metadata/root.json", "/v1/vehicles/" + vin + "/director/mirrors.json"} {
		if status, _, _ := c.get(path); status != http.StatusNotFound {
			t.Errorf("%q: status %d", path, status)
		}
	}
}

func TestSupersededPackageIsServedOn(t *testing.T) {
	b, dial := start(t, backend.Options{})
	c := provision(t, b, vin, dial)
	r := release("c1")
	publish(t, b, r, vin)
	path := c.path(bcm)
	publish(t, b, release("c2"), vin)
	if status, _, body := c.get(path); status != http.StatusOK || !bytes.Equal(body, r.Files[bcm]) {
		t.Errorf("status %d, %d bytes", status, len(body))
	}
	if got := b.Fetched(bcm); got != nil {
		t.Errorf("sent %v of the new package, want nothing", got)
	}
}
