package uds_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"otabench/ecu/uds"
)

// call asks for a service.
type call = func(context.Context, *uds.Client) (any, error)

func none(f func(context.Context, *uds.Client) error) call {
	return func(ctx context.Context, c *uds.Client) (any, error) { return nil, f(ctx, c) }
}

// serviceTest is a service with its request, a response, what comes of that, and responses that are not to be believed.
type serviceTest struct {
	name, request, response string
	call                    call
	want                    string // of the result; "" for none
	broken                  []string
}

func TestServices(t *testing.T) {
	key := func(seed []byte) ([]byte, error) { return []byte{seed[0] ^ 0xFF}, nil }
	testServices(t, []serviceTest{
		{
			"session", "1003", "5003", func(ctx context.Context, c *uds.Client) (any, error) { return c.DiagnosticSessionControl(ctx, 3) },
			"{50ms 5s}",
			[]string{"5002", "50", "50030032"},
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
		{"upload", "3500110810", "751022", func(ctx context.Context, c *uds.Client) (any, error) {
			return c.RequestUpload(ctx, 0, uds.Memory{Address: 8, Size: 16, AddressLength: 1, SizeLength: 1})
		}, "34", []string{"75", "7500"}},
		{"fetch", "3602", "7602AABB", func(ctx context.Context, c *uds.Client) (any, error) { return c.FetchData(ctx, 2) }, "[170 187]", []string{"7601AABB"}},
		{"records", "22F190F191", "62F19041F1914243", func(ctx context.Context, c *uds.Client) (any, error) {
			return c.ReadRecords(ctx, uds.Record{ID: 0xF190, Length: 1}, uds.Record{ID: 0xF191, Length: 2})
		}, "[[65] [66 67]]", []string{"62F19041", "62F19041F19142", "62F19041F192424344", "62F19041F191424344"}},
		{"transfer", "3601AABB", "7601", none(func(ctx context.Context, c *uds.Client) error { return c.TransferData(ctx, 1, []byte{0xAA, 0xBB}) }), "", []string{"7602"}},
		{"exit", "37", "77", func(ctx context.Context, c *uds.Client) (any, error) { return c.RequestTransferExit(ctx) }, "[]", nil},
		{"clear", "14FFFFFF", "54", none(func(ctx context.Context, c *uds.Client) error { return c.ClearDiagnosticInformation(ctx, 0xFFFFFF) }), "", nil},
		{"trouble codes", "1902FF", "5902FF12345609", func(ctx context.Context, c *uds.Client) (any, error) { return c.ReadDTCs(ctx, 0xFF) }, "[123456 status 09]", []string{"5902FF1234", "5902"}},
		{"count", "1901FF", "5901FF010003", func(ctx context.Context, c *uds.Client) (any, error) { return c.CountDTCs(ctx, 0xFF) }, "3", []string{"5901FF01"}},
	})
}

func testServices(t *testing.T, tests []serviceTest) {
	t.Helper()
	for _, tt := range tests {
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

func TestRecordsWithoutLengthAreNotAskedFor(t *testing.T) {
	s, _, err := ask(t, nil, func(ctx context.Context, c *uds.Client) error {
		_, err := c.ReadRecords(ctx, uds.Record{ID: 0xF190})
		return err
	})
	if err == nil || len(s.sent) != 0 {
		t.Errorf("%v, sent %v", err, s.sent)
	}
}
