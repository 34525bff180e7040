package described

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"otabench/ecu/description"
	"otabench/ecu/sim/server"
)

// FuzzArea compares an area with a memory of bytes, each of which is empty, known, or unknown.
func FuzzArea(f *testing.F) {
	f.Add([]byte{0, 10, 5, 1, 12, 9, 2, 3, 4, 3, 0, 20, 0, 15, 2})
	f.Add([]byte("1\x11\"1\x110")) // nothing put into something
	f.Fuzz(func(t *testing.T, script []byte) {
		const empty, unknown = -1, -2
		var model [256 + 16]int
		for i := range model {
			model[i] = empty
		}
		var a, before area
		var old [len(model)]int
		for n := byte(1); len(script) >= 3; n, script = n+1, script[3:] {
			from, to := uint64(script[1]), uint64(script[1])+uint64(script[2]%17)
			value := empty
			switch script[0] % 4 {
			case 0:
				a.cut(from, to)
			case 1:
				a.put(piece{from: from, to: to, data: bytes.Repeat([]byte{n}, int(to-from))})
				value = int(n)
			case 2:
				a.put(piece{from: from, to: to})
				value = unknown
			case 3:
				before, old = a.clone(), model
				continue
			}
			for i := from; i < to; i++ {
				model[i] = value
			}
		}
		agree(t, a, model[:])
		if before != nil {
			agree(t, before, old[:]) // nothing that happened since has changed it
		}
	})
}

func agree(t *testing.T, a area, model []int) {
	t.Helper()
	end := uint64(0)
	for _, p := range a {
		if p.from < end || p.data != nil && uint64(len(p.data)) != p.to-p.from {
			t.Fatalf("pieces %+v", a)
		}
		end = p.to
	}
	for i, want := range model {
		at := uint64(i)
		data, known := a.read(at, at+1)
		if a.overlaps(at, at+1) != (want != -1) || known != (want >= 0) || known && data[0] != byte(want) {
			t.Fatalf("at %d there is %v, %v; want %d", i, data, known, want)
		}
	}
}

// A cut in a block leaves what was stored by then, and not one byte more is acknowledged.
func TestTornWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := description.ECU{Programming: description.Programming{
			Hardware: "H", Blocks: []description.Block{{Name: "a", Source: "a", Address: 0x100, Size: 0x100}},
		}}.WithDefaults()
		m := &memory{desc: d, store: time.Millisecond, runs: software{"a": {}}, ram: software{}}
		sink, err := m.download(t.Context(), server.Call{}, 0, server.Region{Address: 0x100, Size: 40})
		if err != nil {
			t.Fatal(err)
		}
		if err := sink.Write(t.Context(), []byte("0123456789")); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Millisecond)
		defer cancel()
		if err := sink.Write(ctx, []byte("abcdefghij")); err == nil {
			t.Error("a write goes on without power")
		}
		sink.Abort()
		if data, _ := m.runs["a"].bytes(); string(data) != "0123456789abcdefg" || m.kept(d.Programming.Blocks[0]) != 10 {
			t.Errorf("stored %q, and %d bytes are acknowledged", data, m.kept(d.Programming.Blocks[0]))
		}
	})
}

// An erasure that is cut leaves a block that is neither old nor empty.
func TestTornErase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := description.ECU{Programming: description.Programming{
			Hardware: "H", Blocks: []description.Block{{Name: "a", Source: "a", Address: 0x100, Size: 0x100}},
		}}.WithDefaults()
		m := &memory{desc: d, erase: time.Second, runs: software{"a": {valid: true}}, ram: software{}}
		m.runs["a"].put(piece{from: 0x100, to: 0x103, data: []byte("old")})
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		fields := map[string][]byte{description.FieldAddress: {1, 0}}
		if err := m.clear(ctx, fields); err == nil {
			t.Error("an erasure goes on without power")
		}
		if _, known := m.runs["a"].read(0x100, 0x103); known || !m.runs["a"].overlaps(0x100, 0x101) || m.runs.complete() {
			t.Errorf("it left %+v", m.runs["a"])
		}
		if err := m.clear(t.Context(), fields); err != nil || len(m.runs["a"].area) != 0 {
			t.Errorf("the next erasure: %v, and left %+v", err, m.runs["a"])
		}
	})
}
