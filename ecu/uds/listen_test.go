package uds_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/uds"
)

// say has the server send something that nobody asked for.
func (s *server) say(data string) {
	b, err := hex.DecodeString(data)
	if err != nil {
		panic(err)
	}
	now := time.Now()
	s.inbox <- isotp.Message{Data: b, First: now, Last: now}
}

func TestListenHearsWhatNoRequestWaitsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(map[string][]answer{
			"22F191": {{10 * ms, "62F19001"}, {10 * ms, "62F19102"}}, // the first one is an event
			"22F192": {{10 * ms, "62F19203"}},
		})
		c := uds.New(s, uds.Options{})
		var heard []string
		stop, err := c.Listen(func(m isotp.Message) {
			heard = append(heard, strings.ToUpper(hex.EncodeToString(m.Data)))
			if len(heard) == 1 { // a handler may ask
				if _, err := c.ReadDataByIdentifier(t.Context(), 0xF192); err != nil {
					t.Error(err)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Listen(nil); !errors.Is(err, uds.ErrListening) {
			t.Error(err)
		}
		s.say("6A00")
		time.Sleep(time.Second)
		s.say("6A01")
		s.say("6A02")
		got, err := c.ReadDataByIdentifier(t.Context(), 0xF191)
		if err != nil || fmt.Sprint(got) != "[2]" {
			t.Error(got, err)
		}
		time.Sleep(time.Second)
		stop()
		s.say("6A03")
		time.Sleep(time.Second)
		if fmt.Sprint(heard) != "[6A00 6A01 6A02 62F19001]" {
			t.Error(heard)
		}
		if stop, err = c.Listen(func(isotp.Message) {}); err != nil {
			t.Error("after stop:", err)
		}
		stop()
	})
}

// broken is a connection whose messages are lost, until it is closed.
type broken struct {
	*server
	errs chan error
}

func (b broken) Receive(ctx context.Context, _ time.Duration) (isotp.Message, error) {
	select {
	case err := <-b.errs:
		return isotp.Message{}, err
	case <-ctx.Done():
		return isotp.Message{}, ctx.Err()
	}
}

func TestListenEndsWithItsConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := broken{newServer(nil), make(chan error)}
		c := uds.New(b, uds.Options{})
		stop, err := c.Listen(func(isotp.Message) { t.Error("heard something") })
		if err != nil {
			t.Fatal(err)
		}
		b.errs <- isotp.ErrWrongSN
		b.errs <- isotp.ErrClosed
		synctest.Wait()
		select {
		case b.errs <- isotp.ErrWrongSN:
			t.Error("it listens on")
		default:
		}
		stop()
	})
}

// Requests that wait are served in their order, one that gives up does not hold up the others, and a listener neither.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(map[string][]answer{"22F190": {{10 * ms, "62F19001"}}, "3E00": {{10 * ms, "7E00"}}})
		c := uds.New(s, uds.Options{})
		stop, err := c.Listen(func(isotp.Message) {})
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 15*ms)
		defer cancel()
		go func() { _, _ = c.ReadDataByIdentifier(t.Context(), 0xF190) }()
		time.Sleep(ms)
		go func() { _, _ = c.ReadDataByIdentifier(t.Context(), 0xF190) }()
		time.Sleep(ms)
		late := make(chan error)
		go func() { late <- c.TesterPresent(ctx) }()
		time.Sleep(ms)
		if _, err := c.ReadDataByIdentifier(t.Context(), 0xF190); err != nil || time.Since(start).Truncate(ms) != 30*ms {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if err := <-late; !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if got := s.requests(); got != "[22F190 22F190 22F190]" {
			t.Error(got)
		}
		if err := c.TesterPresent(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error("a request that was given up before it began:", err)
		}
	})
}

func TestUnsolicitedMessagesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(map[string][]answer{"3E00": {{30 * ms, "7E00"}}})
		c := uds.New(s, uds.Options{})
		busy, heard := make(chan struct{}), []string{}
		stop, err := c.Listen(func(m isotp.Message) {
			<-busy
			heard = append(heard, hex.EncodeToString(m.Data))
		})
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		s.say("6aff")
		synctest.Wait() // the handler is busy with that one
		go func() {
			for n := range 300 {
				s.say(fmt.Sprintf("6a%04x", n))
			}
		}()
		if err := c.TesterPresent(t.Context()); err != nil {
			t.Error(err)
		}
		close(busy)
		synctest.Wait()
		if len(heard) != 257 || heard[1] != "6a002c" || heard[256] != "6a012b" {
			t.Errorf("%d: %v", len(heard), heard)
		}
	})
}
