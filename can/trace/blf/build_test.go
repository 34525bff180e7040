package blf_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"time"

	"otabench/can"
	"otabench/can/trace"
)

// bin lays numbers, arrays of them and texts out as the format has them.
func bin(parts ...any) []byte {
	var b []byte
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			b = append(b, part...)
		case []byte:
			b = append(b, part...)
		default:
			var err error
			if b, err = binary.Append(b, binary.LittleEndian, part); err != nil {
				panic(err)
			}
		}
	}
	return b
}

// numbers, by their size
type (
	u8  = uint8
	u16 = uint16
	u32 = uint32
	u64 = uint64
)

const second = uint64(time.Second)

// object is an object at one second.
func object(kind u32, parts ...any) []byte {
	return objectAt(2, second, kind, parts...)
}

func objectAt(unit u32, stamp u64, kind u32, parts ...any) []byte {
	body := bin(parts...)
	b := bin("LOBJ", u16(32), u16(1), u32(32+len(body)), kind, unit, u32(0), stamp, body)
	return append(b, make([]byte, len(b)%4)...)
}

// stored is a container without compression.
func stored(objects ...[]byte) []byte {
	b := bytes.Join(objects, nil)
	return bin("LOBJ", u16(16), u16(1), u32(32+len(b)), u32(10), u16(0), [6]u8{}, u32(len(b)), u32(0), b,
		make([]byte, len(b)%4))
}

// deflated is a container that says it unpacks to so many bytes, or to as many as it does if size is negative.
func deflated(size int, objects ...[]byte) []byte {
	b := bytes.Join(objects, nil)
	if size < 0 {
		size = len(b)
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write(b); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	n := packed.Len()
	return bin("LOBJ", u16(16), u16(1), u32(32+n), u32(10), u16(2), [6]u8{}, u32(size), u32(0), packed.Bytes(),
		make([]byte, n%4))
}

// file is a file from 1970.
func file(parts ...[]byte) []byte {
	return dated([8]u16{1970, 1, 4, 1}, parts...)
}

func dated(date [8]u16, parts ...[]byte) []byte {
	b := bytes.Join(parts, nil)
	return bin("LOGG", u32(144), [8]u8{}, u64(144+len(b)), u64(0), u32(0), u32(0), date, [8]u16{}, [72]u8{}, b)
}

// message is a classic frame.
func message(channel u16, flags, code u8, id u32, data ...u8) []byte {
	var eight [8]u8
	copy(eight[:], data)
	return object(1, channel, flags, code, id, eight)
}

// plain is the frame before and behind what is tested.
var plain = message(1, 0, 1, 1, 0xFF)

// rx is a received frame of can0 at one second.
func rx(f can.Frame) []trace.Record {
	return []trace.Record{{Bus: "can0", Received: can.Received{Frame: f, Time: time.Unix(1, 0).UTC()}}}
}

// tx is a frame that was sent on can1.
func tx(f can.Frame) []trace.Record {
	records := rx(f)
	records[0].Bus, records[0].Own = "can1", true
	return records
}

// commented is the plain frame with a comment.
func commented(comment string) []trace.Record {
	records := rx(can.New(1, 0xFF))
	records[0].Comment = comment
	return records
}

func flagged(flags can.Flags, f can.Frame) can.Frame {
	f.Flags |= flags
	return f
}

// failed is an error frame.
func failed(class uint32, data ...byte) can.Frame {
	f := can.Frame{ID: class, Flags: can.Error, Len: 8}
	copy(f.Data[:], data)
	return f
}
