package uds_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/uds"
)

func TestTiming(t *testing.T) {
	pending := func(n int, after time.Duration) (all []answer) {
		for range n {
			all = append(all, answer{after, "7F2278"})
		}
		return all
	}
	for _, tt := range []struct {
		name    string
		answers []answer
		want    error
		took    time.Duration
	}{
		{"at once", []answer{{0, "62F19001"}}, nil, 0},
		{"at the end of P2", []answer{{50 * ms, "62F19001"}}, nil, 50 * ms},
		{"after P2", []answer{{61 * ms, "62F19001"}}, uds.ErrNoResponse, 60 * ms},
		{"silent", nil, uds.ErrNoResponse, 60 * ms},
		{"pending, then within P2*", []answer{{40 * ms, "7F2278"}, {5 * time.Second, "62F19001"}}, nil, 5040 * ms},
		{"pending, then after P2*", []answer{{40 * ms, "7F2278"}, {5100 * ms, "62F19001"}}, uds.ErrNoResponse, 5050 * ms},
		{"pending 60 times", append(pending(60, ms), answer{ms, "62F19001"}), nil, 61 * ms},
		{"pending for ever", pending(61, ms), uds.ErrPending, 61 * ms},
		{"strays are ignored", []answer{{ms, "5003"}, {ms, "7F3E11"}, {ms, "62F19001"}}, nil, 3 * ms},
		{"strays do not prolong P2", []answer{{30 * ms, "5003"}, {31 * ms, "62F19001"}}, uds.ErrNoResponse, 60 * ms},
		{"a refusal without a code is no answer", []answer{{ms, "7F2200"}, {ms, "7F22"}}, uds.ErrNoResponse, 60 * ms},
		{"refused", []answer{{ms, "7F2231"}}, uds.RequestOutOfRange, ms},
		{"refused after pending", []answer{{ms, "7F2278"}, {ms, "7F2233"}}, uds.SecurityAccessDenied, 2 * ms},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, took, err := ask(t, map[string][]answer{"22F190": tt.answers}, func(ctx context.Context, c *uds.Client) error {
				_, err := c.ReadDataByIdentifier(ctx, 0xF190)
				return err
			})
			if !errors.Is(err, tt.want) || tt.want == nil && err != nil {
				t.Errorf("error %v, want %v", err, tt.want)
			}
			if took != tt.took {
				t.Errorf("took %v, want %v", took, tt.took)
			}
		})
	}
}

// A server may ask for more time often, but not for longer than MaxPendingTime.
func TestPendingIsBoundedByTime(t *testing.T) {
	for _, tt := range []struct {
		every, ends time.Duration
		want        error
		took        time.Duration
	}{
		{4 * time.Second, 0, uds.ErrPending, 604 * time.Second},
		{4 * time.Second, 600 * time.Second, nil, 600 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			var script []answer
			for at := tt.every; tt.ends == 0 && at < 1000*time.Second || at < tt.ends; at += tt.every {
				script = append(script, answer{tt.every, "7F3E78"})
			}
			s := newServer(map[string][]answer{"3E00": append(script, answer{tt.every, "7E00"})})
			c := uds.New(s, uds.Options{Timing: uds.Timing{P2: 5 * time.Second, MaxPending: 1000}})
			start := time.Now()
			err := c.TesterPresent(t.Context())
			if !errors.Is(err, tt.want) || tt.want == nil && err != nil || time.Since(start) != tt.took {
				t.Errorf("%v after %v", err, time.Since(start))
			}
			if err != nil && !strings.Contains(err.Error(), "150 times in 10m0s to TesterPresent") {
				t.Error(err)
			}
			time.Sleep(time.Hour) // the script ends
		})
	}
}

func TestBusyIsRepeatedAndBounded(t *testing.T) {
	s, _, err := ask(t, map[string][]answer{"3E00": {{0, "7F3E21"}}}, func(ctx context.Context, c *uds.Client) error { return c.TesterPresent(ctx) })
	if !errors.Is(err, uds.BusyRepeatRequest) || len(s.sent) != 11 {
		t.Errorf("%v after %d requests", err, len(s.sent))
	}
}

func TestTimingOfTheSessionIsUsed(t *testing.T) {
	_, took, err := ask(t, map[string][]answer{
		"1002":   {{0, "5002019001F4"}},
		"22F190": {{399 * ms, "62F19001"}},
		"1101":   {{0, "5101"}},
	}, func(ctx context.Context, c *uds.Client) error {
		timing, err := c.DiagnosticSessionControl(ctx, 2)
		if err != nil || timing.P2 != 400*ms || timing.P2Star != 5*time.Second {
			t.Errorf("%+v, %v", timing, err)
		}
		if _, err := c.ReadDataByIdentifier(ctx, 0xF190); err != nil {
			t.Error(err)
		}
		if err := c.ECUReset(ctx, 1); err != nil {
			t.Error(err)
		}
		_, err = c.ReadDataByIdentifier(ctx, 0xF190) // after the reset P2 is 50 ms again
		return err
	})
	if !errors.Is(err, uds.ErrNoResponse) || took != 459*ms {
		t.Errorf("%v after %v", err, took)
	}
}

func TestSuppressed(t *testing.T) {
	_, took, err := ask(t, nil, func(ctx context.Context, c *uds.Client) error { return c.DoSuppressed(ctx, []byte{0x10, 0x83}) })
	if err != nil || took != 60*ms {
		t.Errorf("%v after %v", err, took)
	}
	_, _, err = ask(t, map[string][]answer{"1083": {{ms, "7F1022"}}}, func(ctx context.Context, c *uds.Client) error {
		return c.DoSuppressed(ctx, []byte{0x10, 0x83})
	})
	if !errors.Is(err, uds.ConditionsNotCorrect) {
		t.Error(err)
	}
}

func TestLateAnswersDoNotCountForTheNextRequest(t *testing.T) {
	_, _, err := ask(t, map[string][]answer{"22F190": {{70 * ms, "62F19001"}}, "22F191": {{ms, "62F19102"}}}, func(ctx context.Context, c *uds.Client) error {
		if _, err := c.ReadDataByIdentifier(ctx, 0xF190); !errors.Is(err, uds.ErrNoResponse) {
			t.Error(err)
		}
		time.Sleep(20 * ms)
		got, err := c.ReadDataByIdentifier(ctx, 0xF191)
		if !bytes.Equal(got, []byte{2}) {
			t.Errorf("got % X", got)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestObserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []uds.Exchange
		s := newServer(map[string][]answer{"3101FF00": {{ms, "7F3178"}, {ms, "7F3172"}}})
		c := uds.New(s, uds.Options{Observe: func(e uds.Exchange) { seen = append(seen, e) }})
		_, err := c.RoutineStart(t.Context(), 0xFF00)
		e := seen[0]
		if len(seen) != 1 || e.Pending != 1 || e.NRC != uds.GeneralProgrammingFailure || e.Done.Sub(e.Sent) != 2*ms || !errors.Is(err, e.NRC) {
			t.Errorf("%+v, %v", seen, err)
		}
	})
}

func TestContextEndsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := uds.New(newServer(nil), uds.Options{Timing: uds.Timing{P2: time.Hour}})
		ctx, cancel := context.WithTimeout(t.Context(), ms)
		defer cancel()
		if err := c.TesterPresent(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if _, err := c.Do(ctx, nil); err == nil {
			t.Error("an empty request was sent")
		}
	})
}

func TestAnObserverMayAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(map[string][]answer{"3E00": {{0, "7E00"}}, "22F190": {{0, "62F19001"}}})
		var c *uds.Client
		var err error
		c = uds.New(s, uds.Options{Observe: func(e uds.Exchange) {
			if e.Service == uds.SIDTesterPresent {
				_, err = c.ReadDataByIdentifier(t.Context(), 0xF190)
			}
		}})
		if first := c.TesterPresent(t.Context()); first != nil || err != nil {
			t.Error(first, err)
		}
	})
}

// flood is a bus on which messages that are no answers begin before the last one has ended.
type flood struct{ *server }

func (flood) Receive(context.Context, time.Duration) (isotp.Message, error) {
	time.Sleep(ms)
	now := time.Now()
	return isotp.Message{Data: []byte{0x50, 3}, First: now, Last: now}, nil
}

func TestAFloodOfStraysEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		err := uds.New(flood{newServer(nil)}, uds.Options{}).TesterPresent(t.Context())
		if took := time.Since(start); !errors.Is(err, uds.ErrNoResponse) || took != 61*ms {
			t.Errorf("%v after %v", err, took)
		}
	})
}

func TestNegativeBoundsAreNever(t *testing.T) {
	for response, want := range map[string]error{"7F3E21": uds.BusyRepeatRequest, "7F3E78": uds.ErrPending} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(map[string][]answer{"3E00": {{0, response}}})
			c := uds.New(s, uds.Options{Timing: uds.Timing{MaxPending: -1, MaxBusy: -1}})
			if err := c.TesterPresent(t.Context()); !errors.Is(err, want) || len(s.sent) != 1 {
				t.Errorf("%v after %v", err, s.sent)
			}
		})
	}
}

// A server that answered "response pending" owes an answer even to a request that suppresses the positive one
// (ISO 14229-1:2020, 8.2.2).
func TestSuppressedAfterPending(t *testing.T) {
	for _, tt := range []struct {
		answers []answer
		want    error
	}{
		{[]answer{{ms, "7F1078"}, {time.Second, "5003"}}, nil},
		{[]answer{{ms, "7F1078"}}, uds.ErrNoResponse},
	} {
		_, _, err := ask(t, map[string][]answer{"1083": tt.answers}, func(ctx context.Context, c *uds.Client) error {
			return c.DoSuppressed(ctx, []byte{0x10, 0x83})
		})
		if !errors.Is(err, tt.want) {
			t.Errorf("%v, want %v", err, tt.want)
		}
	}
}

func TestErrorsSayWhatToLookFor(t *testing.T) {
	for want, answers := range map[string][]answer{
		"bcm: no response to ReadDataByIdentifier [22 F1 90] within 50ms; is it powered, awake and on this bus?": nil,
		"bcm: malformed response to ReadDataByIdentifier: want it to repeat F1 90: [62 F1 91 01]":                {{0, "62F19101"}},
		"bcm: malformed response to ReadDataByIdentifier: 1 bytes are missing: [62 F1 90]":                       {{0, "62F190"}},
		"bcm refuses ReadDataByIdentifier: requestOutOfRange (0x31)":                                             {{0, "7F2231"}},
	} {
		_, _, err := ask(t, map[string][]answer{"22F190": answers}, func(ctx context.Context, c *uds.Client) error {
			_, err := c.ReadDataByIdentifier(ctx, 0xF190)
			return err
		})
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
