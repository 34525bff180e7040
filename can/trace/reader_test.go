package trace_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/trace"
)

func TestTruncatedAnywhere(t *testing.T) {
	file, want := write(t, sample()), sample()
	var ends []int // of the blocks
	for end := 0; end < len(file); {
		end += int(binary.LittleEndian.Uint32(file[end+4:]))
		ends = append(ends, end)
	}
	if len(ends) != 3+len(want) {
		t.Fatalf("%d blocks, want %d", len(ends), 3+len(want))
	}
	whole, begin := 0, 0
	for size := range file {
		if size == ends[whole] {
			whole, begin = whole+1, size
		}
		records, err := readAll(file[:size])
		if diff := cmp.Diff(want[:max(0, whole-3)], records, cmp.Transformer("list", comparable)); diff != "" {
			t.Fatalf("%d bytes (-want +got):\n%s", size, diff)
		}
		if size == begin {
			if err != io.EOF {
				t.Errorf("%d bytes end with %v, want EOF", size, err)
			}
			continue
		}
		if !errors.Is(err, trace.ErrTruncated) || !strings.Contains(err.Error(), fmt.Sprintf("at byte %d", begin)) {
			t.Errorf("%d bytes end with %v, want %v at byte %d", size, err, trace.ErrTruncated, begin)
		}
	}
}

// comparable makes a list of no records the same as none.
func comparable(records []trace.Record) map[int]trace.Record {
	m := make(map[int]trace.Record)
	for i, r := range records {
		m[i] = r
	}
	return m
}

// file makes pcapng by hand, in either byte order.
type file struct {
	order binary.AppendByteOrder
	b     []byte
}

func (f *file) block(kind uint32, body ...any) *file {
	var b bytes.Buffer
	for _, v := range body {
		if err := binary.Write(&b, f.order.(binary.ByteOrder), v); err != nil {
			panic(err)
		}
	}
	size := uint32(12 + b.Len())
	f.b = f.order.AppendUint32(f.order.AppendUint32(f.b, kind), size)
	f.b = f.order.AppendUint32(append(f.b, b.Bytes()...), size)
	return f
}

func (f *file) section() *file {
	return f.block(0x0A0D0D0A, uint32(0x1A2B3C4D), uint16(1), uint16(0), int64(-1))
}

func (f *file) ifc(link uint16, options ...any) *file {
	return f.block(1, append([]any{link, uint16(0), uint32(0)}, options...)...)
}

func (f *file) packet(ifc uint32, stamp uint64, data []byte, options ...any) *file {
	size := uint32(len(data))
	padded := append(bytes.Clone(data), make([]byte, -len(data)&3)...)
	head := []any{ifc, uint32(stamp >> 32), uint32(stamp), size, size, padded}
	return f.block(6, append(head, options...)...)
}

var frame = []byte{0, 0, 7, 0xE0, 3, 0, 0, 0, 2, 0x10, 3}

func TestForeignFiles(t *testing.T) {
	name := []any{uint16(2), uint16(4), []byte("can0")}
	kernelFD := append([]byte{0, 0, 0, 1, 12, 0, 0, 0, 9}, make([]byte, 63)...)
	fd := can.Frame{ID: 1, Flags: can.FD, Len: 12}
	fd.Data[0] = 9
	request := can.New(0x7E0, 2, 0x10, 3)
	at := func(seconds, ns int64, f can.Frame) can.Received {
		return can.Received{Frame: f, Time: time.Unix(seconds, ns).UTC()}
	}
	tests := map[string]struct {
		make func(f *file)
		want []trace.Record
	}{
		"microseconds unless told": {
			func(f *file) { f.section().ifc(227, name...).packet(0, 1_000_002, frame) },
			[]trace.Record{{Bus: "can0", Received: at(1, 2000, request)}},
		},
		"binary stamps and an offset": {
			func(f *file) {
				f.section().ifc(227, uint16(9), uint16(1), []byte{0x81, 0, 0, 0}, uint16(14), uint16(8), int64(100)).
					packet(0, 7, frame)
			},
			[]trace.Record{{Received: at(103, 500_000_000, request)}},
		},
		"other link types and blocks": {
			func(f *file) {
				f.section().block(0xBAD, []byte("what?123")).ifc(1).ifc(227, name...).
					packet(0, 0, []byte("an Ethernet frame")).packet(1, 0, frame)
			},
			[]trace.Record{{Bus: "can0", Received: at(0, 0, request)}},
		},
		"a second section": {
			func(f *file) {
				f.section().ifc(227, name...).packet(0, 0, frame).section().ifc(227).packet(0, 0, frame)
			},
			[]trace.Record{{Bus: "can0", Received: at(0, 0, request)}, {Received: at(0, 0, request)}},
		},
		"direction, end of options": {
			func(f *file) {
				f.section().ifc(227).packet(0, 0, frame, uint16(2), uint16(4), uint32(2), uint32(0), uint16(1), uint16(0))
			},
			[]trace.Record{{Received: can.Received{Frame: request, Time: time.Unix(0, 0).UTC(), Own: true}}},
		},
		"losses": {
			func(f *file) { f.section().ifc(227).packet(0, 0, frame, uint16(4), uint16(8), uint64(1<<40)) },
			[]trace.Record{{Received: can.Received{Frame: request, Time: time.Unix(0, 0).UTC(), Lost: 1 << 40}}},
		},
		"FD by its size": {
			func(f *file) { f.section().ifc(227).packet(0, 0, kernelFD) },
			[]trace.Record{{Received: at(0, 0, fd)}},
		},
		"remote frame without data": {
			func(f *file) { f.section().ifc(227).packet(0, 0, []byte{0x40, 0, 0, 1, 8, 0, 0, 0}) },
			[]trace.Record{{Received: at(0, 0, can.Frame{ID: 1, Flags: can.Remote, Len: 8})}},
		},
		"stray bits above the identifier": {
			func(f *file) { f.section().ifc(227).packet(0, 0, []byte{0x1F, 0xFF, 0xF7, 0x12, 0, 0, 0, 0}) },
			[]trace.Record{{Received: at(0, 0, can.New(0x712))}},
		},
	}
	for name, test := range tests {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			t.Run(name+" "+order.String(), func(t *testing.T) {
				f := &file{order: order}
				test.make(f)
				got, err := readAll(f.b)
				if err != io.EOF {
					t.Errorf("reading ended with %v", err)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestCorruptFiles(t *testing.T) {
	// Each begins with a packet that is in order; the damaged block comes behind it.
	tests := map[string]struct {
		damage func(f *file)
		want   string
	}{
		"size too small":        {func(f *file) { f.b = append(f.b, 6, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0) }, "block of 8 bytes"},
		"size not in words":     {func(f *file) { f.b = append(f.b, 6, 0, 0, 0, 13, 0, 0, 0, 8, 0, 0, 0) }, "block of 13 bytes"},
		"huge size":             {func(f *file) { f.b = append(f.b, 6, 0, 0, 0, 0xFC, 255, 255, 255, 8, 0, 0, 0) }, "block of 4294967292 bytes"},
		"sizes differ":          {func(f *file) { f.packet(0, 0, frame); f.b[len(f.b)-4]++ }, "ends as one of"},
		"no byte order":         {func(f *file) { f.block(0x0A0D0D0A, make([]byte, 16)) }, "no byte order"},
		"short section":         {func(f *file) { f.block(0x0A0D0D0A, uint32(0x1A2B3C4D)) }, "section header of 4 bytes"},
		"version 2":             {func(f *file) { f.block(0x0A0D0D0A, uint32(0x1A2B3C4D), uint16(2), uint16(0), int64(-1)) }, "version 2"},
		"short interface":       {func(f *file) { f.block(1, uint32(227)) }, "interface description of 4 bytes"},
		"long option":           {func(f *file) { f.ifc(227, uint16(2), uint16(9), uint64(0)) }, "longer than its block"},
		"resolution":            {func(f *file) { f.ifc(227, uint16(9), uint16(1), uint32(20)) }, "resolution 0x14 is too fine"},
		"binary resolution":     {func(f *file) { f.ifc(227, uint16(9), uint16(1), uint32(0xC0)) }, "resolution 0xc0 is too fine"},
		"short packet":          {func(f *file) { f.block(6, uint32(0)) }, "packet of 4 bytes"},
		"no such interface":     {func(f *file) { f.packet(1, 0, frame) }, "packet of interface 1, there are 1"},
		"interface 2^32-1":      {func(f *file) { f.packet(1<<32-1, 0, frame) }, "packet of interface 4294967295"},
		"data too long":         {func(f *file) { f.block(6, make([]byte, 12), uint32(1<<32-1), uint32(0)) }, "packet data of 4294967295 bytes"},
		"time after 9999":       {func(f *file) { f.packet(0, 1<<63, frame) }, "after the year 9999"},
		"frame without header":  {func(f *file) { f.packet(0, 0, frame[:7]) }, "7 bytes are too few"},
		"frame cut":             {func(f *file) { f.packet(0, 0, frame[:9]) }, "3 data bytes in 9 bytes"},
		"classic of 9 bytes":    {func(f *file) { f.packet(0, 0, []byte{0, 0, 0, 1, 9, 0, 0, 0}) }, "9 bytes in a classic frame"},
		"FD of 65 bytes":        {func(f *file) { f.packet(0, 0, []byte{0, 0, 0, 1, 65, 4, 0, 0}) }, "no data length code for 65"},
		"packet option":         {func(f *file) { f.packet(0, 0, frame, uint16(1), uint16(0xFFFF), uint32(0)) }, "longer than its block"},
		"too many interfaces":   {func(f *file) { many(f, 1024) }, "more than 1024 interfaces"},
		"time before 1970":      {func(f *file) { f.ifc(227, uint16(14), uint16(8), int64(-5)).packet(1, 4e6, frame) }, "before 1970"},
		"offset beyond reason":  {func(f *file) { f.ifc(227, uint16(14), uint16(8), int64(1<<62)).packet(1, 0, frame) }, "after the year 9999"},
		"negative beyond words": {func(f *file) { f.ifc(227, uint16(14), uint16(8), int64(-1<<63)).packet(1, 0, frame) }, "before 1970"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := &file{order: binary.LittleEndian}
			f.section().ifc(227).packet(0, 0, frame)
			test.damage(f)
			r := trace.NewReader(bytes.NewReader(f.b))
			if _, err := r.Next(); err != nil {
				t.Fatalf("the frame before the damage: %v", err)
			}
			for range 2 {
				_, err := r.Next()
				if !errors.Is(err, trace.ErrCorrupt) || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got error %v, want %v: ... %s", err, trace.ErrCorrupt, test.want)
				}
			}
		})
	}
}

// many adds interfaces.
func many(f *file, n int) {
	for range n {
		f.ifc(227)
	}
}

func TestNoTrace(t *testing.T) {
	if _, err := readAll(nil); err != io.EOF {
		t.Errorf("an empty file gives %v, want EOF", err)
	}
	for _, text := range []string{"(1436509052.249713) vcan0 044#2A\n", "text"} {
		if _, err := readAll([]byte(text)); !errors.Is(err, trace.ErrCorrupt) || !strings.Contains(err.Error(), "no pcapng") {
			t.Errorf("%q gives %v, want %v", text, err, trace.ErrCorrupt)
		}
	}
}

func TestReadError(t *testing.T) {
	_, err := trace.NewReader(iotest.ErrReader(errFull)).Next()
	if !errors.Is(err, errFull) {
		t.Errorf("got error %v, want %v", err, errFull)
	}
}

func FuzzReader(f *testing.F) {
	f.Add(write(f, sample()))
	big := &file{order: binary.BigEndian}
	f.Add(big.section().ifc(227).packet(0, 7, frame, uint16(2), uint16(4), uint32(2)).b)
	f.Fuzz(func(t *testing.T, b []byte) {
		records, err := readAll(b)
		if err != io.EOF && !errors.Is(err, trace.ErrTruncated) && !errors.Is(err, trace.ErrCorrupt) {
			t.Fatalf("ended with %v", err)
		}
		// What was read can be written, and is the same then.
		for _, want := range records {
			if want.Time.Year() > 2261 {
				continue
			}
			want.Comment = ""
			var out bytes.Buffer
			w := trace.NewWriter(&out)
			if err := w.Write(want.Bus, want.Received); err != nil {
				t.Fatal(err)
			}
			w.Flush()
			got, err := readAll(out.Bytes())
			if err != io.EOF || len(got) != 1 || got[0] != want {
				t.Fatalf("%v became %v, %v", want, got, err)
			}
		}
	})
}
