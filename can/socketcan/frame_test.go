package socketcan

import (
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
)

func flagged(flags can.Flags, id uint32, data ...byte) can.Frame {
	f := can.Frame{ID: id, Flags: flags, Len: uint8(len(data))}
	copy(f.Data[:], data)
	return f
}

func errorFrame(class can.ErrorClass, data ...byte) can.Frame {
	return flagged(can.Error, class, append(data, make([]byte, 8-len(data))...)...)
}

// rawFD is struct canfd_frame.
func rawFD(id uint32, length, flags byte, data ...byte) []byte {
	b := binary.NativeEndian.AppendUint32(nil, id)
	b = append(b, length, flags, 0, 0)
	return append(b, append(data, make([]byte, 64-len(data))...)...)
}

func TestFramesBothWays(t *testing.T) {
	long := flagged(can.FD|can.BRS|can.Extended, 0x18DA10F1, make([]byte, 64)...)
	long.Data[63] = 9
	tests := map[string]struct {
		frame can.Frame
		raw   []byte
	}{
		"standard":     {can.New(0x7E0, 2, 0x10, 3), raw(0x7E0, 2, 0x10, 3)},
		"empty":        {can.New(0), raw(0)},
		"full":         {can.New(0x7FF, 1, 2, 3, 4, 5, 6, 7, 8), raw(0x7FF, 1, 2, 3, 4, 5, 6, 7, 8)},
		"extended":     {flagged(can.Extended, 0x18DA10F1, 0xAA), raw(0x98DA10F1, 0xAA)},
		"small 29 bit": {flagged(can.Extended, 1), raw(0x80000001)},
		"remote":       {can.Frame{ID: 0x123, Flags: can.Remote, Len: 4}, withLength(raw(0x40000123), 4)},
		"FD":           {flagged(can.FD, 0x10, 1, 2), rawFD(0x10, 2, fdFDF, 1, 2)},
		"FD ESI":       {flagged(can.FD|can.ESI, 0x10), rawFD(0x10, 0, fdFDF|fdESI)},
		"FD BRS long":  {long, rawFD(0x98DA10F1, 64, fdFDF|fdBRS, long.Data[:]...)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var b [fdSize]byte
			b[60] = 0xFF // from the frame before
			if diff := cmp.Diff(test.raw, encode(&b, test.frame)); diff != "" {
				t.Errorf("encode (-want +got):\n%s", diff)
			}
			if got, ok := decode(test.raw); !ok || got != test.frame {
				t.Errorf("decode: got %v, want %v", got, test.frame)
			}
		})
	}
}

func withLength(b []byte, n byte) []byte {
	b[4] = n
	return b
}

func TestDecodeWhatNoControllerSends(t *testing.T) {
	tests := map[string]struct {
		raw  []byte
		want can.Frame
	}{
		"length over 8":      {withLength(raw(0x10, 1, 2, 3, 4, 5, 6, 7, 8), 255), can.New(0x10, 1, 2, 3, 4, 5, 6, 7, 8)},
		"bytes after length": {withLength(raw(0x10, 1, 2, 3), 1), can.New(0x10, 1)},
		"remote with data":   {raw(0x40000010, 1, 2), can.Frame{ID: 0x10, Flags: can.Remote, Len: 2}},
		"11 bits and more":   {raw(0x00000FFF), can.New(0x7FF)},
		"FD length 255":      {rawFD(1, 255, 0), flagged(can.FD, 1, make([]byte, 64)...)},
		"FD length 9":        {rawFD(1, 9, 0, 1, 2, 3), flagged(can.FD, 1, append([]byte{1, 2, 3}, make([]byte, 9)...)...)},
		"error":              {raw(errorBit | can.ClassBusOff), flagged(can.Error, can.ClassBusOff)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got, ok := decode(test.raw); !ok || got != test.want {
				t.Errorf("got %v %t, want %v", got, ok, test.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(raw(0x7E0, 1, 2))
	f.Add(rawFD(0x98DA10F1, 64, fdBRS))
	f.Add(raw(errorBit|can.ClassBusOff, 1, 2, 3, 4, 5, 6, 7, 8))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, ok := decode(b)
		if !ok || got.Is(can.Error) {
			return
		}
		if err := got.Validate(); err != nil {
			t.Fatal(err)
		}
		var out [fdSize]byte
		if again, ok := decode(encode(&out, got)); !ok || again != got {
			t.Fatalf("%v became %v", got, again)
		}
	})
}
