package uds_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/uds"
)

// server is a scripted ISO-TP connection: it answers each request after some time.
type server struct {
	mu      sync.Mutex
	sent    []string
	inbox   chan isotp.Message
	answers map[string][]answer
}

type answer struct {
	after time.Duration
	data  string
}

func newServer(answers map[string][]answer) *server {
	return &server{inbox: make(chan isotp.Message, 100), answers: answers}
}

func (s *server) String() string { return "script" }
func (s *server) Close() error   { return nil }

func (s *server) Send(_ context.Context, b []byte) error {
	request := strings.ToUpper(hex.EncodeToString(b))
	s.mu.Lock()
	s.sent = append(s.sent, request)
	s.mu.Unlock()
	script := s.answers[request]
	go func() {
		for _, a := range script {
			time.Sleep(a.after)
			data, err := hex.DecodeString(strings.ReplaceAll(a.data, " ", ""))
			if err != nil {
				panic(err)
			}
			now := time.Now()
			s.inbox <- isotp.Message{Data: data, First: now, Last: now}
		}
	}()
	return nil
}

// requests are those that were sent so far, while others may follow.
func (s *server) requests() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprint(s.sent)
}

func (s *server) Receive(ctx context.Context, begin time.Duration) (isotp.Message, error) {
	var late <-chan time.Time
	if begin > 0 {
		late = time.After(begin)
	}
	select {
	case m := <-s.inbox:
		return m, nil
	case <-late:
		return isotp.Message{}, isotp.ErrNoMessage
	case <-ctx.Done():
		return isotp.Message{}, ctx.Err()
	}
}

func (s *server) Drain() int {
	n := 0
	for len(s.inbox) > 0 {
		<-s.inbox
		n++
	}
	return n
}

// ask runs f against a scripted server in virtual time and returns its error and how long it took.
func ask(t *testing.T, answers map[string][]answer, f func(context.Context, *uds.Client) error) (s *server, took time.Duration, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s = newServer(answers)
		c := uds.New(s, uds.Options{Name: "bcm"})
		start := time.Now()
		err = f(t.Context(), c)
		took = time.Since(start)
		time.Sleep(time.Minute) // the scripts end
	})
	return s, took, err
}

const ms = time.Millisecond

// fixed answers every request with the same bytes.
type fixed struct {
	*server
	response []byte
}

func (f *fixed) Send(context.Context, []byte) error {
	f.inbox <- isotp.Message{Data: f.response}
	return nil
}
