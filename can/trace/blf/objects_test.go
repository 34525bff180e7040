package blf_test

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/can"
	"otabench/can/trace"
	"otabench/can/trace/blf"
	"otabench/can/trace/tracetest"
)

// fd64 is a frame in the newer of the forms for FD.
func fd64(channel, code, count u8, id, flags u32, direction u8, data ...u8) []byte {
	return object(101, channel, code, count, u8(1), id, u32(130000), flags, [4]u32{}, u16(130), direction, u8(0), u32(0),
		data)
}

// fd is one in the older form.
func fd(channel u16, flags, code u8, id u32, fdFlags, count u8, data ...u8) []byte {
	var all [64]u8
	copy(all[:], data)
	return object(100, channel, flags, code, id, u32(0), u8(0), fdFlags, count, [5]u8{}, all, u32(0))
}

// errorExt is an error frame on channel 1.
func errorExt(has u32, register, code u8, id u32, extended u16, data ...u8) []byte {
	return object(73, u16(1), u16(6), has, register, u8(0), code, u8(0), u32(0), id, extended, u16(0), data)
}

func marker(texts ...string) []byte {
	return object(96, u32(0), u32(0xFFFFFF), u32(0), u32(0), u32(len(texts[0])), u32(len(texts[1])), u32(len(texts[2])),
		[12]u8{}, strings.Join(texts, ""))
}

// shortMarker tells 24 bytes too few, as Vector's converter does.
func shortMarker(texts ...string) []byte {
	b := marker(texts...)
	b[8] -= 24
	return b
}

func eventComment(text string) []byte { return object(92, u32(1), u32(len(text)), u64(0), text) }

func appText(source, about u32, text string) []byte {
	return object(65, source, about, u32(len(text)), u32(0), text)
}

func overrun(bus u32, channel u16) []byte { return object(91, bus, channel, u16(0)) }

// networks is what CANoe tells of its channels.
const networks = `<?xml version="1.0" encoding="UTF-8"?>
<channels version="1">
  <channel number="1" type="LIN" network="LIN01"/>
  <channel number="1" type="CAN" network="power train">
    <databases><database file="a.dbc" path="C:\" cluster="General"/></databases>
  </channel>
</channels>`

// twelve is an FD frame of 12 bytes, of which the first is 1.
func twelve(flags can.Flags) can.Frame {
	return can.Frame{ID: 1, Flags: can.FD | flags, Len: 12, Data: [64]byte{1}}
}

func TestObjects(t *testing.T) {
	named := rx(can.New(1, 0xFF))
	named[0].Bus = "power train"
	gap := rx(can.New(1, 0xFF))
	gap[0].Lost = 2
	plainRecord := rx(can.New(1, 0xFF))
	const others = " objects passed over that are no CAN frames"
	long := bytes.Repeat([]byte{0xAB}, 200_000)
	tests := map[string]struct {
		objects [][]byte
		want    []trace.Record
		losses  string
	}{
		"message":        {[][]byte{message(2, 1, 3, 0x390, 0x17, 0, 0xAF)}, tx(can.New(0x390, 0x17, 0, 0xAF)), ""},
		"extended":       {[][]byte{message(1, 0, 0, 1<<31|0x390)}, rx(flagged(can.Extended, can.New(0x390))), ""},
		"remote":         {[][]byte{message(1, 0x80, 4, 1)}, rx(can.Frame{ID: 1, Flags: can.Remote, Len: 4}), ""},
		"wake-up, error": {[][]byte{message(1, 0x60, 0, 1)}, rx(can.New(1)), ""}, // lines that we have no use for
		"code over 8": {
			[][]byte{message(1, 0, 9, 1, 1, 2, 3, 4, 5, 6, 7, 8)},
			rx(can.New(1, 1, 2, 3, 4, 5, 6, 7, 8)),
			"1 data length codes over 8 taken for 8",
		},
		"request": {[][]byte{message(1, 2, 0, 1), plain}, rx(can.New(1, 0xFF)), "1 requests to send passed over"},
		"message 2": {
			[][]byte{object(86, u16(2), u8(1), u8(1), u32(1), u8(0xAB), [7]u8{}, u32(1000), u8(50), u8(0), u16(0))},
			tx(can.New(1, 0xAB)), "",
		},
		"FD":          {[][]byte{fd(1, 0, 9, 1, 1, 12, 1)}, rx(twelve(0)), ""},
		"FD, BRS":     {[][]byte{fd(2, 1, 9, 1, 3, 12, 1)}, tx(twelve(can.BRS)), ""},
		"FD, ESI":     {[][]byte{fd(1, 0, 9, 1, 5, 12, 1)}, rx(twelve(can.ESI)), ""},
		"FD, remote":  {[][]byte{fd(1, 0x80, 9, 1, 1, 12, 1)}, rx(twelve(0)), ""}, // there is no such frame
		"FD, classic": {[][]byte{fd(1, 0, 2, 1, 2, 2, 1)}, rx(can.New(1, 1, 0)), ""},
		"FD, classic, remote": {
			[][]byte{fd(1, 0x80, 2, 1, 0, 0)}, rx(can.Frame{ID: 1, Flags: can.Remote, Len: 2}), "",
		},
		"FD, 12 bytes of 16": {
			[][]byte{fd(1, 0, 10, 1, 1, 12, 1)},
			rx(can.Frame{ID: 1, Flags: can.FD, Len: 16, Data: [64]byte{1}}),
			"1 frames with fewer data bytes than their length, filled up with zeros",
		},
		"FD 64": {
			[][]byte{fd64(2, 9, 12, 1, 0x7000, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)}, tx(twelve(can.BRS | can.ESI)), "",
		},
		"FD 64, more": { // an offset to more, and that
			[][]byte{fd64(1, 1, 1, 1, 0x1000, 0, 1, 0, 0, 0, 9, 9, 9, 9)}, rx(flagged(can.FD, can.New(1, 1))), "",
		},
		"FD 64, classic": {[][]byte{fd64(1, 2, 2, 1, 0x2000, 0, 1, 2)}, rx(can.New(1, 1, 2)), ""},
		"FD 64, remote": {
			[][]byte{fd64(1, 15, 0, 1, 0x10, 0)},
			rx(can.Frame{ID: 1, Flags: can.Remote, Len: 8}),
			"1 data length codes over 8 taken for 8",
		},
		"FD 64, request":  {[][]byte{fd64(1, 0, 0, 1, 0x1000, 2)}, nil, "1 requests to send passed over"},
		"error":           {[][]byte{object(2, u16(1), u16(6), u32(0))}, rx(failed(can.ClassBusError)), ""},
		"error, short":    {[][]byte{object(2, u16(1), u16(6))}, rx(failed(can.ClassBusError)), ""},
		"error, nothing":  {[][]byte{errorExt(0, 0, 0, 0, 0)}, rx(failed(can.ClassBusError)), ""},
		"error, SJA 1000": {[][]byte{errorExt(1, 0xA2, 0, 0, 0)}, rx(failed(0x88, 0, 0, 4, 2)), ""},
		"error, bit":      {[][]byte{errorExt(2, 0, 0, 0, 0<<6)}, rx(failed(0x88, 0, 0, 1)), ""},
		"error, form":     {[][]byte{errorExt(3, 0, 0, 0, 1<<6)}, rx(failed(0x88, 0, 0, 2)), ""},
		"error, stuff":    {[][]byte{errorExt(2, 0, 0, 5, 2<<6)}, rx(failed(0x88, 0, 0, 4)), ""},
		"error, other":    {[][]byte{errorExt(2, 0, 0, 0, 3<<6)}, rx(failed(0x88)), ""},
		"error, CRC":      {[][]byte{errorExt(2, 0, 0, 0, 4<<6)}, rx(failed(0x88, 0, 0, 0, 8)), ""},
		"error, no ack":   {[][]byte{errorExt(2, 0, 0, 0, 7<<6)}, rx(failed(0xA0, 0, 0, 0, 0x19)), ""},
		"error, overload": {[][]byte{errorExt(2, 0, 0, 0, 8<<6)}, rx(failed(0x88, 0, 0, 0x20)), ""},
		"error, python-can": {
			[][]byte{errorExt(0, 0, 8, 4, 0, 0, 0x10, 0, 0, 0, 0, 0, 0)}, rx(failed(can.ClassController, 0, 0x10)), "",
		},
		"error, FD": {
			[][]byte{object(104, u8(2), u8(0), u8(0), u8(0), u16(2), u16(2<<6|1<<14), [64]u8{})},
			tx(failed(0x88, 0, 0, 4)), "",
		},
		"10 microseconds": {[][]byte{objectAt(1, 100_000, 1, plain[32:48])}, plainRecord, ""},
		"a unit of nobody": {
			[][]byte{objectAt(0, second, 1, plain[32:48])}, plainRecord, "1 times of unknown unit taken for nanoseconds",
		},
		"head of version 2": {
			[][]byte{bin("LOBJ", u16(40), u16(2), u32(56), u32(1), u32(2), u32(0), second, u64(7), plain[32:48])},
			plainRecord, "",
		},
		"head of version 3": {[][]byte{bin("LOBJ", u16(32), u16(3), u32(48), u32(1), plain[16:48])}, plainRecord, ""},
		"comment":           {[][]byte{eventComment("gr\xF6\xDFer"), plain}, commented("größer"), ""},
		"comment, padded":   {[][]byte{eventComment("test\r\n\x00\xFF\xFF"), plain}, commented("test"), ""},
		"comments": {
			[][]byte{eventComment("one\ntwo"), eventComment("three"), plain}, commented("one\ntwo\nthree"), "",
		},
		"comment, behind": {[][]byte{plain, eventComment("late")}, plainRecord, "1 comments behind the last frame"},
		"marker":          {[][]byte{marker("group", "", "text"), plain}, commented("group: text"), ""},
		"marker, short":   {[][]byte{shortMarker("group", "name", "text"), plain}, commented("group: name: text"), ""},
		"marker, our zone": {
			[][]byte{marker("otabench", "start", "1970-01-01T01:00:00.000+01:00"), plain}, plainRecord, "",
		},
		"measurement":      {[][]byte{appText(0, 0, "engine"), plain}, commented("engine"), ""},
		"network":          {[][]byte{appText(1, 0x01010100, `C:\x.dbc;power train;y.dbc;other`), plain}, named, ""},
		"network, no name": {[][]byte{appText(1, 0x010100, "x.dbc;"), appText(1, 0x010000, ";zero"), plain}, plainRecord, ""},
		"network of LIN":   {[][]byte{appText(1, 0x050100, ";lin"), plain}, plainRecord, "1" + others},
		"meta data":        {[][]byte{appText(2, 0x0100_0005, "<xml>"), plain}, plainRecord, "1" + others},
		"networks":         {[][]byte{appText(2, 0x0200_0000+u32(len(networks)), networks), plain}, named, ""},
		"networks, pieces": {
			[][]byte{
				appText(2, 0x0200_0000+u32(len(networks)), networks[:99]),
				appText(2, 0x0200_0000+u32(len(networks)-99), networks[99:]), plain,
			}, named, "",
		},
		"networks, broken": {[][]byte{appText(2, 0x0200_0009, "<channels"), plain}, plainRecord, "1" + others},
		"networks, endless": {
			append(slices.Repeat([][]byte{appText(2, 0x02FF_FFFF, networks+strings.Repeat(" ", 60_000))}, 18), plain),
			plainRecord, "1" + others,
		},
		"overrun":         {[][]byte{overrun(1, 1), overrun(1, 1), plain}, gap, ""},
		"overrun of LIN":  {[][]byte{overrun(5, 1), plain}, plainRecord, "1" + others},
		"overrun, behind": {[][]byte{plain, overrun(1, 2)}, plainRecord, "1 buses that lost frames behind their last one"},
		"others":          {[][]byte{object(11), object(71, [30]u8{}), plain}, plainRecord, "2" + others},
		"large ones":      {[][]byte{object(92, long), object(71, long), plain}, plainRecord, "2" + others},
		"restore point":   {[][]byte{plain, object(115, [30]u8{})}, plainRecord, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := blf.NewReader(bytes.NewReader(file(deflated(-1, test.objects...))))
			r.SetZone(time.UTC)
			got, err := tracetest.ReadAll(r)
			if err != io.EOF {
				t.Errorf("reading ended with %v", err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if losses := spell(r.Losses()); losses != test.losses {
				t.Errorf("lost %q, want %q", losses, test.losses)
			}
		})
	}
}

func spell(losses []trace.Loss) string {
	var words []string
	for _, loss := range losses {
		words = append(words, loss.String())
	}
	return strings.Join(words, ", ")
}

func TestContainers(t *testing.T) {
	two := bytes.Join([][]byte{plain, plain}, nil)
	odd := eventComment("c") // 49 bytes and one of padding
	for name, parts := range map[string][][]byte{
		"zlib":                 {deflated(-1, plain, plain)},
		"stored":               {stored(plain, plain)},
		"of each":              {stored(plain), deflated(-1, plain)},
		"none":                 {plain, plain},
		"cut in a mark":        {deflated(-1, two[:50]), deflated(-1, two[50:])},
		"cut in a head":        {deflated(-1, two[:70]), stored(two[70:])},
		"cut in a frame":       {stored(two[:95]), deflated(-1, two[95:])},
		"cut in pieces":        {stored(two[:1]), stored(two[1:2]), stored(two[2:49]), stored(two[49:])},
		"empty":                {stored(), deflated(-1), stored(plain, plain), stored()},
		"objects between":      {stored(plain), object(71, "x"), stored(plain)},
		"no padding":           {stored(plain, odd[:49], plain), stored(odd[:49])},
		"padding to four":      {stored(plain, odd[:49], []byte{0, 0, 0}, plain), stored(odd[:49], []byte{0, 0, 0})},
		"container, unpadded":  {stored(plain, plain, odd[:49])[:177]},
		"padding that is full": {stored(plain, odd[:49], []byte("LO!"), plain)},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(file(parts...))
			if err != io.EOF {
				t.Errorf("reading ended with %v", err)
			}
			for i := range got {
				got[i].Comment = ""
			}
			if diff := cmp.Diff(append(rx(can.New(1, 0xFF)), rx(can.New(1, 0xFF))...), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDates(t *testing.T) {
	const lost = "1 dates not understood, so that times count from 1970"
	for name, test := range map[string]struct {
		date   [8]u16
		want   string
		losses string
	}{
		"a date":           {[8]u16{2026, 3, 0, 1, 12, 0, 59, 250}, "2026-03-01T12:01:00.25Z", ""},
		"a wrong weekday":  {[8]u16{2026, 3, 6, 1, 12, 0, 59, 250}, "2026-03-01T12:01:00.25Z", ""},
		"none":             {[8]u16{}, "1970-01-01T00:00:01Z", ""},
		"no such day":      {[8]u16{2026, 2, 0, 29, 12}, "1970-01-01T00:00:01Z", lost},
		"no such month":    {[8]u16{2026, 0, 0, 1, 12}, "1970-01-01T00:00:01Z", lost},
		"no such second":   {[8]u16{2026, 3, 0, 1, 12, 0, 60, 0}, "1970-01-01T00:00:01Z", lost},
		"no such thousand": {[8]u16{2026, 3, 0, 1, 12, 0, 0, 1000}, "1970-01-01T00:00:01Z", lost},
	} {
		t.Run(name, func(t *testing.T) {
			r := blf.NewReader(bytes.NewReader(dated(test.date, stored(plain))))
			r.SetZone(time.UTC)
			rec, err := r.Next()
			if err != nil || rec.Time.Format(time.RFC3339Nano) != test.want {
				t.Errorf("got %v, error %v, want %s", rec.Time, err, test.want)
			}
			if losses := spell(r.Losses()); losses != test.losses {
				t.Errorf("lost %q, want %q", losses, test.losses)
			}
		})
	}
}
