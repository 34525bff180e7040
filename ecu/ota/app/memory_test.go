package app_test

import (
	"context"
	"errors"
	"fmt"
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

	"otabench/ecu/ota"
	"otabench/ecu/ota/app"
	"otabench/ecu/ota/cloud"
)

// memory is a listener in memory, so that the app and its backend run in virtual time.
type memory struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (n *memory) Accept() (net.Conn, error) {
	select {
	case c := <-n.conns:
		return c, nil
	case <-n.done:
		return nil, net.ErrClosed
	}
}

func (n *memory) Close() error {
	n.once.Do(func() { close(n.done) })
	return nil
}

func (n *memory) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

// bubble is an app and its backend in virtual time.
type bubble struct {
	*testing.T
	*maker
	net    atomic.Pointer[memory] // on which the backend listens
	server *http.Server
	app    *app.Display
	begin  time.Time
	shown  []string // with the time since the beginning
}

// serve starts the backend, and stop ends it with all its connections.
func (b *bubble) serve() {
	n := &memory{conns: make(chan net.Conn), done: make(chan struct{})}
	s := &http.Server{Handler: b.maker}
	b.server = s
	b.net.Store(n)
	go func() { _ = s.Serve(n) }()
}

func (b *bubble) stop() { _ = b.server.Close() }

func (b *bubble) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	n := b.net.Load()
	select {
	case <-n.done:
		return nil, errors.New("connection refused")
	case n.conns <- there:
		return here, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func inBubble(t *testing.T, f func(t *testing.T, b *bubble)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{T: t, maker: newMaker(), begin: time.Now()}
		b.serve()
		client := &http.Client{Transport: &http.Transport{DialContext: b.dial}}
		b.app = app.Open(client, "http://backend", vin, "owner", token)
		stop := b.app.Watch(func(v ota.View) {
			b.shown = append(b.shown, fmt.Sprintf("%v %v", time.Since(b.begin), v))
		})
		f(t, b)
		stop()
		_ = b.app.Close()
		client.CloseIdleConnections()
		b.stop()
	})
}

// until waits for an instant, counted from the beginning, and for all that happens then.
func (b *bubble) until(d time.Duration) {
	time.Sleep(time.Until(b.begin.Add(d)))
	synctest.Wait()
}

func (b *bubble) expect(want ...string) {
	b.Helper()
	if !slices.Equal(b.shown, want) {
		b.Errorf("the app has shown\n%s\nwant\n%s", strings.Join(b.shown, "\n"), strings.Join(want, "\n"))
	}
}

func TestLongPolling(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.until(time.Minute + 100*time.Millisecond)
		if asked := b.questions(); len(asked) != 4 {
			t.Errorf("the app has asked %d times in three polls", len(asked))
		}
		b.put(ota.View{State: ota.Offered})
		synctest.Wait()
		b.expect("1m0.1s offered")
	})
}

func TestQuickViewsAreShownByTheirNewest(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.until(time.Second)
		for percent := 1; percent <= 5; percent++ {
			b.put(ota.View{State: ota.Downloading, Percent: percent})
			synctest.Wait()
		}
		b.until(2 * time.Second)
		b.expect("1s downloading 1 %", "1.01s downloading 5 %")
	})
}

func TestBackendIsDownForAWhile(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.put(ota.View{State: ota.Ready})
		b.until(time.Second)
		b.stop()
		b.until(9500 * time.Millisecond)
		b.serve()
		b.put(ota.View{State: ota.Scheduled})
		b.until(12 * time.Second)
		b.expect("0s ready", "10s scheduled")
	})
}

// A backend that was started anew counts from 1 again.
func TestNumbersThatGoBack(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		for range 5 {
			b.put(ota.View{State: ota.Ready})
		}
		b.until(time.Second)
		b.restart()
		b.put(ota.View{State: ota.Installing})
		b.until(time.Second + cloud.PollTime) // it keeps the request, since it has nothing newer than 5
		b.put(ota.View{State: ota.Succeeded})
		b.until(2*time.Second + cloud.PollTime)
		b.expect("0s ready", "20.01s installing", "21s succeeded")
	})
}

// After a connection that broke, the app asks for whatever there is, since the backend may have been started anew.
func TestBackendIsStartedAnew(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		for range 5 {
			b.put(ota.View{State: ota.Ready})
		}
		b.until(time.Second)
		b.stop()
		b.restart()
		b.put(ota.View{State: ota.Installing})
		b.until(2500 * time.Millisecond)
		b.serve()
		b.until(4 * time.Second)
		b.expect("0s ready", "3s installing")
	})
}

func TestSameNumberForAnotherView(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.put(ota.View{State: ota.Ready})
		b.until(time.Second)
		b.restart()
		b.put(ota.View{State: ota.Installing})
		b.until(2 * cloud.PollTime)
		b.expect("0s ready", "20.01s installing")
	})
}

// Whatever a backend answers, the app asks about once a second and goes on when there is a view again.
func TestHostileAnswers(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"error":     func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) },
		"nothing":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"no JSON":   text("<html>sign in to the hotel's network</html>"),
		"null":      text("null"),
		"no state":  text(`{"seq":9,"view":{"percent":3}}`),
		"other":     text(`{"seq":"9","view":[]}`),
		"two":       text(`{"seq":9,"view":{"state":"failed"}}{}`),
		"huge":      text(`{"seq":9,"view":{"state":"failed","text":"` + strings.Repeat("x", 1<<20) + `"}}`),
		"same":      text(`{"seq":1,"view":{"state":"ready"}}`),
		"too many":  text(`{"seq":9e99,"view":{"state":"failed"}}`),
		"padded":    text(`{"seq":9,"view":{"state":"failed"}}` + strings.Repeat(" ", 1<<20)),
		"endless":   func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, zeros{}) },
		"redirect":  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.String(), http.StatusFound) },
		"cut short": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, b *bubble) {
				b.put(ota.View{State: ota.Ready})
				b.until(time.Second)
				b.answer(answer)
				before := len(b.questions())
				b.until(11*time.Second - 1)
				if asked := len(b.questions()) - before; name != "redirect" && (asked < 9 || asked > 11) {
					t.Errorf("the app asked %d times in 10 s", asked)
				}
				b.answer(nil)
				b.put(ota.View{State: ota.Installing})
				b.until(12100 * time.Millisecond)
				if len(b.shown) != 2 || !strings.HasSuffix(b.shown[1], " installing") {
					t.Errorf("the app has shown %q", b.shown)
				}
			})
		})
	}
}

func text(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, s) }
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// A backend that takes a request and never answers is given up.
func TestSilentBackend(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.put(ota.View{State: ota.Ready})
		b.until(time.Second)
		b.answer(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		b.until(2 * time.Second)
		b.answer(nil)
		b.put(ota.View{State: ota.Installing})
		b.until(time.Minute)
		b.expect("0s ready", "31.01s installing")
	})
}

// What is forgotten is not shown again before it is told anew.
func TestForget(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.put(ota.View{State: ota.Ready})
		b.until(time.Second)
		b.app.Forget()
		if v, ok := b.app.View(); ok {
			t.Errorf("it shows %v", v)
		}
		b.until(cloud.PollTime + 2*time.Second)
		b.put(ota.View{State: ota.Idle})
		b.until(time.Minute)
		b.expect("0s ready", "22s idle")
	})
}

// The same view from a backend that was started anew has been told anew.
func TestForgetTheSameView(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.put(ota.View{State: ota.Idle})
		b.put(ota.View{State: ota.Ready})
		b.until(time.Second)
		b.app.Forget()
		b.restart()
		b.put(ota.View{State: ota.Ready})
		b.until(time.Minute)
		b.expect("0s ready", "20.01s ready")
	})
}

func TestCloseWhileTheBackendIsSilent(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.answer(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		b.until(time.Second)
		_ = b.app.Close()
		if passed := time.Since(b.begin); passed != time.Second {
			t.Errorf("Close took %v", passed-time.Second)
		}
	})
}

func TestCloseWhileTheAppWaits(t *testing.T) {
	inBubble(t, func(t *testing.T, b *bubble) {
		b.answer(text("nothing of use"))
		b.until(500 * time.Millisecond)
		_ = b.app.Close()
		if passed := time.Since(b.begin); passed != 500*time.Millisecond {
			t.Errorf("Close took %v", passed-500*time.Millisecond)
		}
	})
}
