package backend

import (
	"fmt"
	"net/http"
	"slices"
)

// ByteRange is a part of a target: from Start up to, but not including, End.
type ByteRange struct{ Start, End int64 }

// Len is the number of bytes.
func (r ByteRange) Len() int64 { return r.End - r.Start }

// String is as in "[0, 4096)".
func (r ByteRange) String() string { return fmt.Sprintf("[%d, %d)", r.Start, r.End) }

// fetchedKey is a target of one content.
type fetchedKey struct{ path, hash string }

const (
	// pieceBytes go out at once. Less of a piece than all of it cannot be accounted for.
	pieceBytes = 4 << 10
	// maxResponses of one target are accounted for.
	maxResponses = 1 << 16
)

// Fetched says which bytes of a target, as it is published now, have been sent: one range for each response that had
// any, in the order in which the responses began. Bytes count when the connection has taken them, in pieces of 4 KiB;
// where a connection breaks, the piece under way is not counted. It is nil for a target that is unknown.
func (b *Backend) Fetched(target string) []ByteRange {
	b.mu.Lock()
	defer b.mu.Unlock()
	published, ok := b.images.targets[target]
	if !ok {
		return nil
	}
	ranges := slices.Clone(b.fetched[fetchedKey{target, hexHash(published)}])
	return slices.DeleteFunc(ranges, func(r ByteRange) bool { return r.Len() == 0 })
}

// meter sends a response and accounts for its body.
type meter struct {
	http.ResponseWriter
	control *http.ResponseController
	backend *Backend
	key     fetchedKey
	status  int
	at      int64 // offset in the target of the next byte
	index   int   // of this response among those of the target; -1 before its first byte
}

func newMeter(w http.ResponseWriter, b *Backend, key fetchedKey) *meter {
	return &meter{ResponseWriter: w, control: http.NewResponseController(w), backend: b, key: key, status: http.StatusOK, index: -1}
}

// WriteHeader learns where in the target the body begins.
func (m *meter) WriteHeader(status int) {
	m.status = status
	if status == http.StatusPartialContent {
		// ServeContent has written it; what does not parse leaves 0.
		_, _ = fmt.Sscanf(m.Header().Get("Content-Range"), "bytes %d-", &m.at)
	}
	m.ResponseWriter.WriteHeader(status)
}

// Write sends in pieces and waits for each to be taken.
func (m *meter) Write(p []byte) (int, error) {
	if m.status != http.StatusOK && m.status != http.StatusPartialContent {
		return m.ResponseWriter.Write(p)
	}
	written := 0
	for piece := range slices.Chunk(p, pieceBytes) {
		// It counts beforehand, since who has received it may ask at once.
		m.count(len(piece))
		_, err := m.ResponseWriter.Write(piece)
		if err == nil {
			err = m.control.Flush()
		}
		if err != nil {
			m.count(-len(piece))
			return written, err
		}
		written += len(piece)
	}
	return written, nil
}

func (m *meter) count(n int) {
	b := m.backend
	b.mu.Lock()
	defer b.mu.Unlock()
	ranges := b.fetched[m.key]
	if m.index < 0 && len(ranges) < maxResponses {
		m.index = len(ranges)
		ranges = append(ranges, ByteRange{m.at, m.at})
		b.fetched[m.key] = ranges
	}
	m.at += int64(n)
	if m.index >= 0 {
		ranges[m.index].End = m.at
	}
}
