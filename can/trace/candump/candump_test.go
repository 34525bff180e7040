package candump_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/candump"
	"otabench/can/trace/tracetest"
)

func read(log string) ([]trace.Record, error) {
	return tracetest.ReadAll(candump.NewReader(strings.NewReader(log)))
}

func write(t testing.TB, records []trace.Record, options ...candump.Option) string {
	t.Helper()
	var out bytes.Buffer
	if err := tracetest.WriteAll(candump.NewWriter(&out, options...), records); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// at is a record of vcan0.
func at(seconds, ns int64, f can.Frame) trace.Record {
	return trace.Record{Bus: "vcan0", Received: can.Received{Frame: f, Time: time.Unix(seconds, ns).UTC()}}
}

func flagged(flags can.Flags, f can.Frame) can.Frame {
	f.Flags |= flags
	return f
}

func TestLines(t *testing.T) {
	own := at(1, 0, can.New(1))
	own.Own = true
	commented := at(1, 0, can.New(1))
	commented.Comment = "first\n second"
	gap := at(1, 0, can.New(1))
	gap.Lost = 15
	tests := map[string]struct {
		log  string
		want []trace.Record
	}{
		"candump's own": {
			"(1436509052.249713) vcan0 044#2A366C2BBA\n",
			[]trace.Record{at(1436509052, 249713000, can.New(0x44, 0x2A, 0x36, 0x6C, 0x2B, 0xBA))},
		},
		"nanoseconds":       {"(1.000000001) vcan0 001#\n", []trace.Record{at(1, 1, can.New(1))}},
		"one decimal":       {"(1.5) vcan0 001#\n", []trace.Record{at(1, 500000000, can.New(1))}},
		"the year 9999":     {"(253402300799.999999) vcan0 001#\n", []trace.Record{at(253402300799, 999999000, can.New(1))}},
		"padded names":      {"(1.0)    vcan0   001#\t\n", []trace.Record{at(1, 0, can.New(1))}},
		"Windows' line end": {"(1.0) vcan0 001#\r\n\r\n", []trace.Record{at(1, 0, can.New(1))}},
		"received":          {"(1.0) vcan0 001# R\n", []trace.Record{at(1, 0, can.New(1))}},
		"sent":              {"(1.0) vcan0 001# T\n", []trace.Record{own}},
		"remote":            {"(1.0) vcan0 001#R\n", []trace.Record{at(1, 0, can.Frame{ID: 1, Flags: can.Remote})}},
		"remote, small, with a length": {
			"(1.0) vcan0 00000001#r4\n", []trace.Record{at(1, 0, can.Frame{ID: 1, Flags: can.Remote | can.Extended, Len: 4})},
		},
		"dots":             {"(1.0) vcan0 001#11.22\n", []trace.Record{at(1, 0, can.New(1, 0x11, 0x22))}},
		"data length code": {"(1.0) vcan0 001#0000000000000000_E\n", []trace.Record{at(1, 0, can.Frame{ID: 1, Len: 8})}},
		"data length code of a remote frame": {
			"(1.0) vcan0 001#R8_9\n", []trace.Record{at(1, 0, can.Frame{ID: 1, Flags: can.Remote, Len: 8})},
		},
		"FD":         {"(1.0) vcan0 001##1AB\n", []trace.Record{at(1, 0, flagged(can.FD|can.BRS, can.New(1, 0xAB)))}},
		"FD, marked": {"(1.0) vcan0 001##6\n", []trace.Record{at(1, 0, flagged(can.FD|can.ESI, can.New(1)))}},
		"error":      {"(1.0) vcan0 20000080#00FF\n", []trace.Record{at(1, 0, flagged(can.Error, can.New(0x80, 0, 0xFF)))}},
		"CAN XL":     {"(1.0) vcan0 45123#81:00:12345678#11223344.556677\n", nil},
		"comments":   {"# first\n//  second\n(1.0) vcan0 001#\n; behind\n", []trace.Record{commented}},
		"dropped frames": {
			"DROPCOUNT: dropped 1 CAN frame on 'vcan0' socket (total drops 1)\n(1.0) other 001#\n" +
				"DROPCOUNT: dropped 14 CAN frames on 'vcan0' socket (total drops 15)\n(1.0) vcan0 001#\n(1.0) vcan0 001#\n",
			[]trace.Record{{Bus: "other", Received: at(1, 0, can.New(1)).Received}, gap, at(1, 0, can.New(1))},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := read(test.log)
			if err != io.EOF {
				t.Errorf("reading ended with %v", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDamage(t *testing.T) {
	tests := map[string]struct {
		log  string
		kind error
		want string
	}{
		"no line end":           {"(1.0) can0 001#1122", trace.ErrTruncated, "line 2"},
		"no time":               {"can0 001#1122\n", trace.ErrCorrupt, "begins with no time"},
		"time without decimals": {"(1) can0 001#1122\n", trace.ErrCorrupt, "begins with no time"},
		"ten decimals":          {"(1.0123456789) can0 001#\n", trace.ErrCorrupt, "begins with no time"},
		"signed time":           {"(-1.0) can0 001#\n", trace.ErrCorrupt, "begins with no time"},
		"signed decimals":       {"(1.-1) can0 001#\n", trace.ErrCorrupt, "begins with no time"},
		"time after 9999":       {"(253402300800.0) can0 001#\n", trace.ErrCorrupt, "begins with no time"},
		"time beyond words":     {"(99999999999999999999.0) can0 001#\n", trace.ErrCorrupt, "begins with no time"},
		"no bus":                {"(1.0)\n", trace.ErrCorrupt, "no # after the identifier"},
		"no frame":              {"(1.0) can0\n", trace.ErrCorrupt, "no # after the identifier"},
		"two digits":            {"(1.0) can0 01#\n", trace.ErrCorrupt, "3 or 8 hexadecimal"},
		"half a byte":           {"(1.0) can0 001#1\n", trace.ErrCorrupt, "odd length"},
		"nine bytes":            {"(1.0) can0 001#112233445566778899\n", trace.ErrCorrupt, "9 bytes in a classic frame"},
		"FD of nine bytes":      {"(1.0) can0 001##0112233445566778899\n", trace.ErrCorrupt, "no data length code for 9"},
		"code of seven bytes":   {"(1.0) can0 001#11223344556677_9\n", trace.ErrCorrupt, "_9 to _F"},
		"code 8":                {"(1.0) can0 001#1122334455667788_8\n", trace.ErrCorrupt, "_9 to _F"},
		"code of FD":            {"(1.0) can0 001##01122334455667788_9\n", trace.ErrCorrupt, "_9 to _F"},
		"code of nothing":       {"(1.0) can0 _9\n", trace.ErrCorrupt, "no # after"},
		"direction":             {"(1.0) can0 001# X\n", trace.ErrCorrupt, "not R or T"},
		"no text":               {"(1.0) can0 001#\x00\n", trace.ErrCorrupt, "byte 0x00"},
		"name of 65 bytes":      {"(1.0) " + strings.Repeat("n", 65) + " 001#\n", trace.ErrCorrupt, "not the name of a bus"},
		"name that is no UTF-8": {"(1.0) can\xFF 001#\n", trace.ErrCorrupt, "not the name of a bus"},
		"dropped how many":      {"DROPCOUNT: dropped x CAN frames on 'can0' socket\n", trace.ErrCorrupt, "how many"},
		"dropped too many":      {"DROPCOUNT: dropped 9999999999 CAN frames on 'a' socket\n", trace.ErrCorrupt, "range"},
		"dropped on no bus":     {"DROPCOUNT: dropped 1 CAN frame on '' socket\n", trace.ErrCorrupt, "not the name of a bus"},
		"endless line":          {strings.Repeat("#", 1<<20), trace.ErrCorrupt, "more than 65536 bytes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := candump.NewReader(strings.NewReader("(1.0) can0 001#11\n" + test.log))
			if _, err := r.Next(); err != nil {
				t.Fatalf("the frame before the damage: %v", err)
			}
			for range 2 {
				_, err := r.Next()
				if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.want) ||
					!strings.Contains(err.Error(), "line 2") {
					t.Errorf("got error %v, want %v in line 2: ... %s", err, test.kind, test.want)
				}
			}
		})
	}
}

func TestTooManyBuses(t *testing.T) {
	var log bytes.Buffer
	w := candump.NewWriter(&log)
	for i := range 1024 {
		if err := w.Write(strings.Repeat(" ", i), at(1, 0, can.New(1)).Received); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Write("x", at(1, 0, can.New(1)).Received); !errors.Is(err, trace.ErrBuses) {
		t.Errorf("bus 1025: got error %v, want %v", err, trace.ErrBuses)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	records, err := read(log.String() + "(1.0) x 001#\n")
	if len(records) != 1024 || !errors.Is(err, trace.ErrCorrupt) {
		t.Errorf("reading gave %d frames and %v, want 1024 and %v", len(records), err, trace.ErrCorrupt)
	}
	names := make(map[string]bool)
	for _, rec := range records {
		names[rec.Bus] = true
	}
	if len(names) != 1024 {
		t.Errorf("1024 buses have %d names", len(names))
	}
}

func TestNamesAreMadeSafe(t *testing.T) {
	long := strings.Repeat("ä", 40)
	tests := []struct{ bus, want string }{
		{"power train", "power_train"},
		{"power\ttrain", "power_train_2"},
		{"power_train", "power_train_3"},
		{"größe", "größe"},
		{"", "_"},
		{"a\nb\x1b[31m", "a_b_[31m"},
		{"\xFF", "__7"},
		{long, strings.Repeat("ä", 32)},
		{long + "x", strings.Repeat("ä", 29) + "__9"}, // half a letter is no letter
	}
	var records []trace.Record
	var want []string
	for _, test := range tests {
		records = append(records, trace.Record{Bus: test.bus, Received: at(1, 0, can.New(1)).Received})
		want = append(want, test.want)
	}
	records, err := read(write(t, append(records, records...)))
	if err != io.EOF {
		t.Fatal(err)
	}
	var got []string
	for _, rec := range records {
		got = append(got, rec.Bus)
	}
	if diff := cmp.Diff(append(want, want...), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	log := write(t, tracetest.Sample(), candump.Directions)
	for i, line := range strings.Split(strings.TrimSuffix(log, "\n"), "\n") {
		if want := tracetest.Sample()[i].Frame.String(); strings.Fields(line)[2] != want {
			t.Errorf("line %d is %s, want %s", i+1, line, want)
		}
	}
	records, err := read(log)
	if err != io.EOF {
		t.Errorf("reading ended with %v", err)
	}
	if diff := cmp.Diff(tracetest.Sample(), records); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLosses(t *testing.T) {
	rec := at(1, 999_999_999, can.New(1))
	rec.Bus, rec.Own, rec.Lost, rec.Comment = "my bus", true, 3, "one\ntwo"
	var out bytes.Buffer
	w := candump.NewWriter(&out)
	if err := tracetest.WriteAll(w, []trace.Record{rec, rec}); err != nil {
		t.Fatal(err)
	}
	want := []trace.Loss{
		{What: "comments dropped", Count: 4},
		{What: "names of buses changed", Count: 1},
		{What: "times cut to microseconds", Count: 2},
		{What: "sent frames not told from received ones", Count: 2},
		{What: "counts of lost frames dropped", Count: 2},
	}
	if diff := cmp.Diff(want, w.Losses()); diff != "" {
		t.Errorf("writing (-want +got):\n%s", diff)
	}
	if want := strings.Repeat("(1.999999) my_bus 001#\n", 2); out.String() != want {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}

	r := candump.NewReader(strings.NewReader("(1.0) can0 45123#81:00:12345678#11\n(1.0) can0 001#1122334455667788_9\n" +
		strings.Repeat("# "+strings.Repeat("c", 1025)+"\n", 17) +
		"DROPCOUNT: dropped 1 CAN frame on 'can0' socket (total drops 1)\n"))
	if _, err := tracetest.ReadAll(r); err != io.EOF {
		t.Fatal(err)
	}
	want = []trace.Loss{
		{What: "CAN XL frames passed over", Count: 1},
		{What: "data length codes over 8 taken for 8", Count: 1},
		{What: "buses that lost frames behind their last one", Count: 1},
		{What: "comments behind the last frame", Count: 16},
		{What: "comments cut, over 1024 bytes each or 16 at a frame", Count: 18},
	}
	if diff := cmp.Diff(want, r.Losses()); diff != "" {
		t.Errorf("reading (-want +got):\n%s", diff)
	}
}

func TestWriteRefuses(t *testing.T) {
	tests := map[string]struct {
		r    can.Received
		want error
	}{
		"no time":       {can.Received{Frame: can.New(1)}, trace.ErrTime},
		"bad length":    {at(1, 0, can.Frame{ID: 1, Len: 9}).Received, can.ErrInvalid},
		"remote error":  {at(1, 0, can.Frame{Flags: can.Error | can.Remote}).Received, can.ErrInvalid},
		"FD error":      {at(1, 0, can.Frame{Flags: can.Error | can.FD, Len: 12}).Received, can.ErrInvalid},
		"wide standard": {at(1, 0, can.New(0x800)).Received, can.ErrInvalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			w := candump.NewWriter(&out)
			if err := w.Write("a", test.r); !errors.Is(err, test.want) {
				t.Errorf("got error %v, want %v", err, test.want)
			}
			if err := w.Write("a", at(1, 0, can.New(1)).Received); err != nil {
				t.Errorf("the next frame got error %v", err)
			}
			if err := w.Close(); err != nil || out.String() != "(1.000000) a 001#\n" {
				t.Errorf("wrote %q, error %v", out.String(), err)
			}
		})
	}
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestIOErrors(t *testing.T) {
	if _, err := candump.NewReader(iotest.ErrReader(errFull)).Next(); !errors.Is(err, errFull) {
		t.Errorf("Next: got error %v, want %v", err, errFull)
	}
	if _, err := candump.NewReader(iotest.ErrReader(io.ErrUnexpectedEOF)).Next(); !errors.Is(err, trace.ErrTruncated) {
		t.Errorf("Next of a compressed file that breaks off: got error %v, want %v", err, trace.ErrTruncated)
	}
	w := candump.NewWriter(full{})
	var err error
	for range 10000 { // more than it keeps back
		if err = w.Write("a", at(1, 0, can.New(1)).Received); err != nil {
			break
		}
	}
	for range 2 {
		if !errors.Is(err, errFull) {
			t.Errorf("Write: got error %v, want %v", err, errFull)
		}
		err = w.Write("a", at(1, 0, can.New(1)).Received)
	}
	if err := w.Close(); !errors.Is(err, errFull) {
		t.Errorf("Close: got error %v, want %v", err, errFull)
	}
}

func FuzzReader(f *testing.F) {
	for _, rec := range tracetest.Sample()[:9] {
		f.Add(write(f, []trace.Record{rec}, candump.Directions))
	}
	f.Add("# comment\r\n(1.123456789) größe 00000001#r8_9 t\n" +
		"DROPCOUNT: dropped 2 CAN frames on 'größe' socket\n(1.0) größe 001#\n")
	f.Add("(1.0) can0 20000080#00FF R\n")
	f.Fuzz(func(t *testing.T, log string) {
		records, err := read(log)
		if err != io.EOF && !errors.Is(err, trace.ErrTruncated) && !errors.Is(err, trace.ErrCorrupt) {
			t.Fatalf("ended with %v", err)
		}
		// What was read can be written, and is the same then, but for what the writer says it loses.
		var want []trace.Record
		for _, rec := range records {
			if rec.Time.Year() < 2262 {
				rec.Time, rec.Comment, rec.Lost = rec.Time.Truncate(time.Microsecond), "", 0
				want = append(want, rec)
			}
		}
		got, err := read(write(t, want, candump.Directions))
		if err != io.EOF {
			t.Fatalf("reading again ended with %v", err)
		}
		if !slices.Equal(want, got) {
			t.Errorf("(-first +again):\n%s", cmp.Diff(want, got))
		}
	})
}
