package master

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/ota"
)

// body is a package of 100 KiB that tells each of its places from the others.
var body = func() []byte {
	var b bytes.Buffer
	for i := 0; b.Len() < 100<<10; i++ {
		fmt.Fprintf(&b, "%07d\n", i)
	}
	return b.Bytes()
}()

// server answers requests for body, each in the way that is next; the last way goes on.
type server struct {
	t    *testing.T
	ways []func(w http.ResponseWriter, from int)

	mu    sync.Mutex
	asked []int
}

// offsets are those that were asked for.
func (s *server) offsets() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprint(s.asked)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes=")
	if strings.HasPrefix(r.URL.Path, "/v1/probe/") {
		_, _ = w.Write(make([]byte, 16<<10))
		return
	}
	from, err := strconv.Atoi(strings.TrimSuffix(text, "-"))
	if !ok || err != nil {
		s.t.Errorf("range %q of %s", r.Header.Get("Range"), r.URL)
	}
	s.mu.Lock()
	way := s.ways[min(len(s.asked), len(s.ways)-1)]
	s.asked = append(s.asked, from)
	s.mu.Unlock()
	way(w, from)
}

func ranged(w http.ResponseWriter, from int) {
	w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(body)-1, len(body)))
	w.Header().Set("Content-Length", strconv.Itoa(len(body)-from))
	w.WriteHeader(http.StatusPartialContent)
}

func good(w http.ResponseWriter, from int) {
	ranged(w, from)
	_, _ = w.Write(body[from:])
}

// short ends the connection after n bytes.
func short(n int) func(http.ResponseWriter, int) {
	return func(w http.ResponseWriter, from int) {
		ranged(w, from)
		_, _ = w.Write(body[from:min(from+n, len(body))])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

// stalls sends n bytes and no more.
func stalls(n int) func(http.ResponseWriter, int) {
	return func(w http.ResponseWriter, from int) {
		ranged(w, from)
		_, _ = w.Write(body[from : from+n])
		_ = http.NewResponseController(w).Flush()
		time.Sleep(time.Minute)
	}
}

func whole(w http.ResponseWriter, _ int) { _, _ = w.Write(body) }

func status(code int) func(http.ResponseWriter, int) {
	return func(w http.ResponseWriter, _ int) { w.WriteHeader(code) }
}

// elsewhere sends a part that begins somewhere else.
func elsewhere(w http.ResponseWriter, from int) {
	w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from+8, len(body)-1, len(body)))
	w.WriteHeader(http.StatusPartialContent)
	_, _ = w.Write(body[from+8:])
}

// slow sends 8 KiB a second, of which every bit comes.
func slow(w http.ResponseWriter, from int) {
	ranged(w, from)
	for len(body) > from {
		n := min(1<<10, len(body)-from)
		if _, err := w.Write(body[from : from+n]); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
		from += n
		time.Sleep(time.Second / 8)
	}
}

// endless never ends.
func endless(w http.ResponseWriter, from int) {
	w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(body)-1, len(body)))
	w.WriteHeader(http.StatusPartialContent)
	_, _ = w.Write(body[from:])
	for {
		if _, err := w.Write(make([]byte, 4<<10)); err != nil {
			return
		}
	}
}

func TestDownload(t *testing.T) {
	type ways = []func(http.ResponseWriter, int)
	for _, c := range []struct {
		name  string
		ways  ways
		cause ota.Cause
		asked string        // offsets
		most  time.Duration // that it takes
	}{
		{"in one piece", ways{good}, "", "[0]", 0},
		{"in pieces", ways{short(30 << 10), short(8 << 10), good}, "", "[0 30720 38912]", 0},
		{"endless", ways{endless}, "", "[0]", 0},
		{"a server without ranges", ways{whole}, "", "[0]", 0},
		{"a server without ranges that broke", ways{short(30 << 10), whole}, "", "[0 30720]", 0},
		{"it stalls", ways{stalls(8 << 10)}, ota.PoorConnection, "[0]", 3 * time.Second},
		{"no answer", ways{func(http.ResponseWriter, int) { time.Sleep(time.Minute) }}, ota.PoorConnection, "[0]", 7 * time.Second},
		{"slow", ways{slow}, ota.PoorConnection, "[0]", 4 * time.Second},
		{"a byte for each connection", ways{short(1)}, ota.PoorConnection, "[0]", 0},
		{"nothing for each connection", ways{short(0)}, ota.PoorConnection, "[0]", 0},
		{"not found", ways{status(http.StatusNotFound)}, ota.BadPackage, "[0]", 0},
		{"shorter than it was", ways{short(30 << 10), status(http.StatusRequestedRangeNotSatisfiable)}, ota.BadPackage, "[0 30720]", 0},
		{"forbidden", ways{status(http.StatusForbidden)}, ota.PoorConnection, "[0]", 0},
		{"server error", ways{status(http.StatusServiceUnavailable)}, ota.BackendDown, "[0]", 0},
		{"another part, first", ways{elsewhere}, ota.BadPackage, "[0]", 0},
		{"another part, later", ways{short(30 << 10), elsewhere}, ota.BadPackage, "[0 30720]", 0},
		{"no content", ways{status(http.StatusNoContent)}, ota.PoorConnection, "[0]", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{t: t, ways: c.ways}
				l := wants(newLife(t, s))
				start := time.Now()
				if cause := l.download(); cause != c.cause {
					t.Errorf("it ends with %q, want %q", cause, c.cause)
				}
				if took := time.Since(start); took > c.most {
					t.Errorf("it took %v", took)
				}
				if asked := s.offsets(); asked != c.asked {
					t.Errorf("asked for offsets %s, want %s", asked, c.asked)
				}
				got := l.storage.read("p.ota")
				if c.cause == "" && !bytes.Equal(got, body) || !bytes.HasPrefix(body, got) {
					t.Errorf("%d bytes are there, and not those of the package", len(got))
				}
				l.storage.cut()
				if c.cause == "" && l.storage.length("p.ota") != int64(len(body)) {
					t.Error("a power cut takes some of it")
				}
			})
		})
	}
}

// wants makes body what a life downloads.
func wants(l *life) *life {
	sum := sha256.Sum256(body)
	l.rec.Targets = []target{{"p.ota", int64(len(body)), hex.EncodeToString(sum[:])}}
	return l
}

// A power cut takes what was not synced, and the download goes on before that.
func TestDownloadGoesOnAfterAPowerCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{t: t, ways: []func(http.ResponseWriter, int){good}}
		l := wants(newLife(t, s))
		must(t, l.storage.add("p.ota", body[:syncEvery]))
		l.storage.sync("p.ota")
		must(t, l.storage.add("p.ota", body[syncEvery:syncEvery+100]))
		l.storage.cut()
		if cause := l.download(); cause != "" || s.offsets() != fmt.Sprintf("[%d]", syncEvery) {
			t.Errorf("%q, asked for %s", cause, s.offsets())
		}
		if !bytes.Equal(l.storage.read("p.ota"), body) {
			t.Error("the package is not what it should be")
		}
	})
}

func TestDownloadStopsForEnergyAndRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := wants(newLife(t, &server{t: t, ways: []func(http.ResponseWriter, int){good}}))
		l.charge(29)
		if cause := l.download(); cause != ota.LowBattery {
			t.Errorf("an empty battery: %q", cause)
		}
		l.charge(30)
		l.storage.size = 50 << 10
		if cause := l.room(); cause != ota.StorageFull {
			t.Errorf("no room: %q", cause)
		}
		if cause := l.download(); cause != ota.StorageFull || l.storage.length("p.ota") > l.storage.size {
			t.Errorf("full: %q with %d bytes", cause, l.storage.length("p.ota"))
		}
		l.storage.size = 200 << 10
		if cause := l.room(); cause != "" {
			t.Errorf("there is room for the rest: %q", cause)
		}
		if cause := l.download(); cause != "" {
			t.Errorf("it ends with %q", cause)
		}
	})
}

func TestVerifyFindsWhatIsNotThePackage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := wants(newLife(t, nil))
		must(t, l.storage.add("p.ota", bytes.ToUpper(body[:len(body)-1])))
		if cause := l.verify(); cause != ota.BadPackage {
			t.Errorf("%q", cause)
		}
		if l = wants(newLife(t, nil)); l.verify() != ota.BadPackage {
			t.Error("nothing is there, and it is good")
		}
	})
}

// The requests beside a download give up as well, and read no more than they should.
func TestFetch(t *testing.T) {
	answers := map[string]http.HandlerFunc{
		"good":    func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "0123456789") },
		"long":    func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "0123456789+") },
		"silent":  func(http.ResponseWriter, *http.Request) { time.Sleep(time.Hour) },
		"missing": func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) },
		"broken":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"down":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
	}
	for name, want := range map[string]struct {
		text  string
		cause ota.Cause
	}{
		"good": {}, "long": {"more than 10 bytes", ota.PoorConnection}, "silent": {"nothing comes any more", ota.PoorConnection},
		"missing": {"404 Not Found", ota.PoorConnection}, "broken": {"EOF", ota.PoorConnection}, "down": {"502 Bad Gateway", ota.BackendDown},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newLife(t, answers[name])
			raw, err := l.cloud.fetch(l.ctx, "/x", 10)
			if want.text == "" {
				if err != nil || string(raw) != "0123456789" {
					t.Errorf("%s: %q, %v", name, raw, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), want.text) || causeOf(err) != want.cause {
				t.Errorf("%s: %v, %q", name, err, causeOf(err))
			}
		})
	}
}

// Whoever calls himself by a path is not who is at its end.
func TestPermission(t *testing.T) {
	users := http.NewServeMux()
	users.HandleFunc("GET /v1/vehicles/{vin}/users/{user}", func(w http.ResponseWriter, r *http.Request) {
		switch r.PathValue("user") {
		case "owner":
			_, _ = io.WriteString(w, `{"user":"owner","permissions":["unlock","update"]}`)
		case "guest":
			_, _ = io.WriteString(w, `{"user":"guest","permissions":["unlock"]}`)
		case "thief":
			_, _ = io.WriteString(w, `{"user":"owner","permissions":["update"]}`)
		case "broken":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			http.NotFound(w, r)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		l := newLife(t, users)
		for user, want := range map[string]ota.Cause{
			"owner": "", "guest": ota.NoPermission, "nobody": ota.NoPermission, "": ota.NoPermission, "broken": ota.BackendDown,
			"guest/../owner": ota.NoPermission, "owner?x": ota.NoPermission, "owner#x": ota.NoPermission, "./owner": ota.NoPermission,
			"thief": ota.NoPermission, "..": ota.NoPermission, "owner%20": ota.NoPermission,
		} {
			if got := l.permitted(l.ctx, user); got != want {
				t.Errorf("%q: %q, want %q", user, got, want)
			}
		}
	})
}
