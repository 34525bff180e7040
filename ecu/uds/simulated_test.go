package uds_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can/isotp"
	"otabench/can/virtual"
	simulated "otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// functionalID is where all servers of network listen.
const functionalID = 0x7DF

// network is servers on a simulated wire, with a client of each.
func network(t *testing.T, configs []simulated.Config, f func(*testing.T, []*uds.Client, *uds.Functional)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		bus := virtual.NewBus("test", virtual.Options{Bitrate: 500_000})
		defer bus.Close()
		ctx, cancel := context.WithCancel(t.Context())
		var served sync.WaitGroup
		defer served.Wait()
		defer cancel()
		tester := bus.Attach("tester")
		var clients []*uds.Client
		for i, cfg := range configs {
			a := isotp.Address{Tx: 0x7E0 + uint32(i), Rx: 0x7E8 + uint32(i)}
			conn, err := isotp.Open(bus.Attach("ecu"), isotp.Config{Address: a.Reversed(), Functional: functionalID})
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			s, err := simulated.New(conn, cfg)
			if err != nil {
				t.Fatal(err)
			}
			served.Go(func() { _ = s.Serve(ctx) })
			clients = append(clients, uds.New(connect(t, tester, a), uds.Options{Name: fmt.Sprint("ecu", i)}))
		}
		sender, err := isotp.OpenFunctional(tester, functionalID, isotp.Config{})
		if err != nil {
			t.Fatal(err)
		}
		f(t, clients, uds.NewFunctional(sender, nil))
	})
}

func extendedSession(p2 time.Duration) map[byte]simulated.Session {
	return map[byte]simulated.Session{3: {P2: p2}}
}

func TestSimulatedServer(t *testing.T) {
	memory := &flash{data: make([]byte, 0x1000)}
	cfg := simulated.Config{
		Sessions: extendedSession(200 * ms),
		ReadData: &simulated.ReadData{}, WriteData: &simulated.Access{},
		Data: simulated.DIDs{0xF190: simulated.Value(bytes.Repeat([]byte("V"), 17)...), 0xF191: simulated.Value(1, 2)},
		Security: &simulated.Security{Levels: map[byte]simulated.Level{
			0x11: {SeedLength: 4, Key: func(seed []byte) []byte { return append(seed, 0xAA) }},
		}},
		Routines: &simulated.Routines{Find: simulated.RoutineTable{0xFF00: {
			Start: func(ctx context.Context, _ simulated.Call, _ []byte) ([]byte, error) {
				select {
				case <-time.After(12 * time.Second):
				case <-ctx.Done():
				}
				return []byte{7}, nil
			},
		}}},
		Download: &simulated.Download{MaxBlock: 258, Begin: memory.write},
		Upload:   &simulated.Upload{MaxBlock: 100, Begin: memory.read},
	}
	network(t, []simulated.Config{cfg}, func(t *testing.T, clients []*uds.Client, _ *uds.Functional) {
		c, ctx := clients[0], t.Context()
		timing, err := c.DiagnosticSessionControl(ctx, 3)
		if err != nil || timing.P2 != 200*ms {
			t.Errorf("session: %+v, %v", timing, err)
		}
		defer c.KeepAlive(ctx)()
		records, err := c.ReadRecords(ctx, uds.Record{ID: 0xF191, Length: 2}, uds.Record{ID: 0xF190, Length: 17})
		if err != nil || string(records[1]) != "VVVVVVVVVVVVVVVVV" {
			t.Errorf("records: %v, %v", records, err)
		}
		if err := c.WriteDataByIdentifier(ctx, 0xF190, []byte{1}); !errors.Is(err, uds.RequestOutOfRange) {
			t.Errorf("write: %v", err)
		}
		key := func(seed []byte) ([]byte, error) { return append(seed, 0xAA), nil }
		if err := c.Unlock(ctx, 0x11, key); err != nil {
			t.Errorf("unlock: %v", err)
		}
		if seed, err := c.RequestSeed(ctx, 0x11); err != nil || !bytes.Equal(seed, make([]byte, 4)) {
			t.Errorf("unlocked level: % X, %v", seed, err)
		}
		if err := c.Suppressed().TesterPresent(ctx); err != nil {
			t.Errorf("suppressed: %v", err)
		}
		if err := c.Suppressed().RoutineStart(ctx, 0x1234); !errors.Is(err, uds.RequestOutOfRange) {
			t.Errorf("suppressed, refused: %v", err)
		}
		start := time.Now()
		status, err := c.RoutineStart(ctx, 0xFF00)
		if took := time.Since(start).Truncate(time.Second); err != nil || !bytes.Equal(status, []byte{7}) || took != 12*time.Second {
			t.Errorf("routine: % X, %v after %v", status, err, took)
		}
		transfer(t, c)
	})
}

// transfer writes a region of the server's memory and reads it back.
func transfer(t *testing.T, c *uds.Client) {
	ctx := t.Context()
	region := uds.Memory{Address: 0x100, Size: 700, AddressLength: 2, SizeLength: 2}
	want := bytes.Repeat([]byte("0123456789"), 70)
	block, err := c.RequestDownload(ctx, 0, region)
	if err != nil || block != 258 {
		t.Fatalf("download: blocks of %d, %v", block, err)
	}
	counter := byte(1)
	for rest := want; len(rest) > 0; counter++ {
		n := min(len(rest), int(block)-2)
		if err := c.TransferData(ctx, counter, rest[:n]); err != nil {
			t.Fatalf("block %d: %v", counter, err)
		}
		rest = rest[n:]
	}
	if _, err := c.RequestTransferExit(ctx); err != nil {
		t.Errorf("exit: %v", err)
	}
	if _, err := c.RequestUpload(ctx, 0, region); err != nil {
		t.Fatalf("upload: %v", err)
	}
	var got []byte
	for counter = 1; len(got) < len(want); counter++ {
		b, err := c.FetchData(ctx, counter)
		if err != nil || len(b) == 0 {
			t.Fatalf("fetch %d: %d bytes, %v", counter, len(b), err)
		}
		got = append(got, b...)
	}
	if _, err := c.RequestTransferExit(ctx); err != nil || !bytes.Equal(got, want) {
		t.Errorf("exit: %v; read %q", err, got)
	}
}

// flash is memory behind a download and an upload, at addresses from 0.
type flash struct {
	data []byte
	at   uint64
}

func (f *flash) write(_ context.Context, _ simulated.Call, _ byte, r simulated.Region) (simulated.Sink, error) {
	f.at = r.Address
	return f, nil
}

func (f *flash) read(_ context.Context, _ simulated.Call, _ byte, r simulated.Region) (simulated.Source, uint64, error) {
	f.at = r.Address
	return f, r.Size, nil
}

func (f *flash) Write(_ context.Context, b []byte) error {
	f.at += uint64(copy(f.data[f.at:], b))
	return nil
}

func (f *flash) Read(_ context.Context, b []byte) error {
	f.at += uint64(copy(b, f.data[f.at:]))
	return nil
}

func (f *flash) Exit(context.Context, []byte) ([]byte, error) { return nil, nil }
func (f *flash) Abort()                                       {}

func TestSimulatedTroubleCodes(t *testing.T) {
	code := simulated.DTC{
		Code: 0x111111, Severity: uds.CheckImmediately | uds.DTCClass1, FunctionalUnit: 7, Permanent: true,
		Groups: map[byte]byte{uds.GroupEmissions: 1},
		Stored: []simulated.Snapshot{{Number: 5, Values: []simulated.DataValue{{ID: 0xF191, Data: []byte{9}}}}},
	}
	memory := simulated.NewMemory(code)
	memory.Test(0x111111, true)
	memory.Record(0x111111, simulated.Snapshot{Number: 1, Values: []simulated.DataValue{{ID: 0xF190, Data: []byte{1, 2}}}},
		simulated.ExtendedRecord{Number: 2, Data: []byte{3, 4, 5}})
	faults := &simulated.Faults{
		Memory: memory, User: map[byte]simulated.FaultMemory{0x18: memory}, Available: 0xFF, Format: uds.FormatISO14229,
		Reports: map[byte]simulated.Access{},
	}
	for sub := range byte(0x57) {
		if sub != 0 && (sub < 0x0F || sub > 0x13 && sub < 0x1B || sub == 0x42 || sub > 0x54) {
			faults.Reports[sub] = simulated.Access{}
		}
	}
	cfg := simulated.Config{Faults: faults, ClearDTC: &simulated.Access{}}
	network(t, []simulated.Config{cfg}, func(t *testing.T, clients []*uds.Client, _ *uds.Functional) {
		c, ctx := clients[0], t.Context()
		for name, report := range map[string]func() (int, error){
			"01": func() (int, error) { return c.CountDTCs(ctx, uds.TestFailed) },
			"02": func() (int, error) { return count(c.ReadDTCs(ctx, uds.TestFailed)) },
			"03": func() (int, error) { return count(c.SnapshotIdentification(ctx)) },
			"04": func() (int, error) {
				s, err := c.Snapshots(ctx, 0x111111, uds.AllRecords, lengths)
				return count(s.Records, err)
			},
			"05": func() (int, error) {
				s, err := c.StoredData(ctx, uds.AllRecords, lengths)
				return count(s.Records, err)
			},
			"06": func() (int, error) {
				e, err := c.ExtendedData(ctx, 0x111111, uds.AllRecords, lengths)
				return count(e.Records, err)
			},
			"07": func() (int, error) {
				n, err := c.NumberOfDTCsBySeverity(ctx, uds.CheckImmediately, uds.TestFailed)
				return n.Count, err
			},
			"08": func() (int, error) {
				r, err := c.DTCsBySeverity(ctx, uds.CheckImmediately, uds.TestFailed)
				return count(r.DTCs, err)
			},
			"09": func() (int, error) { r, err := c.SeverityOfDTC(ctx, 0x111111); return count(r.DTCs, err) },
			"0A": func() (int, error) { r, err := c.SupportedDTCs(ctx); return count(r.DTCs, err) },
			"0B": func() (int, error) { r, err := c.FirstTestFailedDTC(ctx); return count(r.DTCs, err) },
			"0D": func() (int, error) { r, err := c.MostRecentTestFailedDTC(ctx); return count(r.DTCs, err) },
			"15": func() (int, error) { r, err := c.PermanentDTCs(ctx); return count(r.DTCs, err) },
			"16": func() (int, error) { return count(c.ExtendedDataByNumber(ctx, 2, 3)) },
			"17": func() (int, error) {
				r, err := c.UserMemoryDTCs(ctx, 0x18, uds.TestFailed)
				return count(r.DTCs, err)
			},
			"18": func() (int, error) {
				s, err := c.UserMemorySnapshots(ctx, 0x18, 0x111111, 1, lengths)
				return count(s.Records, err)
			},
			"19": func() (int, error) {
				e, err := c.UserMemoryExtendedData(ctx, 0x18, 0x111111, 2, lengths)
				return count(e.Records, err)
			},
			"1A": func() (int, error) { r, err := c.DTCsWithExtendedData(ctx, 2); return count(r.DTCs, err) },
			"42": func() (int, error) {
				r, err := c.WWHOBDDTCs(ctx, uds.GroupEmissions, uds.TestFailed, uds.CheckImmediately)
				return count(r.DTCs, err)
			},
			"55": func() (int, error) {
				r, err := c.WWHOBDPermanentDTCs(ctx, uds.GroupEmissions)
				return count(r.DTCs, err)
			},
			"56": func() (int, error) {
				r, err := c.ReadinessGroupDTCs(ctx, uds.GroupEmissions, 1)
				return count(r.DTCs, err)
			},
		} {
			if n, err := report(); err != nil || n != 1 {
				t.Errorf("report %s has %d, %v; want 1", name, n, err)
			}
		}
		if err := c.ClearDiagnosticInformation(ctx, 0xFFFFFF); err != nil {
			t.Error(err)
		}
		if n, err := c.CountDTCs(ctx, uds.TestFailed); err != nil || n != 0 {
			t.Errorf("after the clear: %d, %v", n, err)
		}
	})
}

func count[T any](all []T, err error) (int, error) { return len(all), err }

func TestGatherFromSimulatedServers(t *testing.T) {
	data := func(id uint16) simulated.Config {
		return simulated.Config{ReadData: &simulated.ReadData{}, Data: simulated.DIDs{id: simulated.Value(bytes.Repeat([]byte{5}, 30)...)}}
	}
	gated := data(0xF190)
	gated.Data = simulated.DIDs{0xF190: {Read: func(context.Context, simulated.Call) ([]byte, error) {
		return nil, uds.ConditionsNotCorrect
	}}}
	network(t, []simulated.Config{data(0xF190), data(0xF191), gated, {}}, func(t *testing.T, clients []*uds.Client, all *uds.Functional) {
		answers, err := all.Gather(t.Context(), clients, 0x22, 0xF1, 0x90)
		if err != nil || len(answers) != 2 {
			t.Fatalf("%v, %v", answers, err)
		}
		if a := answers[0]; a.Client != clients[0] || len(a.Response) != 33 || a.Err != nil {
			t.Errorf("%+v", a)
		}
		if a := answers[1]; a.Client != clients[2] || a.Response != nil || !errors.Is(a.Err, uds.ConditionsNotCorrect) {
			t.Errorf("%+v", a)
		}
	})
}
