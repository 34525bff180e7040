package html

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// browser is a headless Chromium with one page, driven over a pipe by the Chrome DevTools Protocol.
type browser struct {
	t       testing.TB
	to      *os.File
	from    *bufio.Reader
	id      int
	session string
	said    []string          // errors and messages of the page
	asked   map[string]string // addresses that it asked the network for, and was not kept from, by request
}

// openBrowser starts Chromium. It is a peer: its absence fails in CI, and elsewhere leaves a test out.
func openBrowser(t testing.TB) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is missing; run .ci/install")
		}
		t.Skip("not checked: chromium is not installed")
	}
	in, to := pipe(t)
	from, out := pipe(t)
	cmd := exec.CommandContext(t.Context(), path, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--user-data-dir="+profile(t), "--window-size=1280,900")
	cmd.ExtraFiles = []*os.File{in, out} // descriptors 3 and 4
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	out.Close()
	b := &browser{t: t, to: to, from: bufio.NewReader(from), asked: map[string]string{}}
	t.Cleanup(func() {
		b.session = ""
		b.post("Browser.close", nil)
		_ = cmd.Wait()
	})
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

// profile is a folder for the browser, whose helpers may write to it a little longer than it lives.
func profile(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "chromium-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func pipe(t testing.TB) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}

// post sends a command and does not wait.
func (b *browser) post(method string, params any) {
	b.id++
	text, err := json.Marshal(struct {
		ID      int    `json:"id"`
		Method  string `json:"method"`
		Params  any    `json:"params,omitempty"`
		Session string `json:"sessionId,omitempty"`
	}{b.id, method, params, b.session})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil && !errors.Is(err, os.ErrClosed) {
		b.t.Logf("%s: %v", method, err)
	}
}

// answer is a reply, or an event that the page sent meanwhile.
type answer struct {
	ID     int
	Method string
	Params json.RawMessage
	Result json.RawMessage
	Error  *struct{ Message string }
}

func (b *browser) next() answer {
	b.t.Helper()
	text, err := b.from.ReadBytes(0)
	if err != nil {
		b.t.Fatalf("chromium ended: %v; it said %q", err, b.said)
	}
	var a answer
	if err := json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &a); err != nil {
		b.t.Fatal(err)
	}
	switch a.Method {
	case "Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled":
		b.said = append(b.said, string(a.Params))
	case "Network.requestWillBeSent":
		var sent struct {
			RequestID string
			Request   struct{ URL string }
		}
		if err := json.Unmarshal(a.Params, &sent); err == nil && !strings.HasPrefix(sent.Request.URL, "file:") {
			b.asked[sent.RequestID] = sent.Request.URL
		}
	case "Network.loadingFailed":
		var failed struct{ RequestID, BlockedReason string }
		if err := json.Unmarshal(a.Params, &failed); err == nil && failed.BlockedReason == "csp" {
			delete(b.asked, failed.RequestID)
		}
	}
	return a
}

func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	b.post(method, params)
	id := b.id
	for {
		a := b.next()
		switch {
		case a.ID != id:
		case a.Error != nil:
			b.t.Fatalf("%s: %s", method, a.Error.Message)
		default:
			if result != nil {
				if err := json.Unmarshal(a.Result, result); err != nil {
					b.t.Fatal(err)
				}
			}
			return
		}
	}
}

// open shows a file, from a fresh page, and returns the time until it was loaded.
func (b *browser) open(path, fragment string) time.Duration {
	b.t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		b.t.Fatal(err)
	}
	b.call("Page.navigate", map[string]any{"url": "about:blank"}, nil)
	b.event("Page.loadEventFired")
	begin := time.Now()
	b.call("Page.navigate", map[string]any{"url": "file://" + path + fragment}, nil)
	b.event("Page.loadEventFired")
	return time.Since(begin)
}

func (b *browser) event(method string) {
	b.t.Helper()
	for b.next().Method != method {
	}
}

// value runs a script on the page, waits for what it promises, and returns that.
func (b *browser) value(format string, args ...any) string {
	b.t.Helper()
	var got struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{"expression": fmt.Sprintf(format, args...), "awaitPromise": true, "returnByValue": true}, &got)
	if got.ExceptionDetails != nil {
		b.t.Fatalf("the page failed: %s", got.ExceptionDetails)
	}
	return fmt.Sprint(got.Result.Value)
}

// until waits for an expression to become true, asked at each frame that the browser draws.
func (b *browser) until(expression string) {
	b.t.Helper()
	const script = `new Promise((done) => { const end = Date.now() + 10000; (function look() {
		let is = false; try { is = (%s); } catch (e) {}
		if (is || Date.now() > end) done(Boolean(is)); else setTimeout(look, 10); })(); })`
	if b.value(script, expression) != "true" {
		b.t.Fatalf("never became true: %s; the page said %q", expression, b.said)
	}
}

// key presses a key where the focus is.
func (b *browser) key(key string) {
	b.t.Helper()
	press := map[string]any{"type": "keyDown", "key": key}
	if len(key) == 1 {
		press["text"] = key
	}
	b.call("Input.dispatchKeyEvent", press, nil)
	b.call("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key}, nil)
}

// files puts files into an input of the page.
func (b *browser) files(selector string, paths ...string) {
	b.t.Helper()
	var document struct{ Root struct{ NodeID int } }
	b.call("DOM.getDocument", nil, &document)
	var node struct{ NodeID int }
	b.call("DOM.querySelector", map[string]any{"nodeId": document.Root.NodeID, "selector": selector}, &node)
	b.call("DOM.setFileInputFiles", map[string]any{"nodeId": node.NodeID, "files": paths}, nil)
}

// quiet holds that the page met no error, and asked the network for nothing.
func (b *browser) quiet() {
	b.t.Helper()
	if len(b.said) > 0 {
		b.t.Errorf("the page said %q", b.said)
	}
	b.alone()
}

// alone holds that the page asked the network for nothing.
func (b *browser) alone() {
	b.t.Helper()
	for _, address := range b.asked {
		if address != "about:blank" {
			b.t.Errorf("the page asked the network for %s", address)
		}
	}
}
