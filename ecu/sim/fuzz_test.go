package sim

import (
	"bytes"
	"context"
	"testing"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/uds"
)

// FuzzRequests sends requests, each behind a byte with its length, to a server that is unlocked for programming. None
// may panic it, get it to answer what is no response, or change the software that runs.
func FuzzRequests(f *testing.F) {
	add := func(requests ...[]byte) {
		var all []byte
		for _, r := range requests {
			all = append(append(all, byte(len(r))), r...)
		}
		f.Add(all)
	}
	erase := append([]byte{0x31, 0x01, 0xFF, 0x00}, rangeOf(0x00A00000, 0x400)...)
	download := append([]byte{0x34, 0x00}, rangeOf(0x00A00000, 0x100)...)
	add(erase, download, append([]byte{0x36, 0x01}, make([]byte, 100)...), []byte{0x37})
	add([]byte{0x31, 0x01, 0x02, 0x02}, []byte{0x31, 0x01, 0xFF, 0x01}, []byte{0x31, 0x01, 0x02, 0x10}, []byte{0x31, 0x03, 0x02, 0x02})
	add([]byte{0x10, 0x03}, []byte{0x27, 0x01}, append([]byte{0x27, 0x02}, make([]byte, 16)...), []byte{0x2E, 0xF1, 0x90, 0x00})
	add([]byte{0x22, 0xF1, 0x89, 0xFD, 0x01}, []byte{0x19, 0x02, 0xFF}, []byte{0x14, 0xFF, 0xFF, 0xFF}, []byte{0x28, 0x03, 0x01}, []byte{0x85, 0x82}, []byte{0x3E, 0x80})
	add([]byte{0x2E, 0xF1, 0x5A, 0x01}, append([]byte{0x34, 0x00}, rangeOf(0xFFFFFFFF, -1)...), []byte{0x11, 0x01}, nil)
	f.Fuzz(func(t *testing.T, input []byte) {
		w := programmed(t)
		before := image(t, w.life)
		for len(input) > 0 {
			n := min(int(input[0]), len(input)-1)
			request := input[1 : 1+n]
			input = input[1+n:]
			if n == 0 {
				continue
			}
			for i, response := range w.ask(t, request) {
				final := response[0] == request[0]+positiveOffset || response[0] == 0x7F && len(response) == 3 && response[1] == request[0]
				if !final || i > 0 || len(response) > maxMessage {
					t.Errorf("% X answered with % X", request, response)
				}
			}
		}
		if !bytes.Equal(before, image(t, w.life)) {
			t.Error("the software that runs was changed")
		}
	})
}

// wire is a connection to the diagnostics of an ECU without a bus.
type wire struct {
	life      *life
	requests  chan []byte
	responses chan []byte
}

func (*wire) String() string { return "wire" }
func (*wire) Drain() int     { return 0 }
func (*wire) Close() error   { return nil }

func (w *wire) Send(_ context.Context, response []byte) error {
	w.responses <- bytes.Clone(response)
	return nil
}

func (w *wire) Receive(ctx context.Context, _ time.Duration) (isotp.Message, error) {
	select {
	case r := <-w.requests:
		return isotp.Message{Data: r}, nil
	case <-ctx.Done():
		return isotp.Message{}, ctx.Err()
	}
}

// ask sends a request and returns its responses. That it is over shows in the answer to the marker behind it, which is a
// request that is always answered, and always in the same way.
func (w *wire) ask(t *testing.T, request []byte) (responses [][]byte) {
	t.Helper()
	w.requests <- request
	marker := []byte{0x22, byte(didManufactured >> 8), byte(didManufactured & 0xFF)}
	answer := append([]byte{0x62, marker[1], marker[2]}, manufactured[:]...)
	busy := negative(0x22, uds.BusyRepeatRequest)
	for own := bytes.Equal(request, marker); ; {
		w.requests <- marker
		for {
			r := <-w.responses
			if bytes.Equal(r, busy) {
				break
			}
			if bytes.Equal(r, answer) && !own {
				return responses
			}
			own = false
			if !bytes.Equal(r, negative(request[0], uds.ResponsePending)) {
				responses = append(responses, r)
			}
		}
	}
}

// programmed is an ECU that is unlocked for programming.
func programmed(t *testing.T) *wire {
	t.Helper()
	cfg := small()
	cfg.Flash.EraseTime, cfg.Flash.DataErase, cfg.Flash.ProgramTime, cfg.Flash.HashRate = 1, 1, 1, 1<<40
	cfg.Security.Delay = time.Nanosecond
	e, err := New(cfg, nil, newOutlet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	l := newLife(e, powerOn)
	l.choice, l.end = choice{slot: slotA, runs: true}, func(error) {}
	w := &wire{life: l, requests: make(chan []byte), responses: make(chan []byte, 16)}
	d, err := newDiagnostics(l, w)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = d.server.Serve(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-served
	})
	w.ask(t, []byte{0x10, 0x03})
	w.ask(t, []byte{0x10, 0x02})
	seed := w.ask(t, []byte{0x27, 0x01})[0][2:]
	if got := w.ask(t, append([]byte{0x27, 0x02}, keys{e.cfg.Security, e.cfg.Secret}.key(seed)...)); !bytes.Equal(got[0], []byte{0x67, 0x02}) {
		t.Fatalf("unlock: % X", got)
	}
	return w
}

func image(t *testing.T, l *life) []byte {
	t.Helper()
	b, err := l.flash.Read(l.cfg.Flash.slotAddr(slotA), l.cfg.Flash.SlotSize)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func FuzzApplication(f *testing.F) {
	f.Add(Application{Version: "1.0.0", Behaviour: Crash, After: time.Second, DIDs: map[string]string{"FD10": "x", "zz": "y"}}.Image(200))
	f.Add([]byte(applicationMagic + "\xFF\xFF\xFF\xFF{}"))
	f.Add([]byte(applicationMagic + "\x00\x00\x00\x02[]"))
	f.Fuzz(func(t *testing.T, image []byte) {
		a, err := parseApplication(image)
		if err == nil && !bytes.HasPrefix(image, []byte(applicationMagic)) {
			t.Errorf("% X is taken for application %s", image[:min(len(image), 12)], a.Version)
		}
		a.did(0xFD10)
	})
}
