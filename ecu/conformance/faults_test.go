package conformance_test

import (
	"bytes"
	"crypto/rand"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/conformance"
	"otabench/ecu/sim/server"
)

// answers has one kind of request answered otherwise: those that begin with the given bytes and have the given length,
// to the ECU alone. A length of 0 is any. No answer keeps the response back.
func answers(request string, length int, with ...byte) func(*world) {
	return rewrites(func(_ *faulty, m isotp.Message, response []byte) []byte {
		if !m.Functional && isRequest(m, request, length) {
			return with
		}
		return response
	})
}

func isRequest(m isotp.Message, beginning string, length int) bool {
	return bytes.HasPrefix(m.Data, []byte(beginning)) && (length == 0 || len(m.Data) == length)
}

// rewrites changes responses, or keeps them back where f returns none.
func rewrites(f func(f *faulty, m isotp.Message, response []byte) []byte) func(*world) {
	return func(w *world) {
		w.fault.response = func(wire *faulty, m isotp.Message, response []byte) [][]byte {
			if changed := f(wire, m, response); changed != nil {
				return [][]byte{changed}
			}
			return nil
		}
	}
}

// intercepts answers a request in place of the server, or ignores it where there is no answer.
func intercepts(functional bool, request string, with ...byte) func(*world) {
	return func(w *world) {
		w.fault.request = func(_ *faulty, m *isotp.Message, say func(...byte)) bool {
			if m.Functional != functional || !isRequest(*m, request, len(request)) {
				return true
			}
			if with != nil {
				say(with...)
			}
			return false
		}
	}
}

// adds answers a request, which the server gets as well.
func adds(functional bool, request string, with ...byte) func(*world) {
	return func(w *world) {
		w.fault.request = func(_ *faulty, m *isotp.Message, say func(...byte)) bool {
			if m.Functional == functional && isRequest(*m, request, len(request)) {
				say(with...)
			}
			return true
		}
	}
}

// recodes gives some negative responses another code.
func recodes(when func(f *faulty, m isotp.Message) bool, from, to byte) func(*world) {
	return rewrites(func(f *faulty, m isotp.Message, response []byte) []byte {
		if len(response) == 3 && response[0] == 0x7F && response[2] == from && when(f, m) {
			return []byte{0x7F, response[1], to}
		}
		return response
	})
}

func inSession(session byte, request string, length int) func(*faulty, isotp.Message) bool {
	return func(f *faulty, m isotp.Message) bool {
		now, _ := f.now()
		return now == session && isRequest(m, request, length)
	}
}

func isPending(b []byte) bool { return len(b) == 3 && b[0] == 0x7F && b[2] == 0x78 }

// wrong has at least one server for each check that does what its rule forbids, and nothing else.
var wrong = map[string]func(*world){
	"service-unknown":         answers("\x39", 0, 0x7F, 0x39, 0x12),
	"service-elsewhere":       recodes(inSession(0x01, "\x31", 1), 0x7F, 0x11),
	"service-default-session": func(w *world) { w.server.Security.Access = server.Access{} },

	"length-minimum": recodes(inSession(0x03, "\x2E", 1), 0x13, 0x31),
	"length-maximum": answers("\x3E\x00\x00", 3, 0x7E, 0x00),

	"sub-function-unknown":   answers("\x11\x7F", 2, 0x7F, 0x11, 0x31),
	"sub-function-elsewhere": recodes(inSession(0x01, "\x10\x02", 0), 0x7E, 0x12),
	"sub-function-echo":      answers("\x28\x00\x01", 3, 0x68, 0x80),

	"order-service":      recodes(inSession(0x01, "\x2E\x00", 0), 0x7F, 0x13),
	"order-sub-function": answers("\x11\x7F\x00", 0, 0x7F, 0x11, 0x13),
	"order-length":       answers("\x2E\x00\x00", 3, 0x7F, 0x2E, 0x31),

	"suppress-positive": adds(false, "\x3E\x80", 0x7E, 0x00),
	"suppress-session":  intercepts(false, "\x10\x83"),
	"suppress-negative": answers("\x3E\xFF", 2),
	"suppress-pending": rewrites(func(_ *faulty, m isotp.Message, response []byte) []byte {
		if isRequest(m, "\x31\x81", 0) && !isPending(response) {
			return nil
		}
		return response
	}),

	"functional-positive":   intercepts(true, "\x3E\x00"),
	"functional-suppressed": adds(true, "\x3E\x80", 0x7E, 0x00),
	"functional-negative":   intercepts(true, "\x3E\x00\x00"),
	"functional-silent":     adds(true, "\x39", 0x7F, 0x39, 0x11),

	"functional-concurrent": func(w *world) {
		var busy atomic.Bool
		w.fault.request = func(_ *faulty, m *isotp.Message, say func(...byte)) bool {
			if m.Functional && busy.Load() {
				say(0x7F, 0x3E, 0x21)
			}
			return true
		}
		w.fault.response = func(_ *faulty, _ isotp.Message, response []byte) [][]byte {
			busy.Store(isPending(response))
			return [][]byte{response}
		}
	},

	"session-record": rewrites(func(_ *faulty, m isotp.Message, response []byte) []byte {
		if response[0] == 0x50 {
			return append(slices.Clone(response), 0x00)
		}
		return response
	}),
	"session-again": func(w *world) {
		w.fault.request = func(f *faulty, m *isotp.Message, say func(...byte)) bool {
			if inSession(0x03, "\x10\x03", 2)(f, *m) {
				say(0x7F, 0x10, 0x22)
				return false
			}
			return true
		}
	},
	"session-refused": func(w *world) {
		w.fault.request = func(_ *faulty, m *isotp.Message, _ func(...byte)) bool {
			if !m.Functional && isRequest(*m, "\x10\x7F", 2) {
				m.Data = []byte{0x10, 0x01}
			}
			return true
		}
		w.fault.response = func(_ *faulty, m isotp.Message, response []byte) [][]byte {
			if isRequest(m, "\x10\x7F", 2) {
				response = []byte{0x7F, 0x10, 0x12}
			}
			return [][]byte{response}
		}
	},
	"session-superset": func(w *world) { w.server.ClearDTC.Sessions = []byte{server.DefaultSession} },
	"session-reset":    intercepts(false, "\x11\x01", 0x51, 0x01),

	"timing-p2": rewrites(func(_ *faulty, m isotp.Message, response []byte) []byte {
		if !m.Functional && isRequest(m, "\x3E\x00", 2) {
			time.Sleep(100 * time.Millisecond)
		}
		return response
	}),
	"timing-p2-star": func(w *world) {
		pendings := 0
		w.fault.response = func(_ *faulty, m isotp.Message, response []byte) [][]byte {
			if !isPending(response) {
				pendings = 0
			} else if pendings++; pendings > 1 {
				return nil
			}
			return [][]byte{response}
		}
	},
	"timing-pending": func(w *world) {
		w.fault.response = func(_ *faulty, m isotp.Message, response []byte) [][]byte {
			if isPending(response) {
				return [][]byte{response, response}
			}
			return [][]byte{response}
		}
	},

	"s3-holds":          func(w *world) { w.server.S3 = 3 * time.Second },
	"s3-ends":           func(w *world) { w.server.S3 = 20 * time.Second },
	"s3-tester-present": intercepts(true, "\x3E\x80"),

	"data-unknown":        answers("\x22\x00\x00", 3, 0x62, 0x00, 0x00, 0x01),
	"data-record":         answers("\x22\xF1\x90", 3, 0x62, 0xF1, 0x90),
	"data-several":        answers("\x22\xF1\x86\x00\x00", 5, 0x7F, 0x22, 0x31),
	"data-active-session": answers("\x22\xF1\x86", 3, 0x62, 0xF1, 0x86, 0x01),
	"data-write-unknown":  answers("\x2E\x00\x00\x00", 4, 0x7F, 0x2E, 0x13),

	"routine-unknown":      answers("\x31\x01\x00\x00", 4, 0x7F, 0x31, 0x12),
	"routine-sub-function": answers("\x31\x7F\x03\x01", 4, 0x7F, 0x31, 0x13),
	"routine-sequence":     answers("\x31\x02\x03\x01", 4, 0x71, 0x02, 0x03, 0x01),
	"routine-echo": rewrites(func(_ *faulty, m isotp.Message, response []byte) []byte {
		if isRequest(m, "\x31\x01\x03\x01", 4) && !isPending(response) {
			return []byte{0x71, 0x01, 0x03, 0x00, 0x00}
		}
		return response
	}),

	"faults-count":         answers("\x19\x01", 3, 0x59, 0x01, 0xFF, 0x01, 0x00, 0x07),
	"faults-mask":          answers("\x19\x02\x00", 3, 0x59, 0x02, 0xFF, 0xC1, 0x00, 0x00, 0x2F),
	"faults-supported":     answers("\x19\x0A", 2, 0x59, 0x0A, 0xFF),
	"faults-clear-unknown": answers("\x14\x00\x00\x00", 4, 0x54),

	"transfer-sequence": answers("\x36\x01\x00", 3, 0x76, 0x01),
	"transfer-format":   answers("\x34\x00\x00\x00\x00", 5, 0x7F, 0x34, 0x13),

	"security-seed": rewrites(func(_ *faulty, m isotp.Message, response []byte) []byte {
		if isRequest(m, "\x27\x01", 2) && response[0] == 0x67 {
			return append([]byte{0x67, 0x01}, make([]byte, len(response)-2)...)
		}
		return response
	}),
	"security-sequence": recodes(func(_ *faulty, m isotp.Message) bool {
		return isRequest(m, "\x27\x02\x00\x00\x00\x00", 6)
	}, 0x24, 0x35),
	"security-zero-seed": rewrites(func(_ *faulty, m isotp.Message, response []byte) []byte {
		if bytes.Equal(response, []byte{0x67, 0x01, 0, 0, 0, 0}) {
			response = []byte{0x67, 0x01, 0, 0, 0, 1}
			_, _ = rand.Read(response[2:5])
		}
		return response
	}),
	"security-session": rewrites(func(f *faulty, m isotp.Message, response []byte) []byte {
		if _, unlocked := f.now(); unlocked && isRequest(m, "\x27\x01", 2) && response[0] == 0x67 {
			return []byte{0x67, 0x01, 0, 0, 0, 0}
		}
		return response
	}),
	"security-denied": recodes(inSession(0x02, "\x34\x00", 0), 0x33, 0x13),

	"lockout-invalid-key": recodes(func(_ *faulty, m isotp.Message) bool {
		return isRequest(m, "\x27\x02", 6) && !isRequest(m, "\x27\x02\x00\x00\x00\x00", 6)
	}, 0x24, 0x35),
	"lockout-attempts": recodes(func(*faulty, isotp.Message) bool { return true }, 0x36, 0x35),
	"lockout-delay": func(w *world) {
		level := w.server.Security.Levels[0x01]
		level.Delay = 5 * time.Second
		w.server.Security.Levels = map[byte]server.Level{0x01: level}
	},
}

// Each check finds the server that breaks its rule, and no other check takes that for a fault.
func TestWrongServers(t *testing.T) {
	known := map[string]bool{}
	for _, check := range conformance.Checks() {
		known[check.ID] = true
		spoil := wrong[check.ID]
		if spoil == nil {
			t.Errorf("%s has no server that breaks its rule, so nothing shows that it would find one", check.ID)
			continue
		}
		t.Run(check.ID, func(t *testing.T) {
			w := newWorld()
			spoil(w)
			w.on(t, func(t *testing.T, p *conformance.Probe, _ *faulty) {
				for _, f := range findings(t, p) {
					if failed := f.Outcome == conformance.Failed; failed != (f.Check.ID == check.ID) {
						t.Errorf("%v", f)
					}
				}
			})
		})
	}
	for id := range wrong {
		if !known[id] {
			t.Errorf("there is no check %s", id)
		}
	}
}
