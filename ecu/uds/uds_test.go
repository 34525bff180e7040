package uds_test

import (
	"bytes"
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

// server is a scripted ISO-TP connection: it answers each request after some time.
type server struct {
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
	s.sent = append(s.sent, request)
	script := s.answers[request]
	go func() {
		for _, a := range script {
			time.Sleep(a.after)
			data, err := hex.DecodeString(a.data)
			if err != nil {
				panic(err)
			}
			s.inbox <- isotp.Message{Data: data}
		}
	}()
	return nil
}

func (s *server) Receive(ctx context.Context, begin time.Duration) (isotp.Message, error) {
	select {
	case m := <-s.inbox:
		return m, nil
	case <-time.After(begin):
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

func TestServices(t *testing.T) {
	type call = func(context.Context, *uds.Client) (any, error)
	none := func(f func(context.Context, *uds.Client) error) call {
		return func(ctx context.Context, c *uds.Client) (any, error) { return nil, f(ctx, c) }
	}
	key := func(seed []byte) ([]byte, error) { return []byte{seed[0] ^ 0xFF}, nil }
	for _, tt := range []struct {
		name, request, response string
		call                    call
		want                    string // of the result; "" for none
		broken                  []string
	}{
		{
			"session", "1003", "5003", func(ctx context.Context, c *uds.Client) (any, error) { return c.DiagnosticSessionControl(ctx, 3) },
			"{50ms 5s}",
			[]string{"5002", "50"},
		},
		{"reset", "1101", "510105", none(func(ctx context.Context, c *uds.Client) error { return c.ECUReset(ctx, 1) }), "", []string{"5103"}},
		{"read", "22F190", "62F1904142", func(ctx context.Context, c *uds.Client) (any, error) { return c.ReadDataByIdentifier(ctx, 0xF190) }, "[65 66]", []string{"62F191", "62F190", "62"}},
		{"write", "2EF15A0102", "6EF15A", none(func(ctx context.Context, c *uds.Client) error {
			return c.WriteDataByIdentifier(ctx, 0xF15A, []byte{1, 2})
		}), "", []string{"6EF15B"}},
		{"unlocked already", "2711", "67110000", none(func(ctx context.Context, c *uds.Client) error { return c.Unlock(ctx, 0x11, key) }), "", []string{"6712", "6711"}},
		{"communication off", "280301", "6803", none(func(ctx context.Context, c *uds.Client) error { return c.CommunicationControl(ctx, false) }), "", []string{"6800"}},
		{"communication on", "280001", "6800", none(func(ctx context.Context, c *uds.Client) error { return c.CommunicationControl(ctx, true) }), "", nil},
		{"DTC setting off", "8502", "C502", none(func(ctx context.Context, c *uds.Client) error { return c.ControlDTCSetting(ctx, false) }), "", []string{"C501"}},
		{"DTC setting on", "8501", "C501", none(func(ctx context.Context, c *uds.Client) error { return c.ControlDTCSetting(ctx, true) }), "", nil},
		{"tester present", "3E00", "7E00", none(func(ctx context.Context, c *uds.Client) error { return c.TesterPresent(ctx) }), "", []string{"7E"}},
		{"routine", "3101FF0044", "7101FF0000", func(ctx context.Context, c *uds.Client) (any, error) { return c.RoutineStart(ctx, 0xFF00, 0x44) }, "[0]", []string{"7101FF01"}},
		{"routine stop", "310202AA", "710202AA", func(ctx context.Context, c *uds.Client) (any, error) { return c.RoutineStop(ctx, 0x2AA) }, "[]", nil},
		{"routine results", "310302AA", "710302AA07", func(ctx context.Context, c *uds.Client) (any, error) { return c.RoutineResults(ctx, 0x2AA) }, "[7]", nil},
		{"download", "340044080000000000FFFF", "74200FFF", func(ctx context.Context, c *uds.Client) (any, error) {
			return c.RequestDownload(ctx, 0, uds.Memory{Address: 0x08000000, Size: 0xFFFF, AddressLength: 4, SizeLength: 4})
		}, "4095", []string{"7420", "742000", "7400FF", "74F0FFFF"}},
		{"transfer", "3601AABB", "7601", none(func(ctx context.Context, c *uds.Client) error { return c.TransferData(ctx, 1, []byte{0xAA, 0xBB}) }), "", []string{"7602"}},
		{"exit", "37", "77", func(ctx context.Context, c *uds.Client) (any, error) { return c.RequestTransferExit(ctx) }, "[]", nil},
		{"clear", "14FFFFFF", "54", none(func(ctx context.Context, c *uds.Client) error { return c.ClearDiagnosticInformation(ctx, 0xFFFFFF) }), "", nil},
		{"trouble codes", "1902FF", "5902FF12345609", func(ctx context.Context, c *uds.Client) (any, error) { return c.ReadDTCs(ctx, 0xFF) }, "[123456 status 09]", []string{"5902FF1234", "5902"}},
		{"count", "1901FF", "5901FF010003", func(ctx context.Context, c *uds.Client) (any, error) { return c.CountDTCs(ctx, 0xFF) }, "3", []string{"5901FF01"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run := func(response string) (got any, err error) {
				_, _, err = ask(t, map[string][]answer{tt.request: {{0, response}}}, func(ctx context.Context, c *uds.Client) (err error) {
					got, err = tt.call(ctx, c)
					return err
				})
				return got, err
			}
			got, err := run(tt.response)
			if err != nil || got != nil && fmt.Sprint(got) != tt.want {
				t.Errorf("got %v, %v; want %s", got, err, tt.want)
			}
			for _, b := range tt.broken {
				if _, err := run(b); !errors.Is(err, uds.ErrResponse) {
					t.Errorf("response %s: %v", b, err)
				}
			}
			refusal := "7F" + tt.request[:2] + "22"
			var refused *uds.NegativeResponse
			if _, err := run(refusal); !errors.As(err, &refused) || !errors.Is(err, uds.ConditionsNotCorrect) {
				t.Errorf("refusal: %v", err)
			}
		})
	}
}

func TestUnlock(t *testing.T) {
	answers := map[string][]answer{"2711": {{0, "67110F"}}, "2712F0": {{0, "6712"}}}
	_, _, err := ask(t, answers, func(ctx context.Context, c *uds.Client) error {
		return c.Unlock(ctx, 0x11, func(seed []byte) ([]byte, error) { return []byte{^seed[0]}, nil })
	})
	if err != nil {
		t.Error(err)
	}
	broken := errors.New("no secret")
	s, _, err := ask(t, answers, func(ctx context.Context, c *uds.Client) error {
		return c.Unlock(ctx, 0x11, func([]byte) ([]byte, error) { return nil, broken })
	})
	if !errors.Is(err, broken) || len(s.sent) != 1 {
		t.Errorf("%v, sent %v", err, s.sent)
	}
}

func TestMemoryThatDoesNotFit(t *testing.T) {
	for _, m := range []uds.Memory{{Address: 1 << 32, AddressLength: 4, SizeLength: 4}, {Size: 256, AddressLength: 1, SizeLength: 1}, {}} {
		if _, err := m.Encode(); err == nil {
			t.Errorf("%+v was encoded", m)
		}
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
		if got := fmt.Sprint(s.sent); got != "[3E80 3E80 22F190]" {
			t.Error(got)
		}
		stop()
		time.Sleep(10 * time.Second)
		if len(s.sent) != 3 {
			t.Errorf("sent on after stop: %v", s.sent)
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

type log struct {
	sent []string
	err  error
}

func (l *log) Send(_ context.Context, b []byte) error {
	l.sent = append(l.sent, hex.EncodeToString(b))
	return l.err
}

func TestFunctional(t *testing.T) {
	l := &log{}
	n := 0
	f := uds.NewFunctional(l, func(e uds.Exchange) {
		if e.Functional {
			n++
		}
	})
	ctx := t.Context()
	for _, err := range []error{
		f.DiagnosticSessionControl(ctx, 3), f.ControlDTCSetting(ctx, false), f.CommunicationControl(ctx, false),
		f.TesterPresent(ctx), f.CommunicationControl(ctx, true), f.ControlDTCSetting(ctx, true),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	if fmt.Sprint(l.sent) != "[1083 8582 288301 3e80 288001 8581]" || n != 6 {
		t.Error(l.sent, n)
	}
	l.err = errors.New("bus-off")
	if err := f.TesterPresent(ctx); !errors.Is(err, l.err) {
		t.Error(err)
	}
}

func TestDescribe(t *testing.T) {
	for in, want := range map[string]string{
		"":           "empty message",
		"3611AABB":   "TransferData #17, 2 bytes",
		"7611":       "positive response to TransferData #17, 0 bytes",
		"3101FF00":   "RoutineControl start FF00",
		"22F190":     "ReadDataByIdentifier F190",
		"7F3693":     "negative response to TransferData: voltageTooLow (0x93)",
		"8502":       "ControlDTCSetting 02",
		"C502":       "positive response to ControlDTCSetting 02",
		"37":         "RequestTransferExit",
		"BA01":       "service 0xBA 01",
		"3400440000": "RequestDownload",
	} {
		b, err := hex.DecodeString(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := uds.Describe(b); got != want {
			t.Errorf("Describe(%s) = %q, want %q", in, got, want)
		}
	}
}

func TestEveryCodeHasAName(t *testing.T) {
	for c := range 256 {
		if s := uds.NRC(c).String(); !strings.HasSuffix(s, fmt.Sprintf("(0x%02X)", c)) {
			t.Error(s)
		}
	}
	if s := uds.NRC(0x88).Error(); s != "vehicleSpeedTooHigh (0x88)" {
		t.Error(s)
	}
}

func FuzzResponses(f *testing.F) {
	f.Add([]byte{0x74, 0x20, 0x0F, 0xFF})
	f.Add([]byte{0x59, 2, 0xFF, 1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, response []byte) {
		_ = uds.Describe(response)
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			for _, call := range []func(*uds.Client){
				func(c *uds.Client) { _, _ = c.DiagnosticSessionControl(ctx, 2) },
				func(c *uds.Client) { _, _ = c.RequestDownload(ctx, 0, uds.Memory{AddressLength: 1, SizeLength: 1}) },
				func(c *uds.Client) { _, _ = c.ReadDTCs(ctx, 0xFF) },
				func(c *uds.Client) { _, _ = c.CountDTCs(ctx, 0xFF) },
				func(c *uds.Client) { _, _ = c.ReadDataByIdentifier(ctx, 0xF190) },
			} {
				s := newServer(nil)
				s.inbox = make(chan isotp.Message, 2)
				c := uds.New(&fixed{s, response}, uds.Options{})
				call(c)
			}
		})
	})
}

// fixed answers every request with the same bytes.
type fixed struct {
	*server
	response []byte
}

func (f *fixed) Send(context.Context, []byte) error {
	f.inbox <- isotp.Message{Data: f.response}
	return nil
}

func Example() {
	s := newServer(map[string][]answer{"1002": {{0, "7F1022"}}})
	client := uds.New(s, uds.Options{Name: "bcm"})
	_, err := client.DiagnosticSessionControl(context.Background(), 0x02)
	fmt.Println(err)
	fmt.Println(errors.Is(err, uds.ConditionsNotCorrect))
	// Output:
	// bcm refuses DiagnosticSessionControl: conditionsNotCorrect (0x22)
	// true
}
