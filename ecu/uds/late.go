package uds

import (
	"bytes"
	"slices"
	"time"
)

// late remembers requests that got no response in time. A busy server may answer after all, and that response must not be
// taken for the one to the next request: a block of TransferData that was sent again would seem to get a wrong counter.
// It belongs to whoever has the turn.
type late []overdue

type overdue struct {
	query
	until time.Time // after that, a response is nobody's
}

// mostLate bounds how many requests are remembered.
const mostLate = 8

// add remembers a request for a time, if its response can be told from others.
func (l *late) add(q query, within time.Duration) {
	if len(q.echo) == 0 {
		return
	}
	if len(*l) == mostLate {
		*l = slices.Delete(*l, 0, 1)
	}
	*l = append(*l, overdue{q, time.Now().Add(within)})
}

// take says whether a message is the response to a remembered request and cannot be that to q. It is forgotten then.
func (l *late) take(q query, m []byte) bool {
	now := time.Now()
	*l = slices.DeleteFunc(*l, func(o overdue) bool { return now.After(o.until) })
	if q.answeredBy(m) {
		return false
	}
	i := slices.IndexFunc(*l, func(o overdue) bool { return o.answeredBy(m) })
	if i < 0 {
		return false
	}
	*l = slices.Delete(*l, i, i+1)
	return true
}

// answeredBy says that a message is a positive response which repeats what it has to.
func (q query) answeredBy(m []byte) bool {
	return len(m) > 0 && m[0] == q.request[0]+positive && bytes.HasPrefix(m[1:], q.echo)
}
