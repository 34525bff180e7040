package asc_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/asc"
	"otabench/can/trace/tracetest"
)

var update = flag.Bool("update", false, "write the golden files")

func read(file string) ([]trace.Record, error) {
	return tracetest.ReadAll(asc.NewReader(strings.NewReader(file), time.UTC))
}

func write(t testing.TB, records []trace.Record) string {
	t.Helper()
	var out bytes.Buffer
	if err := tracetest.WriteAll(asc.NewWriter(&out, time.UTC), records); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// sample has a frame of every kind, comments, and a bus with a name of its own.
func sample() []trace.Record {
	records := tracetest.Sample()
	records[0].Comment = "open an extended session\n on the engine"
	records[5].Comment = "größer //otabench:bus 1 x"
	records[9].Bus = "power train"
	return records
}

func TestGolden(t *testing.T) {
	got := write(t, sample())
	path := filepath.Join("testdata", "sample.asc")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the trace differs from %s (rewrite it with -update):\n%s", path, diff)
	}
	// The zone in the file outweighs the reader's.
	records, err := tracetest.ReadAll(asc.NewReader(bytes.NewReader(want), time.FixedZone("", 3600)))
	if err != io.EOF {
		t.Errorf("reading ended with %v", err)
	}
	if diff := cmp.Diff(sample(), records); diff != "" {
		t.Errorf("it reads as (-want +got):\n%s", diff)
	}
}

// frame is what the tests of headers read; its stamp is one second.
const frame = "1.000000 1  1  Rx   d 0\n"

func TestTimes(t *testing.T) {
	berlin := time.FixedZone("CET", 3600)
	tests := map[string]struct {
		file string
		zone *time.Location
		want string // of the last frame
	}{
		"English":        {"date Mon Feb 2 01:02:03.456 pm 2026\n" + frame, time.UTC, "2026-02-02T13:02:04.456Z"},
		"English, night": {"date Mon Feb 2 12:02:03.456 am 2026\n" + frame, time.UTC, "2026-02-02T00:02:04.456Z"},
		"English, noon":  {"date Mon Feb 02 12:02:03 PM 2026\n" + frame, time.UTC, "2026-02-02T12:02:04Z"},
		"log2asc":        {"date Fri Jul 10 06:17:32 2015\n" + frame, time.UTC, "2015-07-10T06:17:33Z"},
		"German":         {"date Die Mai 5 13:02:03.456 2026\n" + frame, time.UTC, "2026-05-05T13:02:04.456Z"},
		"German, March":  {"date So Mär 1 13:02:03 2026\n" + frame, time.UTC, "2026-03-01T13:02:04Z"},
		"Latin-1":        {"date So M\xe4rz 1 13:02:03 2026\n" + frame, time.UTC, "2026-03-01T13:02:04Z"},
		"Windows":        {"date So Mrz 1 13:02:03 2026\r\n" + frame, time.UTC, "2026-03-01T13:02:04Z"},
		"German, autumn": {"date Do Okt 1 13:02:03 2026\n" + frame, time.UTC, "2026-10-01T13:02:04Z"},
		"German, winter": {"date Di Dez 1 13:02:03 2026\n" + frame, time.UTC, "2026-12-01T13:02:04Z"},
		"a zone":         {"date Mon Feb 2 13:02:03 2026\n" + frame, berlin, "2026-02-02T12:02:04Z"},
		"its own zone": {
			"date Mon Feb 2 13:02:03 2026\n//otabench:start 2026-02-02T13:02:03.5-01:00\n" +
				"Begin Triggerblock Mon Feb 2 13:02:03 2026\n" + frame + "End TriggerBlock\n",
			berlin, "2026-02-02T14:02:04.5Z",
		},
		"no date":          {frame, time.UTC, "1970-01-01T00:00:01Z"},
		"a foreign date":   {"date lun. févr. 2 13:02:03 2026\n" + frame, time.UTC, "1970-01-01T00:00:01Z"},
		"a date of Python": {"date 2026-02-02 13:02:03\n" + frame, time.UTC, "1970-01-01T00:00:01Z"},
		"neither am or pm": {"date Mon Feb 2 01:02:03 xm 2026\n" + frame, time.UTC, "1970-01-01T00:00:01Z"},
		"no such day":      {"date Mon Feb 30 01:02:03 2026\n" + frame, time.UTC, "1970-01-01T00:00:01Z"},
		"python-can": { // converted on a day, recorded on another
			"date Mon Nov 23 06:33:05.699 PM 2026\nbase hex  timestamps absolute\ninternal events logged\n" +
				"Begin Triggerblock Sun Mar 01 12:00:00.123 PM 2026\n 0.000000 Start of measurement\n" + frame +
				"End TriggerBlock\n",
			time.UTC, "2026-03-01T12:00:01.123Z",
		},
		"a trigger in a measurement": { // stamps of CANoe count from the date of the file
			"date Sun Mar 1 12:00:00 2026\nbase hex  timestamps absolute\n" +
				"Begin Triggerblock Sun Mar 1 12:00:08 2026\n   8.500000 1 1 Rx d 0\n  10.000000 1 1 Rx d 0\nEnd TriggerBlock\n",
			time.UTC, "2026-03-01T12:00:10Z",
		},
		"a second trigger": {
			"date Sun Mar 1 12:00:00 2026\nbase hex  timestamps absolute\n" +
				"Begin Triggerblock Sun Mar 1 12:00:00 2026\n   0.000000 1 1 Rx d 0\nEnd TriggerBlock\n" +
				"Begin Triggerblock Sun Mar 1 12:01:00 2026\n   60.500000 1 1 Rx d 0\nEnd TriggerBlock\n",
			time.UTC, "2026-03-01T12:01:00.5Z",
		},
		"a trigger without a date": {
			"date Sun Mar 1 12:00:00 2026\nBegin Triggerblock\n" + frame + "End TriggerBlock\n",
			time.UTC, "2026-03-01T12:00:01Z",
		},
		"relative": {
			"date Sun Mar 1 12:00:00 2026\nbase hex  timestamps relative\n" +
				frame + "0.5 CAN 1 Status:chip status error active\n" + frame,
			time.UTC, "2026-03-01T12:00:02.5Z",
		},
		"nanoseconds": {"0.000000001 1 1 Rx d 0\n", time.UTC, "1970-01-01T00:00:00.000000001Z"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			records, err := tracetest.ReadAll(asc.NewReader(strings.NewReader(test.file), test.zone))
			if err != io.EOF || len(records) == 0 {
				t.Fatalf("read %d frames, ended with %v", len(records), err)
			}
			if got := records[len(records)-1].Time.Format(time.RFC3339Nano); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// rx is a received frame of can0 at one second.
func rx(f can.Frame) []trace.Record {
	return []trace.Record{{Bus: "can0", Received: can.Received{Frame: f, Time: time.Unix(1, 0).UTC()}}}
}

// tx is a frame that was sent on can1.
func tx(f can.Frame) []trace.Record {
	sent := rx(f)
	sent[0].Bus, sent[0].Own = "can1", true
	return sent
}

func flagged(flags can.Flags, f can.Frame) can.Frame {
	f.Flags |= flags
	return f
}

func TestLines(t *testing.T) {
	broken := can.Frame{ID: can.ClassBusError, Flags: can.Error, Len: 8}
	commented := rx(can.New(1))
	commented[0].Comment = "first\n second\ngrößer\x20"
	named := rx(can.New(1))
	named[0].Bus = "power train"
	twelve := can.Frame{ID: 0x91A2B3C, Flags: can.Extended | can.FD | can.BRS, Len: 12}
	twelve.Data[11] = 0x0B
	tests := map[string]struct {
		file string
		want []trace.Record
	}{
		"classic":            {"1.0 2  390             Tx   d 3 17 00 aF\n", tx(can.New(0x390, 0x17, 0, 0xAF))},
		"extended":           {"1.0 1  390x Rx d 0 Length = 0 ID = 912x\n", rx(flagged(can.Extended, can.New(0x390)))},
		"with a prefix":      {"1.0 1  0x2A0 Rx d 0\n", rx(can.New(0x2A0))},
		"decimal":            {"base dec timestamps absolute\n1.0 1  100 Rx d 2 255 0\n", rx(can.New(100, 255, 0))},
		"a name":             {"1.0 1  EngineData Rx d 1 FF Length = 0 BitCount = 64 ID = 100\n", rx(can.New(100, 0xFF))},
		"an extended name":   {"1.0 1  Engine Rx d 1 FF ID = 4096x\n", rx(flagged(can.Extended, can.New(4096, 0xFF)))},
		"code over 8":        {"1.0 1  1 Rx d e 1 2 3 4 5 6 7 8\n", nil}, // bytes of one digit
		"code of 14":         {"1.0 1  1 Rx d e 01 02 03 04 05 06 07 08\n", rx(can.New(1, 1, 2, 3, 4, 5, 6, 7, 8))},
		"remote":             {"1.0 1  1 Rx r 4\n", rx(can.Frame{ID: 1, Flags: can.Remote, Len: 4})},
		"remote, code of 9":  {"1.0 1  1 Rx r 9\n", rx(can.Frame{ID: 1, Flags: can.Remote, Len: 8})},
		"remote, no length":  {"1.0 1  1x Rx r\n", rx(can.Frame{ID: 1, Flags: can.Remote | can.Extended})},
		"remote, attributes": {"1.0 1  1 Rx r Length = 0 ID = 2\n", rx(can.Frame{ID: 2, Flags: can.Remote})},
		"error":              {"1.0 1  ErrorFrame\n", rx(broken)},
		"error, attributes":  {"1.0 1  ErrorFrame Flags = 0xe CodeExt = 0x20a2 ID = 0 DLC = 0\n", rx(broken)},
		"error, ECC":         {"1.0 1  ErrorFrame	ECC: 10100010\n", rx(broken)},
		"error, FD form":     {"1.0 CANFD 1 Rx ErrorFrame Not Acknowledge error, dominant error flag fffe\n", rx(broken)},
		"FD": {
			"1.0 CANFD   1 Rx   91A2B3Cx   1 0 9 12 00 00 00 00 00 00 00 00 00 00 00 0B 130000 130 3000 0 0 0 0 0\n",
			rx(twelve),
		},
		"FD, ESI, a name": {"1.0 CANFD 2 Tx 11 Msg1 0 1 1 1 AA 0 0 5000\n", tx(flagged(can.FD|can.ESI, can.New(0x11, 0xAA)))},
		"FD, flags cleared": {
			"1.0 CANFD 1 Rx 1 0 0 9 12 00 00 00 00 00 00 00 00 00 00 00 64 1331984 11 0 46500250\n",
			rx(can.Frame{ID: 1, Flags: can.FD, Len: 12, Data: [64]byte{11: 0x64}}),
		},
		"ESI, flags cleared": {"1.0 CANFD 1 Rx 1 0 1 0 0 0 0 0\n", rx(flagged(can.FD|can.ESI, can.New(1)))},
		"FD, no flags":       {"1.0 CANFD 1 Rx 11 1 0 0 0\n", rx(flagged(can.FD|can.BRS, can.New(0x11)))},
		"FD form, classic": {
			"1.0 CANFD 1 Rx 44 0 0 5 5 2A 36 6C 2B BA 130000 130 0 0 0 0 0 0\n", rx(can.New(0x44, 0x2A, 0x36, 0x6C, 0x2B, 0xBA)),
		},
		"FD form, remote": {
			"1.0 CANFD 1 Rx 44 0 1 d 0 140000 73 200050 7a60\n", rx(can.Frame{ID: 0x44, Flags: can.Remote, Len: 8}),
		},
		"comments": {
			"// version 9.0.0\n// first\n  //  second\n//gr\xf6\xdfer\x85\n" + frame + "// behind\n", commented,
		},
		"a bus":   {"//otabench:bus 1 power train\n" + frame, named},
		"CAN XL":  {"59.171614 CANXL   2 Rx   CBFF   243215   176      432  msg f 8 e1 89 e8 c2 b9 6d 5a f1 174\n", nil},
		"chatter": {chatter + frame, rx(can.New(1))},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := read(test.file)
			if test.want == nil != (len(got) == 0) || test.want != nil && err != io.EOF {
				t.Errorf("read %d frames, ended with %v", len(got), err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// chatter is what CANoe logs beside frames.
const chatter = `internal events logged
previous log file: before.asc
   0.000000 Start of measurement
   0.015991 CAN 1 Status:chip status error passive - TxErr: 132 RxErr: 0
   1.015991 1  Statistic: D 0 R 0 XD 0 XR 0 E 0 O 0 B 0.00%
   1.016000 1  7E0             TxRq d 8 01 02 03 04 05 06 07 08
   1.016001 1  OverloadFrame
   1.016002 CANFD 1 TxRq 7E0 1 0 0 0
   1.016003 J1939TP FEE3p 6 0 0 - Rx d 23 A0 0F
   1.016004 L1 10 Rx 8 00 00 00 00 00 00 00 00

`

func TestDamage(t *testing.T) {
	tests := map[string]struct {
		line string
		kind error
		want string
	}{
		"no line end":         {"1.0 1 1 Rx d 2 11", trace.ErrTruncated, "no end"},
		"no end of the block": {"", trace.ErrTruncated, "no End TriggerBlock"},
		"stamp":               {"1 1 1 Rx d 0\n", trace.ErrCorrupt, "time stamp"},
		"channel 0":           {"1.0 0 1 Rx d 0\n", trace.ErrCorrupt, "channel"},
		"channel 256":         {"1.0 256 1 Rx d 0\n", trace.ErrCorrupt, "channel"},
		"channel of an error": {"1.0 999 ErrorFrame\n", trace.ErrCorrupt, "channel"},
		"identifier":          {"1.0 1 1zz Rx d 0\n", trace.ErrCorrupt, "identifier"},
		"no identifier":       {"1.0 1 x Rx d 0\n", trace.ErrCorrupt, "identifier"},
		"standard too large":  {"1.0 1 800 Rx d 0\n", trace.ErrCorrupt, "over 0x7ff"},
		"extended too large":  {"1.0 1 20000000x Rx d 0\n", trace.ErrCorrupt, "over 0x1fffffff"},
		"kind":                {"1.0 1 1 Rx q 0\n", trace.ErrCorrupt, "neither d for data nor r"},
		"no length":           {"1.0 1 1 Rx d\n", trace.ErrCorrupt, "data length code"},
		"length of 16":        {"1.0 1 1 Rx d 10\n", trace.ErrCorrupt, "data length code"},
		"a byte is missing":   {"1.0 1 1 Rx d 2 11\n", trace.ErrCorrupt, "data byte 2 of 2"},
		"a byte is no byte":   {"1.0 1 1 Rx d 1 1G\n", trace.ErrCorrupt, "data byte 1 of 1"},
		"a byte over 255":     {"base dec\n1.0 1 1 Rx d 1 256\n", trace.ErrCorrupt, "data byte 1 of 1"},
		"BRS":                 {"1.0 CANFD 1 Rx 1 name 2 0 0 0\n", trace.ErrCorrupt, "BRS"},
		"FD length code":      {"1.0 CANFD 1 Rx 1 0 0 10 0\n", trace.ErrCorrupt, "data length code"},
		"FD length":           {"1.0 CANFD 1 Rx 1 0 0 f 65\n", trace.ErrCorrupt, "data length"},
		"FD of nine bytes":    {"1.0 CANFD 1 Rx 1 0 0 8 9 1 2 3\n", trace.ErrCorrupt, "data byte 1 of 9"},
		"FD without a code": {
			"1.0 CANFD 1 Rx 1 0 0 8 9 01 02 03 04 05 06 07 08 09\n", trace.ErrCorrupt, "no data length code for 9",
		},
		"FD data":      {"1.0 CANFD 1 Rx 1 0 0 2 2 11\n", trace.ErrCorrupt, "data byte 2 of 2"},
		"FD flags":     {"1.0 CANFD 1 Rx 1 0 0 0 0 0 0 what\n", trace.ErrCorrupt, "flags"},
		"FD channel":   {"1.0 CANFD 0 Rx 1 0 0 0 0\n", trace.ErrCorrupt, "channel"},
		"base":         {"base oct timestamps absolute\n", trace.ErrCorrupt, "base"},
		"stamps":       {"base hex timestamps sidereal\n", trace.ErrCorrupt, "timestamps"},
		"start":        {"//otabench:start now\n", trace.ErrCorrupt, "parsing time"},
		"bus":          {"//otabench:bus x can0\n", trace.ErrCorrupt, "channel"},
		"before 1970":  {"date Mon Feb 2 13:02:03 1969\n" + frame, trace.ErrCorrupt, "before 1970"},
		"after 9999":   {"253402300799.0 1 1 Rx d 0\n", trace.ErrCorrupt, "after the year 9999"},
		"no text":      {"1.0 1 1 Rx\x00 d 0\n", trace.ErrCorrupt, "byte 0x00"},
		"endless line": {strings.Repeat("/", 1<<20), trace.ErrCorrupt, "more than 65536"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			const before = "date Mon Feb 2 13:02:03 2026\nBegin Triggerblock\n1.0 1 1 Rx d 1 FF\n"
			r := asc.NewReader(strings.NewReader(before+test.line), time.UTC)
			if _, err := r.Next(); err != nil {
				t.Fatalf("the frame before the damage: %v", err)
			}
			for range 2 {
				_, err := r.Next()
				if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.want) ||
					!strings.Contains(err.Error(), "line") {
					t.Errorf("got error %v, want %v in a line: ... %s", err, test.kind, test.want)
				}
			}
		})
	}
}

func TestLastLineNeedsNoEnd(t *testing.T) {
	records, err := read("Begin Triggerblock\n" + frame + "end TriggerBlock")
	if len(records) != 1 || err != io.EOF {
		t.Errorf("read %d frames, ended with %v", len(records), err)
	}
}

func TestEmptyTrace(t *testing.T) {
	for _, file := range []string{"", write(t, nil), "date Mon Nov 23 06:33:05.699 PM 2026\nEnd TriggerBlock\n"} {
		if records, err := read(file); len(records) != 0 || err != io.EOF {
			t.Errorf("%q has %d frames and ends with %v", file, len(records), err)
		}
	}
}

func TestRelativeTimesEnd(t *testing.T) {
	file := "base hex timestamps relative\n" + strings.Repeat("250000000000.0 1 1 Rx d 0\n", 100)
	records, err := read(file)
	if len(records) != 1 || !errors.Is(err, trace.ErrCorrupt) {
		t.Errorf("read %d frames, ended with %v", len(records), err)
	}
	file = "base hex timestamps relative\n" + strings.Repeat("250000000000.0 CAN\n", 1000) + frame
	if records, err = read(file); len(records) != 0 || !errors.Is(err, trace.ErrCorrupt) {
		t.Errorf("read %d frames, ended with %v", len(records), err)
	}
}

func TestChannels(t *testing.T) {
	buses := []string{"powertrain", "can0", "can3", "can03", "can2", "can99999", "can254", "", "a\nb", "can3"}
	var records []trace.Record
	for _, bus := range buses {
		records = append(records, trace.Record{Bus: bus, Received: rx(can.New(1))[0].Received})
	}
	file := write(t, records)
	for _, line := range []string{
		"//otabench:bus 1 powertrain\n", "//otabench:bus 2 can0\n", "//otabench:bus 3 can03\n", "//otabench:bus 5 can2\n",
		"//otabench:bus 6 can99999\n", "//otabench:bus 7 \n", "//otabench:bus 8 a b\n",
	} {
		if !strings.Contains(file, line) {
			t.Errorf("there is no line %q in\n%s", line, file)
		}
	}
	records, err := read(file)
	if err != io.EOF {
		t.Fatal(err)
	}
	var got []string
	for _, rec := range records {
		got = append(got, rec.Bus)
	}
	buses[7], buses[8] = "can6", "a b"
	if diff := cmp.Diff(buses, got); diff != "" {
		t.Errorf("buses (-want +got):\n%s", diff)
	}
}

func TestTooManyBuses(t *testing.T) {
	w := asc.NewWriter(io.Discard, time.UTC)
	for i := range 255 {
		if err := w.Write(fmt.Sprint(i), rx(can.New(1))[0].Received); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Write("x", rx(can.New(1))[0].Received); !errors.Is(err, trace.ErrBuses) {
		t.Errorf("bus 256: got error %v, want %v", err, trace.ErrBuses)
	}
	if err := w.Write("7", rx(can.New(1))[0].Received); err != nil {
		t.Errorf("bus 8 again: %v", err)
	}
}

func TestLosses(t *testing.T) {
	late := rx(can.New(1))[0]
	late.Time = late.Time.Add(999)
	early := rx(can.Frame{ID: can.ClassBusOff, Flags: can.Error, Len: 8})[0]
	early.Time = early.Time.Add(-time.Second)
	early.Bus, early.Lost = "\x00", 3
	var out bytes.Buffer
	w := asc.NewWriter(&out, time.UTC)
	records := []trace.Record{late, early}
	records[1].Comment = strings.Repeat("c", 1025)
	for _, rec := range records {
		if rec.Comment != "" {
			w.Comment(rec.Comment)
		}
		if err := w.Write(rec.Bus, rec.Received); err != nil {
			t.Fatal(err)
		}
	}
	w.Comment("behind")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := []trace.Loss{
		{What: "times cut to microseconds", Count: 1},
		{What: "names of buses changed", Count: 1},
		{What: "times before the first frame's moved there", Count: 1},
		{What: "counts of lost frames dropped", Count: 1},
		{What: "error frames without their details", Count: 1},
		{What: "comments behind the last frame", Count: 1},
		{What: "comments cut, over 1024 bytes each or 16 at a frame", Count: 1},
	}
	if diff := cmp.Diff(want, w.Losses()); diff != "" {
		t.Errorf("writing (-want +got):\n%s", diff)
	}
	if !strings.HasSuffix(out.String(), "   0.000000 2  ErrorFrame\n// behind\nEnd TriggerBlock\n") {
		t.Errorf("the trace ends wrong:\n%s", out.String())
	}

	r := asc.NewReader(strings.NewReader(chatter+
		"date when?\n1.0 CANXL 1\n1.0 1 1 Rx d 9 01 02 03 04 05 06 07 08\n// behind\n"), time.UTC)
	if _, err := tracetest.ReadAll(r); err != io.EOF {
		t.Fatal(err)
	}
	want = []trace.Loss{
		{What: "lines passed over that are not understood", Count: 1},
		{What: "events passed over that are no CAN frames", Count: 7},
		{What: "dates not understood, so that times count from another date or from 1970", Count: 1},
		{What: "CAN XL frames passed over", Count: 1},
		{What: "data length codes over 8 taken for 8", Count: 1},
		{What: "comments behind the last frame", Count: 1},
	}
	if diff := cmp.Diff(want, r.Losses()); diff != "" {
		t.Errorf("reading (-want +got):\n%s", diff)
	}
}

func TestWriteRefuses(t *testing.T) {
	w := asc.NewWriter(io.Discard, time.UTC)
	if err := w.Write("a", can.Received{Frame: can.New(1)}); !errors.Is(err, trace.ErrTime) {
		t.Errorf("no time: got error %v, want %v", err, trace.ErrTime)
	}
	if err := w.Write("a", rx(can.Frame{ID: 1, Len: 9})[0].Received); !errors.Is(err, can.ErrInvalid) {
		t.Errorf("a bad length: got error %v, want %v", err, can.ErrInvalid)
	}
}

// full is a disk without room.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestIOErrors(t *testing.T) {
	if _, err := asc.NewReader(iotest.ErrReader(errFull), time.UTC).Next(); !errors.Is(err, errFull) {
		t.Errorf("Next: got error %v, want %v", err, errFull)
	}
	w := asc.NewWriter(full{}, time.UTC)
	if err := w.Write("a", rx(can.New(1))[0].Received); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); !errors.Is(err, errFull) {
		t.Errorf("Close: got error %v, want %v", err, errFull)
	}
	if err := w.Write("a", rx(can.New(1))[0].Received); !errors.Is(err, errFull) {
		t.Errorf("Write: got error %v, want %v", err, errFull)
	}
}

func FuzzReader(f *testing.F) {
	for _, rec := range sample()[:9] {
		f.Add(write(f, []trace.Record{rec}))
	}
	f.Add("date So M\xe4rz 1 13:02:03 2026\r\nbase dec timestamps relative\r\n" + chatter +
		"1.5 2 17x Tx d 2 255 0 ID = 18x\r\n")
	f.Add("1.0 CANFD 1 Rx 11 Msg1 0 1 1 1 AA 0 0 5000\n// c\n1.0 1 1 Rx r 4\n1.0 3 ErrorFrame\n")
	f.Fuzz(func(t *testing.T, file string) {
		records, err := read(file)
		if err != io.EOF && !errors.Is(err, trace.ErrTruncated) && !errors.Is(err, trace.ErrCorrupt) {
			t.Fatalf("ended with %v", err)
		}
		// What was read can be written, and is the same then, but for what the writer says it loses.
		var want []trace.Record
		for _, rec := range records {
			if rec.Time.Year() < 2262 {
				rec.Time = rec.Time.Truncate(time.Microsecond)
				want = append(want, rec)
			}
		}
		if len(want) > 0 {
			first := want[0].Time.Truncate(time.Millisecond)
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
