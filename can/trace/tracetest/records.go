package tracetest

import (
	"strings"
	"time"

	"otabench/can"
	"otabench/can/trace"
)

// Start is the time of the first frame of a Sample.
var Start = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

// Sample has a frame of every kind on the buses can0 and can1, a millisecond apart, with times that formats in
// microseconds can hold.
func Sample() []trace.Record {
	frames := []can.Frame{
		can.New(0x7E0, 2, 0x10, 3),
		can.New(0),
		can.New(0x7FF, 1, 2, 3, 4, 5, 6, 7, 0xFF),
		with(can.Extended, can.New(0x123, 0xAB)),
		with(can.Extended, can.New(can.MaxExtendedID)),
		{ID: 0x7FF, Flags: can.Remote},
		{ID: 0x12345, Flags: can.Remote | can.Extended, Len: 8},
		{ID: can.ClassBusError, Flags: can.Error, Len: 8},
	}
	for _, n := range []uint8{1, 8, 12, 16, 20, 24, 32, 48, 64} {
		frames = append(frames, fd(0x100+uint32(n), 0, n))
	}
	frames = append(frames,
		fd(0x18DA10F1, can.Extended|can.BRS, 64),
		fd(1, can.ESI, 8),
		fd(2, can.BRS|can.ESI, 12),
	)
	records := make([]trace.Record, len(frames))
	for i, f := range frames {
		r := can.Received{Frame: f, Time: Start.Add(time.Duration(i) * time.Millisecond), Own: i%3 == 1 && !f.Is(can.Error)}
		records[i] = trace.Record{Bus: [...]string{"can0", "can1"}[i/2%2], Received: r}
	}
	return records
}

// Load returns the frame number i of a busy bus: 10,000 frames a second, every fourth one FD with 64 bytes.
func Load(i int) trace.Record {
	f := can.Frame{ID: 0x100 + uint32(i%0x400), Len: can.MaxData}
	if i%4 == 3 {
		f.Flags, f.Len = can.FD|can.BRS, can.MaxDataFD
	}
	for k := range f.Payload() {
		f.Data[k] = byte(i)
	}
	at := Start.Truncate(time.Second).Add(time.Duration(i) * 100 * time.Microsecond)
	return trace.Record{Bus: "can0", Received: can.Received{Frame: f, Time: at}}
}

func with(flags can.Flags, f can.Frame) can.Frame {
	f.Flags |= flags
	return f
}

func fd(id uint32, flags can.Flags, n uint8) can.Frame {
	f := can.Frame{ID: id, Flags: flags | can.FD, Len: n}
	for i := range f.Payload() {
		f.Data[i] = byte(i)*3 + n
	}
	return f
}

// ReadAll returns what a trace holds and what it ended with.
func ReadAll(src trace.Source) (records []trace.Record, err error) {
	for {
		rec, err := src.Next()
		if err != nil {
			return records, err
		}
		records = append(records, rec)
	}
}

// WriteAll writes the records with their comments, and closes the trace.
func WriteAll(dst trace.Sink, records []trace.Record) error {
	for _, rec := range records {
		if rec.Comment != "" {
			for line := range strings.SplitSeq(rec.Comment, "\n") {
				dst.Comment(line)
			}
		}
		if err := dst.Write(rec.Bus, rec.Received); err != nil {
			return err
		}
	}
	return dst.Close()
}

// Change returns the records with f applied to each.
func Change(records []trace.Record, f func(*trace.Record)) []trace.Record {
	changed := append([]trace.Record(nil), records...)
	for i := range changed {
		f(&changed[i])
	}
	return changed
}
