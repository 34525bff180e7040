package uds_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/uds"
)

func TestSuppressedRequests(t *testing.T) {
	s, took, err := ask(t, nil, func(ctx context.Context, c *uds.Client) error {
		q := c.Suppressed()
		region := uds.Memory{Address: 1, Size: 2, AddressLength: 1, SizeLength: 1}
		return errors.Join(
			q.DiagnosticSessionControl(ctx, 3), q.ECUReset(ctx, 1), q.SendKey(ctx, 1, []byte{9}),
			q.SetCommunication(ctx, uds.Communication{Control: uds.DisableRxAndTx, Messages: uds.NormalMessages}),
			q.Deauthenticate(ctx), q.DefineByIdentifier(ctx, 0xF300, uds.Source{ID: 1, Position: 1, Size: 1}),
			q.DefineByMemoryAddress(ctx, 0xF300, region), q.ClearDefinitions(ctx), q.RoutineStart(ctx, 0x203, 7),
			q.RoutineStop(ctx, 0x203), q.TesterPresent(ctx), q.SetDefaultTiming(ctx), q.ControlDTCSetting(ctx, true, 5),
			q.StartEvents(ctx, uds.ShortWindow, true), q.StopEvents(ctx, false), q.TransitionLink(ctx), q.Do(ctx, []byte{0x19, 2, 0xFF}),
		)
	})
	const want = "[1083 1181 278209 288301 2980 2C81F30000010101 2C82F300110102 2C83 3181020307 31820203 3E80 8382 858105 86C503" +
		" 868002 8783 1982FF]"
	if err != nil || fmt.Sprint(s.sent) != want || took != 17*60*ms {
		t.Errorf("%v after %v:\n got %v\nwant %v", err, took, s.sent, want)
	}
}

func TestARefusalEndsASuppressedRequest(t *testing.T) {
	_, took, err := ask(t, map[string][]answer{"1083": {{20 * ms, "7F1022"}}}, func(ctx context.Context, c *uds.Client) error {
		return c.Suppressed().DiagnosticSessionControl(ctx, 3)
	})
	if !errors.Is(err, uds.ConditionsNotCorrect) || took != 20*ms {
		t.Errorf("%v after %v", err, took)
	}
}

// A refusal that comes when P2 of a suppressed request is over is not that of the next request.
func TestALateRefusalOfASuppressedRequest(t *testing.T) {
	_, _, err := ask(t, map[string][]answer{"3E80": {{70 * ms, "7F3E22"}}, "22F190": {{20 * ms, "62F19001"}}}, func(ctx context.Context, c *uds.Client) error {
		if err := c.Suppressed().TesterPresent(ctx); err != nil {
			t.Error(err)
		}
		_, err := c.ReadDataByIdentifier(ctx, 0xF190)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRecordOfARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e uds.Exchange
		s := newServer(map[string][]answer{"3101FF00": {{5 * ms, "7F3178"}, {time.Second, "7F3178"}, {time.Second, "7101FF00"}}})
		c := uds.New(slow{s, 3 * ms}, uds.Options{Observe: func(seen uds.Exchange) { e = seen }})
		start := time.Now()
		if _, err := c.RoutineStart(t.Context(), 0xFF00); err != nil || e.Pending != 2 || e.Repeats != 0 {
			t.Fatalf("%+v, %v", e, err)
		}
		for i, at := range []struct {
			got  time.Time
			want time.Duration
		}{
			{e.Sent, 0}, {e.Left, 3 * ms}, {e.First, 8 * ms}, {e.PendingAt[0], 8 * ms}, {e.PendingAt[1], 1008 * ms}, {e.Done, 2008 * ms},
		} {
			if at.got.Sub(start) != at.want {
				t.Errorf("%d: after %v, want %v", i, at.got.Sub(start), at.want)
			}
		}
	})
}

func TestRepeatsAreRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e uds.Exchange
		s := newServer(map[string][]answer{"3E00": {{ms, "7F3E21"}}})
		c := uds.New(s, uds.Options{Timing: uds.Timing{MaxBusy: 3}, Observe: func(seen uds.Exchange) { e = seen }})
		if err := c.TesterPresent(t.Context()); !errors.Is(err, uds.BusyRepeatRequest) || e.Repeats != 3 || e.Left.Sub(e.Sent) != 33*ms {
			t.Errorf("%+v, %v", e, err)
		}
	})
}

// slow is a connection on which sending takes time.
type slow struct {
	*server
	takes time.Duration
}

func (s slow) Send(ctx context.Context, b []byte) error {
	time.Sleep(s.takes)
	return s.server.Send(ctx, b)
}
