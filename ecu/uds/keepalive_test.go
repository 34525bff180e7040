package uds_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/uds"
)

func TestKeepAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(map[string][]answer{"22F190": {{10 * ms, "62F19001"}}})
		c := uds.New(s, uds.Options{})
		stop := c.KeepAlive(t.Context())
		time.Sleep(5 * time.Second) // two go out, at 2 s and 4 s
		if _, err := c.ReadDataByIdentifier(t.Context(), 0xF190); err != nil {
			t.Error(err)
		}
		time.Sleep(1900 * ms) // none: a request went out
		if got := s.requests(); got != "[3E80 3E80 22F190]" {
			t.Error(got)
		}
		stop()
		time.Sleep(10 * time.Second)
		if len(s.sent) != 3 {
			t.Errorf("sent on after stop: %v", s.sent)
		}
	})
}

// Tester present waits for a request that takes longer than S3client, and is not due right after it.
func TestKeepAliveDoesNotDisturbALongRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(map[string][]answer{"3101FF00": {{40 * ms, "7F3178"}, {4 * time.Second, "7F3178"}, {4 * time.Second, "7101FF00"}}})
		c := uds.New(s, uds.Options{})
		defer c.KeepAlive(t.Context())()
		if _, err := c.RoutineStart(t.Context(), 0xFF00); err != nil {
			t.Error(err)
		}
		time.Sleep(1999 * ms)
		if got := s.requests(); got != "[3101FF00]" {
			t.Errorf("within S3client after the request: %s", got)
		}
		time.Sleep(2 * ms)
		if got := s.requests(); got != "[3101FF00 3E80]" {
			t.Errorf("after S3client: %s", got)
		}
	})
}

func TestKeepAliveIsObservedAndLivesThroughFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("bus-off")
		var seen []uds.Exchange
		c := uds.New(unsendable{newServer(nil), broken}, uds.Options{Observe: func(e uds.Exchange) { seen = append(seen, e) }})
		stop := c.KeepAlive(t.Context())
		time.Sleep(5 * time.Second)
		stop()
		if len(seen) != 2 || seen[0].Service != uds.SIDTesterPresent || !errors.Is(seen[1].Err, broken) {
			t.Errorf("%+v", seen)
		}
	})
}

type unsendable struct {
	*server
	err error
}

func (u unsendable) Send(context.Context, []byte) error { return u.err }
