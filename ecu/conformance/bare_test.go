package conformance_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/ecu"
	"otabench/ecu/conformance"
	"otabench/ecu/description"
	"otabench/ecu/sim/server"
)

// A server that has next to nothing passes what applies to it. Of the rest, each finding says why it does not.
func TestBareServer(t *testing.T) {
	w := newWorld()
	w.desc.Security = description.Security{}
	w.server = server.Config{}
	passed := map[string]bool{
		"service-unknown": true, "length-minimum": true, "length-maximum": true, "sub-function-unknown": true,
		"sub-function-echo": true, "order-sub-function": true, "suppress-negative": true, "suppress-positive": true,
		"functional-positive":   true,
		"functional-suppressed": true, "functional-negative": true, "functional-silent": true, "session-record": true,
		"session-again": true, "timing-p2": true,
	}
	w.on(t, func(t *testing.T, p *conformance.Probe, _ *faulty) {
		for _, f := range findings(t, p) {
			switch {
			case passed[f.Check.ID] && f.Outcome != conformance.Passed,
				!passed[f.Check.ID] && (f.Outcome != conformance.NotApplicable || f.Reason == ""):
				t.Errorf("%v", f)
			}
		}
	})
}

func TestNotApplicableSaysWhy(t *testing.T) {
	w := newWorld()
	w.fault.response = func(_ *faulty, m isotp.Message, response []byte) [][]byte {
		if isRequest(m, "\x22\xF1\x86\x00\x00", 5) {
			response = []byte{0x7F, 0x22, 0x13}
		}
		return [][]byte{response}
	}
	w.on(t, func(t *testing.T, p *conformance.Probe, _ *faulty) {
		f := finding(t, p, "data-several")
		if f.Outcome != conformance.NotApplicable || f.Reason != "the ECU takes one identifier in a request" {
			t.Errorf("%v", f)
		}
	})
}

// finding runs one check.
func finding(t *testing.T, p *conformance.Probe, id string) conformance.Finding {
	t.Helper()
	f, err := find(t, id).Run(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func find(t *testing.T, id string) conformance.Check {
	t.Helper()
	for _, check := range conformance.Checks() {
		if check.ID == id {
			return check
		}
	}
	t.Fatalf("there is no check %s", id)
	return conformance.Check{}
}

// Silence, a bus that is gone and a context that ends are no verdicts.
func TestNoVerdict(t *testing.T) {
	w := newWorld()
	var silent atomic.Bool
	w.fault.request = func(*faulty, *isotp.Message, func(...byte)) bool { return !silent.Load() }
	w.on(t, func(t *testing.T, p *conformance.Probe, _ *faulty) {
		silent.Store(true)
		f, err := find(t, "service-unknown").Run(t.Context(), p)
		if !errors.Is(err, ecu.ErrSilent) || f.Outcome != "" {
			t.Errorf("a silent ECU: %v, %v", f, err)
		}
		silent.Store(false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if f, err := find(t, "s3-holds").Run(ctx, p); !errors.Is(err, context.DeadlineExceeded) || f.Outcome != "" {
			t.Errorf("the context ends: %v, %v", f, err)
		}
		if f := finding(t, p, "service-unknown"); f.Outcome != conformance.Passed {
			t.Errorf("afterwards: %v", f)
		}
	})
}

// An ECU that a request brings down has no verdict, and what it did wrong is told all the same.
func TestViolationBeforeSilence(t *testing.T) {
	w := newWorld()
	var down atomic.Bool
	w.fault.request = func(_ *faulty, m *isotp.Message, _ func(...byte)) bool {
		down.CompareAndSwap(false, isRequest(*m, "\x2E\x00\x00", 3))
		return !down.Load()
	}
	w.on(t, func(t *testing.T, p *conformance.Probe, _ *faulty) {
		f, err := find(t, "order-length").Run(t.Context(), p)
		if !errors.Is(err, ecu.ErrSilent) || f.Outcome != conformance.Failed || f.Violations[0].Response != nil {
			t.Errorf("%v, %v", f, err)
		}
	})
}

func TestClosedBus(t *testing.T) {
	newWorld().on(t, func(t *testing.T, p *conformance.Probe, f *faulty) {
		time.AfterFunc(time.Second, func() { _ = f.tester.Close() })
		_, err := find(t, "s3-ends").Run(t.Context(), p)
		if !errors.Is(err, isotp.ErrClosed) && !errors.Is(err, can.ErrClosed) {
			t.Errorf("the bus is closed: %v", err)
		}
	})
}

func TestFindingsRead(t *testing.T) {
	w := newWorld()
	w.server.S3 = 3 * time.Second
	w.on(t, func(t *testing.T, p *conformance.Probe, _ *faulty) {
		want := "s3-holds: failed (ISO-14229-2/9)\n" +
			"  session 03: to [27] the ECU says [7F 27 7F]; want what session 03 answers, since S3 of 5s is not over after 4.5s"
		if got := finding(t, p, "s3-holds").String(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		want = "timing-pending: passed (ISO-14229-2/9.2)\n  shortest time between two responsePending 1.5s (at least 595ms)"
		if got := finding(t, p, "timing-pending").String(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

// A key never stands in a finding: with its seed beside it, it could give the secret away.
func TestFindingsKeepKeysBack(t *testing.T) {
	w := newWorld()
	w.fault.response = func(_ *faulty, m isotp.Message, response []byte) [][]byte {
		if isRequest(m, "\x27\x02", 0) && response[0] == 0x7F {
			response = []byte{0x7F, 0x27, 0x10}
		}
		return [][]byte{response}
	}
	w.on(t, func(t *testing.T, p *conformance.Probe, _ *faulty) {
		f := finding(t, p, "lockout-invalid-key")
		if f.Outcome != conformance.Failed {
			t.Fatalf("%v", f)
		}
		for _, v := range f.Violations {
			if len(v.Request) != 2 {
				t.Errorf("a violation has the request % X", v.Request)
			}
		}
	})
}
