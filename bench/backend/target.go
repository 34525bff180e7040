package backend

import (
	"bytes"
	"net/http"
	"path"
	"strings"
	"time"
)

// target is what a request for a target gets.
type target struct {
	key     fetchedKey
	content []byte
	endless bool
}

func (b *Backend) serveTarget(w http.ResponseWriter, r *http.Request, _ *vehicle) {
	t, ok := b.find(r.PathValue("name"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("ETag", `"`+t.key.hash+`"`)
	if strings.Contains(r.Header.Get("Range"), ",") {
		// One range can be accounted for. A server may ignore the header, and so it sends everything.
		r.Header.Del("Range")
	}
	sent := newMeter(w, b, t.key)
	if t.endless {
		sendEndless(sent, r, t.content)
		return
	}
	http.ServeContent(sent, r, "", time.Time{}, bytes.NewReader(t.content))
}

// find is the target of a name on the wire, if there is one.
func (b *Backend) find(name string) (target, bool) {
	key, ok := splitTarget(name)
	if !ok {
		return target{}, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	content, known := b.blobs[key.hash]
	if _, published := b.images.targets[key.path]; !known || !published {
		return target{}, false
	}
	if spoilt, ok := b.faults.contents[key]; ok {
		content = spoilt
	}
	return target{key: key, content: content, endless: b.faults.endless[key]}, true
}

// splitTarget takes the hash from the name of a target. It stands before the whole path, or, as TUF has it, before its
// last element.
func splitTarget(name string) (fetchedKey, bool) {
	if hash, rest, ok := cutHash(name); ok {
		return fetchedKey{path: rest, hash: hash}, true
	}
	dir, base := path.Split(name)
	hash, rest, ok := cutHash(base)
	return fetchedKey{path: dir + rest, hash: hash}, ok
}

// hashDigits is the length of a SHA-256 in hexadecimal.
const hashDigits = 64

func cutHash(name string) (hash, rest string, ok bool) {
	if len(name) <= hashDigits+1 || name[hashDigits] != '.' {
		return "", "", false
	}
	return name[:hashDigits], name[hashDigits+1:], true
}

// sendEndless sends content and then zeros, for as long as somebody takes them.
func sendEndless(w http.ResponseWriter, r *http.Request, content []byte) {
	if r.Method == http.MethodHead {
		return // no body, so nothing would ever fail
	}
	_, err := w.Write(content)
	for zeros := make([]byte, pieceBytes); err == nil; {
		_, err = w.Write(zeros)
	}
}
