package sim

import (
	"bytes"
	"testing"
	"time"
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
		s := programmed(t)
		before := image(t, s)
		for len(input) > 0 {
			n := min(int(input[0]), len(input)-1)
			request := input[1 : 1+n]
			input = input[1+n:]
			if n == 0 {
				continue
			}
			r := s.handle(t.Context(), request)
			if r.code == ok && (len(r.data) == 0 || len(r.data) > maxMessage || r.data[0] != request[0]+positiveOffset) {
				t.Errorf("% X answered with % X", request, r.data)
			}
		}
		if !bytes.Equal(before, image(t, s)) {
			t.Error("the software that runs was changed")
		}
	})
}

// programmed is a server without a bus, ready to be programmed.
func programmed(t *testing.T) *server {
	t.Helper()
	cfg := small()
	cfg.Flash.EraseTime, cfg.Flash.DataErase, cfg.Flash.ProgramTime, cfg.Flash.HashRate = 1, 1, 1, 1<<40
	cfg.Security.Delay = time.Nanosecond
	e, err := New(cfg, nil, newOutlet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	l := newLife(e, powerOn)
	l.choice = choice{slot: slotA, runs: true}
	s := newServer(l)
	s.session, s.security.unlocked = programmingSession, true
	return s
}

func image(t *testing.T, s *server) []byte {
	t.Helper()
	b, err := s.life.flash.Read(s.cfg.Flash.slotAddr(slotA), s.cfg.Flash.SlotSize)
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
