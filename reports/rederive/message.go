package rederive

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"otabench/bench/record"
	"otabench/can/isotp"
)

// recorded is how many bytes of a message a record has; of a longer one it has the digest.
const recorded = 64

// message is a message on the bus as far as it was seen.
type message struct {
	number     uint64        // of its first frame in the trace
	begin, end time.Duration // of its first and its last frame so far
	length     int
	head       []byte // up to recorded bytes
	got        int    // bytes
	digest     string // of a whole one that is longer than recorded, hexadecimal
	spec       string // that ran
}

func (m *message) whole() bool { return m.got == m.length }

// add takes what a frame carries.
func (m *message) add(p *isotp.PDU, t time.Duration) {
	m.end, m.got = t, len(p.Data)
	if n := min(len(p.Data), recorded); n > len(m.head) {
		m.head = append(m.head, p.Data[len(m.head):n]...)
	}
	if p.Complete && len(p.Data) > recorded {
		sum := sha256.Sum256(p.Data)
		m.digest = hex.EncodeToString(sum[:])
	}
}

// is reports whether the message is what the record says, as far as it was seen.
func (m *message) is(text string, length int, digest string) bool {
	want, err := hex.DecodeString(text)
	if err != nil || m.length != length {
		return false
	}
	n := min(len(want), len(m.head))
	if string(want[:n]) != string(m.head[:n]) {
		return false
	}
	return digest == "" || m.digest == "" || digest == m.digest
}

func (m *message) String() string {
	more, part := "", ""
	if m.length > len(m.head) {
		more = "…"
	}
	if !m.whole() {
		part = fmt.Sprintf(", %d of them seen", m.got)
	}
	if m.digest != "" {
		more += " (SHA-256 " + m.digest[:8] + "…)"
	}
	return fmt.Sprintf("%x%s, %d bytes%s, from %v to %v", m.head[:min(len(m.head), 12)], more, m.length, part, m.begin, m.end)
}

// refusal returns the code of a negative response to a service, false if the message is none.
func (m *message) refusal(service byte) (code byte, ok bool) {
	if m.whole() && m.length == 3 && m.head[0] == 0x7F && m.head[1] == service {
		return m.head[2], true
	}
	return 0, false
}

// grants reports whether the message is a positive response to a service.
func (m *message) grants(service byte) bool { return len(m.head) > 0 && m.head[0] == service+0x40 }

func describeRequest(x record.Exchange) string {
	return fmt.Sprintf("%.24s, %d bytes, from %v, left %v later", x.Request, x.RequestLen, x.Sent, x.Left)
}

func describeResponse(x record.Exchange) string {
	switch {
	case x.NRC != "":
		return fmt.Sprintf("NRC %s to %.24s", x.NRC, x.Request)
	case x.Response != "":
		return fmt.Sprintf("%.24s, %d bytes", x.Response, x.RespLen)
	}
	return fmt.Sprintf("no response to %.24s", x.Request)
}
