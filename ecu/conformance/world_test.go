package conformance_test

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/can/virtual"
	"otabench/ecu"
	"otabench/ecu/conformance"
	"otabench/ecu/description"
	"otabench/ecu/sim"
	"otabench/ecu/sim/server"
	"otabench/ecu/sim/tamper"
)

// Routines of the server under test.
const (
	preconditions uint16 = 0x0203
	selfTest      uint16 = 0x0301
	erase         uint16 = 0xFF00
)

var (
	notDefault = server.Access{Sessions: []byte{0x02, 0x03}}
	unlocked   = server.Access{Sessions: []byte{0x02}, Levels: []byte{0x01}}
)

// world is an ECU made of the server library, described, and what is wrong with it.
type world struct {
	desc   description.ECU
	server server.Config
	fault  fault
	// changed is told of all that a check must not do.
	changed func(what string)
}

// fault is what a server does wrong. Either function may be nil.
type fault struct {
	// request sees what the server is to get. It may answer by itself, and returns false to keep a request back.
	request func(f *faulty, m *isotp.Message, say func(...byte)) bool
	// response returns what is sent in place of a response.
	response func(f *faulty, request isotp.Message, response []byte) [][]byte
}

// faulty follows what goes over the server's connection, and puts its fault there.
type faulty struct {
	fault  fault
	tester can.Bus // the other end of the wire

	mu       sync.Mutex
	session  byte
	unlocked bool
	requests [][]byte
}

func (f *faulty) tamper() tamper.Fault { return tamper.Fault{Request: f.request, Response: f.response} }

func (f *faulty) request(m *isotp.Message, say func(...byte)) bool {
	f.mu.Lock()
	f.requests = append(f.requests, bytes.Clone(m.Data))
	f.mu.Unlock()
	return f.fault.request == nil || f.fault.request(f, m, say)
}

func (f *faulty) response(request isotp.Message, response []byte) [][]byte {
	f.mu.Lock()
	f.follow(response)
	f.mu.Unlock()
	if f.fault.response == nil {
		return [][]byte{response}
	}
	return f.fault.response(f, request, response)
}

// follow knows the session, and whether the server was unlocked since the default one.
func (f *faulty) follow(response []byte) {
	switch {
	case len(response) >= 2 && response[0] == 0x50:
		f.session = response[1]
		f.unlocked = f.unlocked && f.session != server.DefaultSession
	case bytes.HasPrefix(response, []byte{0x67, 0x02}):
		f.unlocked = true
	}
}

// now is the session, and whether the server was unlocked since the default one.
func (f *faulty) now() (session byte, unlocked bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.session, f.unlocked
}

// newWorld is a server that does everything right.
func newWorld() *world {
	w := &world{changed: func(string) {}}
	w.desc = description.ECU{
		Address: description.Address{Request: 0x7E0, Response: 0x7E8},
		Security: description.Security{
			Level: 0x01, Algorithm: description.AlgorithmXOR, Secret: "example", Attempts: 3, Delay: 10 * time.Second,
		},
		Routines: map[string]description.Routine{conformance.SelfTest: {ID: selfTest}},
	}
	w.server = server.Config{
		Sessions: map[byte]server.Session{
			0x02: {Enter: notDefault},
			0x03: {P2Star: 2 * time.Second},
		},
		Data: w.data(), ReadData: &server.ReadData{MaxIDs: 4}, WriteData: &notDefault,
		Routines: &server.Routines{Access: notDefault, Find: w.routines()},
		Reset:    &server.Reset{Kinds: map[byte]server.ResetKind{0x01: {}, 0x03: {}}},
		Security: &server.Security{Access: notDefault, Levels: map[byte]server.Level{
			0x01: {SeedLength: 4, Key: xor, Attempts: 3, Delay: 10 * time.Second},
		}},
		Communication: &server.Communication{
			Access: notDefault, Controls: map[byte]server.Access{0x00: {}, 0x01: {}, 0x03: {}},
			Set: func(context.Context, server.Call, server.Switch) error { return nil },
		},
		DTCSetting: &server.DTCSetting{Access: notDefault},
		ClearDTC:   &server.Access{},
		Faults: &server.Faults{
			Reports: map[byte]server.Access{0x01: {}, 0x02: {}, 0x0A: {}}, Format: 1, Memory: w.memory(),
		},
		Download: &server.Download{Access: unlocked, MaxBlock: 100, Begin: w.download},
		Transfer: unlocked,
	}
	return w
}

func (w *world) data() server.DIDs {
	vin := server.Value([]byte("WOB00000000000001")...)
	vin.WriteAccess = server.Access{Sessions: []byte{0x03}, Levels: []byte{0x01}}
	vin.Write = func(context.Context, server.Call, []byte) error {
		w.changed("VIN")
		return nil
	}
	return server.DIDs{
		0xF186: {Read: func(_ context.Context, c server.Call) ([]byte, error) { return []byte{c.Session}, nil }},
		0xF189: server.Value([]byte("1.0.0")...),
		0xF190: vin,
	}
}

func (w *world) routines() server.RoutineTable {
	after := func(d time.Duration, change string) server.RoutineFunc {
		return func(ctx context.Context, _ server.Call, _ []byte) ([]byte, error) {
			if change != "" {
				w.changed(change)
			}
			select {
			case <-time.After(d):
			case <-ctx.Done():
			}
			return []byte{0}, nil
		}
	}
	return server.RoutineTable{
		preconditions: {Access: notDefault, Start: after(0, ""), KeepResult: true},
		selfTest:      {Access: notDefault, Start: after(6*time.Second, ""), KeepResult: true},
		erase:         {Access: unlocked, Start: after(0, "flash"), StartOptions: server.AtLeast(0)},
	}
}

// memory is a fault memory that tells of being cleared.
func (w *world) memory() server.FaultMemory {
	return memory{w, server.NewMemory(
		server.DTC{Code: 0xC10000, Status: 0x2F}, server.DTC{Code: 0xF00316, Status: 0x08}, server.DTC{Code: 0xF00317},
	)}
}

type memory struct {
	w *world
	*server.Memory
}

func (m memory) Clear(ctx context.Context, group uint32) error {
	err := m.Memory.Clear(ctx, group)
	if err == nil {
		m.w.changed("trouble codes")
	}
	return err
}

func (w *world) download(context.Context, server.Call, byte, server.Region) (server.Sink, error) {
	w.changed("memory")
	return nil, context.Canceled
}

// xor is the key algorithm of the same name with the example secret.
func xor(seed []byte) []byte {
	key := bytes.Clone(seed)
	for i := range key {
		key[i] ^= sim.ExampleSecret[i%len(sim.ExampleSecret)]
	}
	return key
}

// on runs test in a bubble with a probe of the ECU.
func (w *world) on(t *testing.T, test func(t *testing.T, p *conformance.Probe, wire *faulty)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		bus := virtual.NewBus("diag", virtual.Options{})
		defer bus.Close()
		conn, err := isotp.Open(bus.Attach("ecu"), isotp.Config{
			Address: isotp.Address{Tx: 0x7E8, Rx: 0x7E0}, Functional: 0x7DF,
		})
		if err != nil {
			t.Fatal(err)
		}
		f := &faulty{fault: w.fault, session: server.DefaultSession}
		s, err := server.New(tamper.New(conn, f.tamper()), w.server)
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan error)
		go func() { ended <- s.Serve(t.Context()) }()
		tester := bus.Attach("tester")
		f.tester = tester
		unit, err := ecu.New("bcm", w.desc, tester, ecu.Hooks{})
		if err != nil {
			t.Fatal(err)
		}
		p := conformance.NewProbe(unit, tester)
		test(t, p, f)
		p.Close()
		if err := unit.Close(); err != nil {
			t.Error(err)
		}
		_ = conn.Close()
		<-ended
	})
}

// findings runs all checks. A check without a verdict ends the test.
func findings(t *testing.T, p *conformance.Probe) []conformance.Finding {
	t.Helper()
	var all []conformance.Finding
	for _, check := range conformance.Checks() {
		f, err := check.Run(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return all
}
