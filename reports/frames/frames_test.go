package frames_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can/trace"
	"otabench/can/trace/tracetest"
	"otabench/reports/frames"
)

// write makes a trace of records.
func write(tb testing.TB, records []trace.Record) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := trace.NewWriter(&b)
	for _, r := range records {
		if r.Comment != "" {
			w.Comment(r.Comment)
		}
		if err := w.Write(r.Bus, r.Received); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// load is a busy bus of n frames.
func load(n int) []trace.Record {
	records := make([]trace.Record, n)
	for i := range records {
		records[i] = tracetest.Load(i)
	}
	return records
}

func scan(tb testing.TB, text []byte, spans ...frames.Span) (frames.Index, []frames.Extract) {
	tb.Helper()
	x, extracts, err := frames.Scan(bytes.NewReader(text), int64(len(text)), spans)
	if err != nil {
		tb.Fatal(err)
	}
	return x, extracts
}

// Frames of each kind come back as package trace reads them.
func TestExtractsHoldWhatTheTraceHas(t *testing.T) {
	records := tracetest.Sample()
	records[3].Comment = "a step"
	first, last := records[0].Time.UnixNano(), records[len(records)-1].Time.UnixNano()
	x, extracts := scan(t, write(t, records), frames.Span{From: first, At: first, To: last, Frames: 100})
	var want []frames.Frame
	for _, r := range records {
		want = append(want, frames.Frame{Time: r.Time.UnixNano(), Bus: r.Bus, Own: r.Own, Frame: r.Frame})
	}
	if diff := cmp.Diff(want, extracts[0].Frames); diff != "" {
		t.Error(diff)
	}
	if x.Damage != "" || x.Frames != uint64(len(records)) || x.From != first || x.To != last || extracts[0].Count != x.Frames {
		t.Errorf("%+v", x)
	}
}

// Chunks are whole blocks without a gap, each with the times and the digest of what lies in it.
func TestChunksCoverTheTrace(t *testing.T) {
	records := load(20_000)
	text := write(t, records)
	x, _ := scan(t, text)
	if len(x.Chunks) < 5 || x.Size != int64(len(text)) || x.End != x.Size {
		t.Fatalf("%d chunks of %d bytes of %d", len(x.Chunks), x.End, len(text))
	}
	var sum uint32
	for i, c := range x.Chunks {
		end := x.End
		if i+1 < len(x.Chunks) {
			end = x.Chunks[i+1].Offset
		}
		digest := sha256.Sum256(text[c.Offset:end])
		if !bytes.Equal(c.Digest[:], digest[:len(c.Digest)]) {
			t.Errorf("digest of chunk %d", i)
		}
		if i == 0 && c.Offset != 0 || c.From != records[sum].Time.UnixNano() || c.To != records[sum+c.Frames-1].Time.UnixNano() {
			t.Errorf("chunk %d: %+v", i, c)
		}
		sum += c.Frames
	}
	if sum != 20_000 {
		t.Errorf("%d frames", sum)
	}
}

// The frames nearest to the moment are kept, from either side of it, and all are counted.
func TestExtractsLieAroundTheMoment(t *testing.T) {
	records := load(1000)
	text := write(t, records)
	at := func(i int) int64 { return records[i].Time.UnixNano() }
	for name, tt := range map[string]struct {
		span        frames.Span
		first, last int // index of the frames that are kept
		count       uint64
	}{
		"middle":            {frames.Span{From: at(100), At: at(500), To: at(899), Frames: 10}, 495, 504, 800},
		"beginning":         {frames.Span{From: at(100), At: at(100), To: at(899), Frames: 10}, 100, 109, 800},
		"end":               {frames.Span{From: at(100), At: at(899), To: at(899), Frames: 10}, 890, 899, 800},
		"before all":        {frames.Span{From: 0, At: 1, To: at(99), Frames: 10}, 0, 9, 100},
		"behind all":        {frames.Span{From: at(900), At: 1 << 62, To: 1 << 62, Frames: 10}, 990, 999, 100},
		"fewer than wanted": {frames.Span{From: at(3), At: at(5), To: at(6), Frames: 10}, 3, 6, 4},
	} {
		_, extracts := scan(t, text, tt.span)
		x := extracts[0]
		if len(x.Frames) != tt.last-tt.first+1 || x.Count != tt.count {
			t.Errorf("%s: %d frames of %d", name, len(x.Frames), x.Count)
			continue
		}
		if x.Frames[0].Time != at(tt.first) || x.Frames[len(x.Frames)-1].Time != at(tt.last) {
			t.Errorf("%s: frames %v to %v", name, x.Frames[0].Time, x.Frames[len(x.Frames)-1].Time)
		}
		var sum uint64
		for _, n := range x.Load {
			sum += uint64(n)
		}
		if sum != x.Count {
			t.Errorf("%s: parts of %d frames, count %d", name, sum, x.Count)
		}
	}
}

// Spans may be many, in any order, overlap, be without frames, or want none.
func TestManySpans(t *testing.T) {
	records := load(1000)
	at := func(i int) int64 { return records[i].Time.UnixNano() }
	_, extracts := scan(t, write(t, records),
		frames.Span{From: at(600), At: at(700), To: at(799), Frames: 4},
		frames.Span{From: at(100), At: at(200), To: at(650), Frames: 4},
		frames.Span{From: 5, At: 6, To: 7, Frames: 4},
		frames.Span{From: at(0), At: at(9), To: at(99)},
	)
	var got [][2]int
	for _, x := range extracts {
		got = append(got, [2]int{len(x.Frames), int(x.Count)})
	}
	if diff := cmp.Diff([][2]int{{4, 200}, {4, 551}, {0, 0}, {0, 100}}, got); diff != "" {
		t.Error(diff)
	}
}

// A frame that comes after a later one of another bus stands where its time is.
func TestFramesOutOfOrder(t *testing.T) {
	records := load(10)
	records[4], records[6] = records[6], records[4]
	from, to := records[0].Time.UnixNano(), records[9].Time.UnixNano()
	x, extracts := scan(t, write(t, records), frames.Span{From: from, At: from, To: to, Frames: 20})
	for i, f := range extracts[0].Frames {
		if f.Time != from+int64(i)*int64(100*time.Microsecond) {
			t.Errorf("frame %d at %d", i, f.Time-from)
		}
	}
	if len(extracts[0].Frames) != 10 || x.To != to {
		t.Error(len(extracts[0].Frames), x.To)
	}
}

// Sections that follow each other are told apart.
func TestSections(t *testing.T) {
	one, two := load(3), load(2)
	two[0].Bus, two[1].Bus = "body", "body"
	first := write(t, one)
	x, _ := scan(t, append(first, write(t, two)...))
	if len(x.Sections) != 2 || x.Sections[1].Offset != int64(len(first)) || x.Sections[1].Interfaces[0].Name != "body" || x.Frames != 5 {
		t.Errorf("%+v", x)
	}
}

// Wherever a trace breaks off, what was whole is indexed and the index says where it ends.
func TestTraceThatBreaksOff(t *testing.T) {
	text := write(t, load(20))
	whole := 0
	for n := range text {
		x, _ := scan(t, text[:n])
		if x.Damage == "" {
			whole++
		}
		if x.End > int64(n) || x.Damage == "" && x.End != int64(n) {
			t.Errorf("%d bytes: %+v", n, x)
		}
	}
	if whole != 22 { // nothing, the section, its interface, and each frame but the last
		t.Errorf("%d lengths are whole", whole)
	}
}

func TestDamageEndsTheIndex(t *testing.T) {
	text := write(t, load(20))
	for name, tt := range map[string]struct {
		damage func([]byte) []byte
		frames uint64
	}{
		"no trace":          {func([]byte) []byte { return []byte("<html>, and more of it") }, 0},
		"behind the trace":  {func(b []byte) []byte { return append(b, "garbage of some length"...) }, 20},
		"huge block":        {func(b []byte) []byte { return append(b, 6, 0, 0, 0, 0xFC, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0) }, 20},
		"unknown interface": {func(b []byte) []byte { return append(b, packet(9, 16, 0)...) }, 20},
		"long data":         {func(b []byte) []byte { return append(b, packet(0, 1<<20, 0)...) }, 20},
		"far future":        {func(b []byte) []byte { return append(b, packet(0, 16, 0xFF)...) }, 20},
	} {
		x, _ := scan(t, tt.damage(bytes.Clone(text)))
		if x.Damage == "" || x.Frames != tt.frames {
			t.Errorf("%s: %d frames, damage %q", name, x.Frames, x.Damage)
		}
	}
}

// packet is a block with a frame of 8 bytes.
func packet(iface byte, captured uint32, stamp byte) []byte {
	b := make([]byte, 48)
	b[0], b[4], b[44], b[8] = 6, 48, 48, iface
	for i := range 8 {
		b[12+i] = stamp
	}
	b[20], b[21], b[22] = byte(captured), byte(captured>>8), byte(captured>>16)
	b[32] = 8
	return b
}

func TestAFailureToReadIsAnError(t *testing.T) {
	broken := errors.New("bad sector")
	text := write(t, load(20))
	_, _, err := frames.Scan(io.MultiReader(bytes.NewReader(text[:500]), iotest.ErrReader(broken)), int64(len(text)), nil)
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}
