package socketcan

import (
	"bytes"
	"io"
	"testing"

	"go.einride.tech/can/pkg/socketcan"

	"otabench/can"
)

// FuzzFromKernel: whatever comes, the frame is one that could be sent, or an error frame of full length.
func FuzzFromKernel(f *testing.F) {
	f.Add(raw(0x7E0, 3, 2, 0x10, 3))
	f.Add(raw(0x98DA10F1, 8, 1, 2, 3, 4, 5, 6, 7, 8))
	f.Add(raw(0x40000123, 255))
	f.Add(raw(0xE0000004, 8, 0, 16))
	f.Fuzz(func(t *testing.T, b []byte) {
		rx := socketcan.NewReceiver(io.NopCloser(bytes.NewReader(b)))
		for rx.Receive() {
			got := fromKernel(rx)
			if got.Is(can.Error) {
				if got.Flags != can.Error || got.Len != 8 || got.ID > can.MaxExtendedID {
					t.Errorf("%X became %v", b, got)
				}
				continue
			}
			if err := got.Validate(); err != nil {
				t.Errorf("%X became %v: %v", b, got, err)
			}
			if again := fromData(toKernel(got)); again != got {
				t.Errorf("%v became %v", got, again)
			}
		}
	})
}
