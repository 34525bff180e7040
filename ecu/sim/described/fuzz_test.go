package described_test

import (
	"context"
	"testing"
	"time"
)

// FuzzRequests sends anything to an unlocked ECU. It goes on answering, and after a power cut a complete update brings it
// back, whatever was done to its memory.
func FuzzRequests(f *testing.F) {
	add := func(requests ...string) {
		var all []byte
		for _, r := range requests {
			all = append(append(all, byte(len(r))), r...)
		}
		f.Add(all)
	}
	add("\x31\x01\xFF\x00\x80\x00\x00\x10\x00", "\x34\x00\x32\x80\x00\x00\x00\x04", "\x36\x01abcd", "\x37", "\x31\x01\x02\x04\x02\x00\x00\x00\x00")
	add("\x31\x01\xFF\x00\x90\x00\x00\x04\x00", "\x34\x10\x32\x90\x00\x00\x00\x04", "\x36\x01\x0Fabcd", "\x37", "\x31\x01\xFF\x01")
	add("\x34\x00\x32\xFF\xFF\xFF\xFF\xFF", "\x34\x11\x45\x80\x00\x00\x00\x00\x00\x00\x00\x01", "\x36\x01a", "\x11\x01")
	add("\x22\x03\x00", "\x2E\xF1\x98\x00", "\x27\x03\x01", "\x31\x03\xFF\x00", "\x19\x02\xFF", "\x14\xFF\xFF\xFF", "\x23\x14\x00\x00\x80\x10\x03")
	f.Fuzz(func(t *testing.T, script []byte) {
		with(t, inPlaceConfig(t), func(t *testing.T, r *rig) {
			programming(t, r)
			for n := 0; len(script) > 0 && n < 32; n++ {
				length := min(int(script[0])+1, len(script))
				request := script[1:length]
				script = script[length:]
				if len(request) == 0 {
					continue
				}
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				_, _ = r.Client().Do(ctx, request)
				cancel()
			}
			r.cycle()
			if _, err := r.ReadDID(t.Context(), "kept"); err != nil {
				t.Errorf("it does not answer: %v", err)
			}
			r.updates(files(t, "2.0", "sounds"))
			r.reads("software_version", "2.0")
		})
	})
}
