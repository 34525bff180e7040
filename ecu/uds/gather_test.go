package uds_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/uds"
)

// everybody sends a request to several scripted servers.
type everybody []*server

func (all everybody) Send(ctx context.Context, b []byte) error {
	for _, s := range all {
		if err := s.Send(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func TestGather(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all everybody
		var clients []*uds.Client
		var mu sync.Mutex
		var seen []string
		for i, script := range [][]answer{
			{{10 * ms, "62F19001"}},
			{{20 * ms, "7F2278"}, {time.Second, "62F19002"}},
			nil,
			{{30 * ms, "7F2233"}},
			{{5 * ms, "7F2278"}},
			{{61 * ms, "62F19003"}},
		} {
			s := newServer(map[string][]answer{"22F190": script, "3E00": {{ms, "7E00"}}})
			all = append(all, s)
			clients = append(clients, uds.New(s, uds.Options{Name: fmt.Sprint("ecu", i), Observe: func(e uds.Exchange) {
				mu.Lock()
				defer mu.Unlock()
				seen = append(seen, fmt.Sprint(i, " ", e.Functional, " ", e.NRC, " ", e.Pending))
			}}))
		}
		f := uds.NewFunctional(all, nil)
		start := time.Now()
		other := make(chan time.Duration)
		time.AfterFunc(ms, func() { // a request of one of the clients waits
			_ = clients[0].TesterPresent(context.Background())
			other <- time.Since(start)
		})
		answers, err := f.Gather(t.Context(), clients, 0x22, 0xF1, 0x90)
		if err != nil {
			t.Fatal(err)
		}
		took := time.Since(start)
		if after := <-other; after < took || took != 5015*ms {
			t.Errorf("gathered in %v, asked after %v", took, after)
		}
		var got []string
		for _, a := range answers {
			got = append(got, fmt.Sprintf("%v %x %v", a.Client, a.Response, a.Err))
		}
		want := "ecu0 at script 62f19001 <nil>\necu1 at script 62f19002 <nil>\n" +
			"ecu3 at script  ecu3 refuses ReadDataByIdentifier: securityAccessDenied (0x33)\n" +
			"ecu4 at script  ecu4: no response to ReadDataByIdentifier [22 F1 90] within 5s; is it powered, awake and on this bus?"
		if strings.Join(got, "\n") != want {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(seen) != 5 { // those with answers, and tester present
			t.Error(seen)
		}
	})
}

// Servers that are brought into a session together have the timing that each of them asks for.
func TestGatherAdoptsTiming(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all everybody
		var clients []*uds.Client
		for _, response := range []string{"5003006401F4", "500300C801F4", "7F1022"} {
			s := newServer(map[string][]answer{"1003": {{ms, response}}})
			all, clients = append(all, s), append(clients, uds.New(s, uds.Options{}))
		}
		answers, err := uds.NewFunctional(all, nil).Gather(t.Context(), clients, 0x10, 3)
		if err != nil || len(answers) != 3 {
			t.Errorf("%v, %v", answers, err)
		}
		for i, want := range []time.Duration{100 * ms, 200 * ms, 50 * ms} {
			if p2, _ := clients[i].Timing(); p2 != want {
				t.Errorf("%d: P2 %v, want %v", i, p2, want)
			}
		}
	})
}

func TestGatherFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("bus-off")
		c := uds.New(newServer(nil), uds.Options{})
		for _, tt := range []struct {
			name    string
			sender  uds.Sender
			clients []*uds.Client
			request string
			want    error
		}{
			{"cannot be sent", &log{err: broken}, []*uds.Client{c}, "3E00", broken},
			{"the same server twice", &log{}, []*uds.Client{c, c}, "3E00", uds.ErrRequest},
		} {
			b, err := hex.DecodeString(tt.request)
			if err != nil {
				t.Fatal(err)
			}
			f := uds.NewFunctional(tt.sender, nil)
			if _, err := f.Gather(t.Context(), tt.clients, b...); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v", tt.name, err)
			}
			if answers, err := f.Gather(t.Context(), nil, b...); tt.want != broken && (err != nil || answers != nil) {
				t.Errorf("after %s: %v, %v", tt.name, answers, err)
			}
		}
		f := uds.NewFunctional(&log{}, nil)
		if _, err := f.Gather(t.Context(), nil); err == nil {
			t.Error("an empty request was sent")
		}
		late, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := f.Gather(late, []*uds.Client{c}, 0x3E, 0); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestFunctionalRequestsNeedASubFunctionToBeSuppressed(t *testing.T) {
	l := &log{}
	f := uds.NewFunctional(l, nil)
	if err := f.TransitionLink(t.Context()); err != nil || fmt.Sprint(l.sent) != "[8783]" {
		t.Error(l.sent, err)
	}
	if err := f.Suppressed(t.Context(), 0x22, 0xF1, 0x90); !errors.Is(err, uds.ErrRequest) || len(l.sent) != 1 {
		t.Error(l.sent, err)
	}
	if err := f.Suppressed(t.Context()); err == nil {
		t.Error("an empty request was sent")
	}
}
