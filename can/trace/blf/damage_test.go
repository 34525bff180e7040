package blf_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"otabench/can/trace"
	"otabench/can/trace/blf"
	"otabench/can/trace/tracetest"
)

func TestDamage(t *testing.T) {
	over := func(b []byte, at int, part ...any) []byte {
		b = slices.Clone(b)
		copy(b[at:], bin(part...))
		return b
	}
	// The frame before the damage is in a container of its own, of 80 bytes behind the head's 144: damage is at byte 224.
	tests := map[string]struct {
		part []byte
		kind error
		want string
	}{
		"no object":           {bin("LOGJ", [40]u8{}), trace.ErrCorrupt, "byte 227"},
		"file's garbage":      {bin("LO"), trace.ErrTruncated, "byte 224"},
		"object's head":       {over(stored(plain), 4, u16(15)), trace.ErrCorrupt, "byte 224"},
		"object's size":       {over(stored(plain), 8, u32(15)), trace.ErrCorrupt, "byte 224"},
		"container's head":    {over(stored(plain), 8, u32(31)), trace.ErrCorrupt, "a container of 31 bytes"},
		"container's size":    {over(stored(plain), 8, u32(1<<31)), trace.ErrCorrupt, "container"},
		"bare object's size":  {over(plain, 8, u32(1<<31)), trace.ErrCorrupt, "in the object at byte 224"},
		"method":              {over(stored(plain), 16, u16(1)), trace.ErrCorrupt, "method 1"},
		"too large":           {deflated(1<<30, plain), trace.ErrCorrupt, "over 16777216"},
		"larger than it says": {deflated(47, plain), trace.ErrCorrupt, "another size than 47"},
		"smaller":             {deflated(49, plain), trace.ErrCorrupt, "another size than 49"},
		"no end":              {over(deflated(-1, plain), 8, u32(40)), trace.ErrCorrupt, "no end"},
		"no zlib":             {over(deflated(-1, plain), 32, "zz"), trace.ErrCorrupt, "zlib: invalid header"},
		"deflate":             {over(deflated(-1, plain), 34, [4]u8{0xFF, 0xFF, 0xFF, 0xFF}), trace.ErrCorrupt, "byte 224"},
		"inner garbage":       {stored([]byte("garbage, garbage")), trace.ErrCorrupt, "no object begins here"},
		"inner head":          {stored(over(plain, 4, u16(15))), trace.ErrCorrupt, "with a head of 15"},
		"inner size":          {stored(over(plain, 8, u32(31))), trace.ErrCorrupt, "has 31 bytes"},
		"inner version":       {stored(over(plain, 6, u16(4))), trace.ErrCorrupt, "version 4"},
		"inner head, short":   {stored(over(plain, 6, u16(2))), trace.ErrCorrupt, "version 2 and 32 bytes"},
		"inner end":           {stored(over(plain, 8, u32(60))), trace.ErrTruncated, "in the middle of an object"},
		"last of the others":  {stored(over(object(71), 8, u32(60))), trace.ErrTruncated, "in the middle of an object"},
		"message":             {stored(object(1, [7]u8{})), trace.ErrCorrupt, "object of type 1: 7 bytes"},
		"FD":                  {stored(object(100, [19]u8{})), trace.ErrCorrupt, "object of type 100: 19 bytes"},
		"FD 64":               {stored(object(101, [39]u8{})), trace.ErrCorrupt, "object of type 101: 39 bytes"},
		"error":               {stored(object(2, [3]u8{})), trace.ErrCorrupt, "object of type 2: 3 bytes"},
		"error, more":         {stored(object(73, [23]u8{})), trace.ErrCorrupt, "object of type 73: 23 bytes"},
		"error, FD":           {stored(object(104, [15]u8{})), trace.ErrCorrupt, "object of type 104: 15 bytes"},
		"comment":             {stored(object(92, [15]u8{})), trace.ErrCorrupt, "object of type 92: 15 bytes"},
		"comment's length":    {stored(object(92, u32(1), u32(2), u64(0), "x")), trace.ErrCorrupt, "object of type 92"},
		"marker":              {stored(object(96, [39]u8{})), trace.ErrCorrupt, "object of type 96: 39 bytes"},
		"marker's length": {
			stored(object(96, [16]u8{}, [3]u32{1 << 31, 1 << 31, 2}, [12]u8{})), trace.ErrCorrupt, "object of type 96",
		},
		"marker's time":     {stored(marker("otabench", "start", "now")), trace.ErrCorrupt, "parsing time"},
		"text":              {stored(object(65, [15]u8{})), trace.ErrCorrupt, "object of type 65: 15 bytes"},
		"text's length":     {stored(object(65, u32(1), u32(0), u32(2), u32(0), "x")), trace.ErrCorrupt, "type 65"},
		"overrun":           {stored(object(91, u32(1))), trace.ErrCorrupt, "object of type 91: 4 bytes"},
		"overrun's channel": {stored(object(91, u32(1), u16(0))), trace.ErrCorrupt, "channel 0"},
		"bare channel 0":    {message(0, 0, 0, 1), trace.ErrCorrupt, "in the object at byte 224"},
		"channel 0":         {stored(message(0, 0, 0, 1)), trace.ErrCorrupt, "channel 0"},
		"channel 256":       {stored(message(256, 0, 0, 1)), trace.ErrCorrupt, "channel 256"},
		"identifier":        {stored(message(1, 0, 0, 0x800)), trace.ErrCorrupt, "over 0x7ff"},
		"year 10000":        {stored(objectAt(1, 1<<63, 1, plain[32:48])), trace.ErrCorrupt, "after the year 9999"},
		"before 1970": {
			stored(marker("otabench", "start", "0001-01-01T00:00:00Z"), plain), trace.ErrCorrupt, "before 1970",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := blf.NewReader(bytes.NewReader(file(stored(plain), test.part)))
			if _, err := r.Next(); err != nil {
				t.Fatalf("the frame before the damage: %v", err)
			}
			for range 2 {
				_, err := r.Next()
				if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.want) ||
					!strings.Contains(err.Error(), "byte") {
					t.Errorf("got error %v, want %v: ... %s", err, test.kind, test.want)
				}
			}
		})
	}
}

func TestDamagedHead(t *testing.T) {
	whole := file(stored(plain))
	tests := map[string]struct {
		file []byte
		kind error
		want string
	}{
		"nothing":      {nil, trace.ErrTruncated, "byte 0"},
		"a part":       {whole[:71], trace.ErrTruncated, "byte 71"},
		"no padding":   {whole[:143], trace.ErrTruncated, "byte 143"},
		"no BLF":       {append([]byte("LOGO"), whole[4:]...), trace.ErrCorrupt, `it begins with "LOGO"`},
		"small":        {append(bin("LOGG", u32(71)), whole[8:]...), trace.ErrCorrupt, "71 bytes"},
		"large":        {append(bin("LOGG", u32(1<<31)), whole[8:]...), trace.ErrCorrupt, "2147483648 bytes"},
		"never closed": {append(bin(whole[:16], u64(144)), whole[24:]...), trace.ErrTruncated, "never closed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := read(test.file); !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want %v: ... %s", err, test.kind, test.want)
			}
		})
	}
}

// small is a file of two containers.
func small(t *testing.T) []byte {
	t.Helper()
	file := write(t, load(2100))
	if n := bytes.Count(file, []byte("LOBJ")); n != 2 {
		t.Fatalf("the file has %d containers, want 2", n)
	}
	return file
}

// However a file is cut off, it gives the frames that are in it whole, and says where it ends.
func TestCutAnywhere(t *testing.T) {
	file, want, before := small(t), load(2100), 0
	for end := 0; end < len(file); end += 1 + end/100 {
		got, err := read(file[:end])
		if !errors.Is(err, trace.ErrTruncated) || !strings.Contains(err.Error(), "at byte ") {
			t.Fatalf("cut at byte %d: got error %v, want %v", end, err, trace.ErrTruncated)
		}
		if len(got) < before || !slices.Equal(got, want[:len(got)]) {
			t.Fatalf("cut at byte %d: %d frames, %d before, or others than were written", end, len(got), before)
		}
		before = len(got)
	}
	if before < 2000 {
		t.Errorf("of the last container there are no frames: %d altogether", before)
	}
}

// Whichever byte of a container is wrong, no frame is one that was not written. But a wrong type makes it something
// else, which is passed over.
func TestAnyWrongByte(t *testing.T) {
	file, want := small(t), load(2100)
	types := [2]int{144 + 12, bytes.LastIndex(file, []byte("LOBJ")) + 12}
	for at := 144; at < len(file); at += 1 + at/50 {
		if types[0] <= at && at < types[0]+4 || types[1] <= at && at < types[1]+4 {
			continue
		}
		for _, mask := range []byte{0x01, 0x80, 0xFF} {
			damaged := slices.Clone(file)
			damaged[at] ^= mask
			got, err := read(damaged)
			if len(got) > len(want) || !slices.Equal(got, want[:len(got)]) {
				t.Fatalf("byte %d, %#02x: there are frames that were not written", at, mask)
			}
			sound := err == io.EOF && len(got) == len(want) // nobody needs each byte of a head
			if !sound && !errors.Is(err, trace.ErrCorrupt) && !errors.Is(err, trace.ErrTruncated) {
				t.Fatalf("byte %d, %#02x: %d frames, ended with %v", at, mask, len(got), err)
			}
		}
	}
}

// A small file does not fill memory.
func TestBombs(t *testing.T) {
	zeros := make([]byte, 20<<20)
	bombs := map[string][]byte{
		"says so":        file(deflated(-1, zeros)),
		"says otherwise": file(deflated(1000, zeros)),
		"just allowed":   file(deflated(-1, object(71, zeros[:15<<20]), plain)),
		"promises":       file(bin("LOBJ", u16(16), u16(1), u32(16<<20), u32(10), u16(0), [6]u8{}, u32(16<<20), u32(0))),
	}
	for name, bomb := range bombs {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := read(bomb); err == nil {
				t.Error("reading ended without an error")
			}
			runtime.ReadMemStats(&after)
			// It doubles and copies on the way to 16 MiB.
			if took := after.TotalAlloc - before.TotalAlloc; took > 100<<20 {
				t.Errorf("a file of %d bytes took %d bytes of memory", len(bomb), took)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	errBroken := errors.New("disk is broken")
	whole := file(deflated(-1, plain), deflated(-1, plain), stored(plain), plain)
	for end := range whole {
		broken := io.MultiReader(bytes.NewReader(whole[:end]), iotest.ErrReader(errBroken))
		if _, err := tracetest.ReadAll(blf.NewReader(broken)); !errors.Is(err, errBroken) {
			t.Fatalf("at byte %d: got error %v, want %v", end, err, errBroken)
		}
		// As package gzip has it:
		cut := io.MultiReader(bytes.NewReader(whole[:end]), iotest.ErrReader(io.ErrUnexpectedEOF))
		if _, err := tracetest.ReadAll(blf.NewReader(cut)); !errors.Is(err, trace.ErrTruncated) {
			t.Fatalf("at byte %d: got error %v, want %v", end, err, trace.ErrTruncated)
		}
	}
	got, err := tracetest.ReadAll(blf.NewReader(iotest.OneByteReader(bytes.NewReader(whole))))
	if len(got) != 4 || err != io.EOF {
		t.Errorf("byte by byte: %d frames, ended with %v", len(got), err)
	}
}

func FuzzReader(f *testing.F) {
	for _, rec := range sample()[:10] {
		f.Add(write(f, []trace.Record{rec}))
	}
	f.Add(file(stored(plain, fd(1, 0, 9, 1, 1, 12, 1), eventComment("a\nb"), errorExt(2, 0, 0, 0, 0)), plain))
	f.Add(file(stored(marker("a", "b", "c"), appText(1, 0x010100, ";x"), object(91, u32(1), u16(1)), plain)))
	f.Fuzz(func(t *testing.T, file []byte) {
		records, err := read(file)
		if err != io.EOF && !errors.Is(err, trace.ErrTruncated) && !errors.Is(err, trace.ErrCorrupt) {
			t.Fatalf("ended with %v", err)
		}
		// What was read can be written, and is the same then, but for what the writer says it loses.
		var want []trace.Record
		for _, rec := range records {
			if rec.Time.Year() < 2262 {
				rec.Lost = min(rec.Lost, 1)
				want = append(want, rec)
			}
		}
		if len(want) > 0 {
			first := want[0].Time.Truncate(1e6)
			want = tracetest.Change(want, func(rec *trace.Record) {
				if rec.Time.Before(first) {
					rec.Time = first
				}
			})
		}
		got, err := read(write(t, want))
		if err != io.EOF {
			t.Fatalf("reading again ended with %v", err)
		}
		if !slices.Equal(want, got) {
			t.Errorf("(-first +again):\n%s", cmp.Diff(want, got))
		}
	})
}
