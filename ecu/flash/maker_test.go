package flash_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/flash"
	"otabench/ecu/image"
	"otabench/ecu/image/compress"
)

// makerDescription is an ECU that wants everything in another way: a loader in RAM first, all blocks erased before the
// first is transferred, blocks by number, compressed data and a CRC of each block.
func makerDescription() description.ECU {
	return description.ECU{
		Address:  description.Address{Request: 0x714, Response: 0x77E},
		Security: description.Security{Level: 0x03, Algorithm: description.AlgorithmCMACAES, Secret: "example"},
		Unlocks:  map[string]description.Security{"loader": {Level: 0x11, Algorithm: description.AlgorithmXOR, Secret: "example"}},
		Identifiers: map[string]description.DID{
			"workshop": {ID: 0xF198}, "kept": {ID: 0x0300, Codec: description.Codec{Format: description.Uint}},
		},
		Routines: map[string]description.Routine{
			description.Preconditions: {},
			description.Verify:        {},
			description.Erase:         {ID: 0xFF00, Options: "01 {index}", Running: []description.Bytes{"7F"}, Pass: []description.Bytes{"00"}},
			"start_loader":            {ID: 0x0301, Options: "{entry}"},
			"check":                   {ID: 0x0202, Options: "{index} {crc32}", Pass: []description.Bytes{"10"}, Values: map[description.Bytes]string{"20": "wrong CRC"}},
		},
		Programming: description.Programming{
			Hardware: "IPC-1", Fingerprint: "{date:4} 00", AddressLength: 1, SizeLength: 3, MaxBlock: 66,
			Blocks: []description.Block{
				{Name: "loader", Source: "loader", Keep: true, Address: 0},
				{Name: "application", Source: "software", Address: 0x8000, Size: 0x100, Index: 2, ByIndex: true, Fill: new(byte(0xFF)), DataFormat: new(byte(0x10)), Compression: "lzss", Check: "check"},
				{Name: "calibration", Source: "software", Address: 0x9000, Size: 0x100, Index: 3, ByIndex: true, Fill: new(byte(0)), Align: 16, Check: "check", Resume: "kept"},
				{Name: "sounds", Source: "sounds", Index: 4, ByIndex: true, Optional: true},
			},
			Sequence: []description.Step{
				{Step: description.StepSession, Session: 0x60},
				{Step: description.StepUnlock, Unlock: "loader"},
				{Step: description.StepTransfer, Blocks: []string{"loader"}},
				{Step: description.StepRoutine, Routine: "start_loader", Block: "loader"},
				{Step: description.StepUnlock},
				{Step: description.StepFingerprint},
				{Step: description.StepWrite, Identifier: "workshop", Value: "AA {version} {count}"},
				{Step: description.StepErase},
				{Step: description.StepBlocks},
				{Step: description.StepDependencies},
			},
		},
	}.WithDefaults()
}

func makerPackage(t *testing.T) *firmware.Package {
	t.Helper()
	software, err := image.New(
		image.Segment{Address: 0x8000, Data: bytes.Repeat([]byte("app "), 40)},
		image.Segment{Address: 0x80F0, Data: []byte("end")},
		image.Segment{Address: 0x9004, Data: []byte("calibration")},
	)
	if err != nil {
		t.Fatal(err)
	}
	loader, err := image.New(image.Segment{Address: 0x20, Data: []byte("loader part 1")}, image.Segment{Address: 0x40, Data: []byte("part 2")})
	if err != nil {
		t.Fatal(err)
	}
	loader.Entry = new(uint64(0x20))
	return &firmware.Package{
		Manifest: firmware.Manifest{Hardware: "IPC-1", Version: "2.1"},
		Files:    map[string]*image.Image{"software": software, "loader": loader},
	}
}

// makerECU answers the sequence of makerDescription.
type makerECU struct {
	*fakeECU
	kept   uint16 // bytes of the calibration that are in place
	polls  int    // until the routine that erases has ended
	blocks map[byte][]byte
	reject bool // the calibration is wrong
}

func newMakerECU(b *bench) *makerECU {
	e := &makerECU{fakeECU: b.ecu, blocks: map[byte][]byte{}}
	var current byte
	b.ecu.intercept = func(r []byte) ([]byte, bool) {
		switch {
		case r[0] == 0x22:
			return binary.BigEndian.AppendUint16([]byte{0x62, r[1], r[2]}, e.kept), true
		case r[0] == 0x27 && r[1]%2 == 1:
			return append([]byte{0x67, r[1]}, bytes.Repeat([]byte{7}, 4)...), true
		case r[0] == 0x27:
			return []byte{0x67, r[1]}, true
		case r[0] == 0x34:
			current, e.counter = r[3], 0
			return []byte{0x74, 0x10, 0x42}, true
		case r[0] == 0x36:
			e.counter++
			e.blocks[current] = append(e.blocks[current], r[2:]...)
			return []byte{0x76, r[1]}, true
		case bytes.HasPrefix(r, []byte{0x31, 1, 0xFF, 0}):
			e.polls = 2
			return []byte{0x71, 1, 0xFF, 0, 0x7F}, true
		case bytes.HasPrefix(r, []byte{0x31, 3, 0xFF, 0}):
			if e.polls--; e.polls > 0 {
				return []byte{0x71, 3, 0xFF, 0, 0x7F}, true
			}
			return []byte{0x71, 3, 0xFF, 0, 0}, true
		case bytes.HasPrefix(r, []byte{0x31, 1, 0x02, 0x02}):
			if e.reject && r[4] == 3 {
				e.reject = false
				return []byte{0x71, 1, 2, 2, 0x20}, true
			}
			return []byte{0x71, 1, 2, 2, 0x10}, true
		}
		return nil, false
	}
	return e
}

// Everything that differs comes from the description.
func TestMakersSequence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, makerDescription(), flash.Options{})
		e := newMakerECU(b)
		if err := b.programmer.Program(t.Context(), makerPackage(t)); err != nil {
			t.Fatal(err)
		}
		application := slices.Concat(bytes.Repeat([]byte("app "), 40), bytes.Repeat([]byte{0xFF}, 80), []byte("end"))
		calibration := slices.Concat([]byte{0, 0, 0, 0}, []byte("calibration"), []byte{0})
		packed := compressed(t, application)
		date := time.Now().Format("06 01 02") // of the century that synctest lives in
		want := []string{
			"10 60", "27 11", "27 12 68 73 66 65",
			"34 00 31 20 00 00 0D", "36 01 6C 6F 61 64 65 72 20 70 61 72 74 20 31", "37",
			"34 00 31 40 00 00 06", "36 01 70 61 72 74 20 32", "37",
			"31 01 03 01 20", "27 03", "27 04",
			"2E F1 5A 20 " + date + " 00", "2E F1 98 AA 32 2E 31 03",
			"31 01 FF 00 01 02", "31 03 FF 00", "31 03 FF 00", "31 01 FF 00 01 03", "31 03 FF 00", "31 03 FF 00",
			fmt.Sprintf("34 10 31 02 %s", hex3(len(application))),
		}
		for i := 0; i < len(packed); i += 64 {
			want = append(want, fmt.Sprintf("36 %02X % X", 1+i/64, packed[i:min(i+14, len(packed), i+64)]))
		}
		want = append(want, "37", fmt.Sprintf("31 01 02 02 02 % X", sum(application)),
			fmt.Sprintf("34 00 31 03 %s", hex3(len(calibration))), fmt.Sprintf("36 01 % X", calibration[:14]), "37",
			fmt.Sprintf("31 01 02 02 03 % X", sum(calibration)), "31 01 FF 01")
		got := b.ecu.seen()
		for i := range got {
			if strings.HasPrefix(got[i], "27 04") {
				got[i] = "27 04" // a CMAC, which package security tests
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if !bytes.Equal(e.blocks[2], packed) || !bytes.Equal(e.blocks[3], calibration) {
			t.Errorf("transferred % X and % X", e.blocks[2], e.blocks[3])
		}
	})
}

// The plan is what is sent.
func TestPlanOfMakersSequence(t *testing.T) {
	d, pkg := makerDescription(), makerPackage(t)
	var planned []string
	for _, r := range withoutFunctional(t, d, pkg) {
		if r.Phase == flash.PhaseReset {
			break
		}
		planned = append(planned, fmt.Sprintf("% X", r.Data[:min(len(r.Data), 2)]))
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, d, flash.Options{})
		newMakerECU(b)
		if err := b.programmer.Program(t.Context(), pkg); err != nil {
			t.Fatal(err)
		}
		var sent []string
		for _, r := range b.ecu.seen() {
			if !strings.HasPrefix(r, "31 03") { // how often it is polled is up to the ECU
				sent = append(sent, r[:min(len(r), 5)])
			}
		}
		if diff := cmp.Diff(planned, sent); diff != "" {
			t.Errorf("planned - and sent +:\n%s", diff)
		}
	})
}

func TestRejectedBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, makerDescription(), flash.Options{})
		newMakerECU(b).reject = true
		err := b.programmer.Program(t.Context(), makerPackage(t))
		var failed *flash.Error
		if !errors.As(err, &failed) || failed.Phase != flash.PhaseVerify || failed.Block != "calibration" || !strings.Contains(err.Error(), "wrong CRC") {
			t.Errorf("Program = %v, want the calibration rejected by its CRC", err)
		}
	})
}

func TestRoutineWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, makerDescription(), flash.Options{})
		newMakerECU(b)
		inner := b.ecu.intercept
		b.ecu.intercept = func(r []byte) ([]byte, bool) {
			if bytes.HasPrefix(r, []byte{0x31, 3}) {
				return []byte{0x71, 3, 0xFF, 0, 0x7F}, true
			}
			return inner(r)
		}
		start := time.Now()
		err := b.programmer.Program(t.Context(), makerPackage(t))
		if err == nil || !strings.Contains(err.Error(), "erase still runs after 1m0s") || time.Since(start) < time.Minute {
			t.Errorf("Program = %v after %v", err, time.Since(start))
		}
	})
}

func TestResume(t *testing.T) {
	tests := []struct {
		name      string
		kept      uint16
		reject    bool
		downloads []string // of the calibration
		erases    int
	}{
		{"nothing in place", 0, false, []string{"34 00 31 03 00 00 10"}, 1},
		{"a part in place", 8, false, []string{"34 00 31 0B 00 00 08"}, 1},
		{"all in place", 16, false, nil, 0},
		{"a part of something else in place", 8, true, []string{"34 00 31 0B 00 00 08", "34 00 31 03 00 00 10"}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := makerDescription()
				d.Routines[description.Erase] = description.Routine{ID: 0xFF00, Options: "{address} {erase_size}"}
				b := newBench(t, d, flash.Options{Resume: true})
				e := newMakerECU(b)
				e.kept, e.reject = tt.kept, tt.reject
				inner := b.ecu.intercept
				b.ecu.intercept = func(r []byte) ([]byte, bool) {
					if bytes.HasPrefix(r, []byte{0x31, 1, 0xFF, 0}) {
						return []byte{0x71, 1, 0xFF, 0, 0}, true
					}
					return inner(r)
				}
				if err := b.programmer.Program(t.Context(), makerPackage(t)); err != nil {
					t.Fatal(err)
				}
				var downloads []string
				erases := 0
				for _, r := range b.ecu.seen() {
					if strings.HasPrefix(r, "34 00 31 03") || strings.HasPrefix(r, "34 00 31 0B") {
						downloads = append(downloads, r)
					}
					if strings.HasPrefix(r, "31 01 FF 00 03") || strings.HasPrefix(r, "31 01 FF 00 0B") {
						erases++
					}
				}
				if !slices.Equal(downloads, tt.downloads) || erases != tt.erases {
					t.Errorf("downloads %v and %d erases, want %v and %d", downloads, erases, tt.downloads, tt.erases)
				}
				if last := b.progress[len(b.progress)-1]; last.Done != last.Total {
					t.Errorf("at the end %d of %d bytes are done", last.Done, last.Total)
				}
			})
		})
	}
}

func TestResumeWithNonsense(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, makerDescription(), flash.Options{Resume: true})
		newMakerECU(b).kept = 17
		if err := b.programmer.Program(t.Context(), makerPackage(t)); err == nil || !strings.Contains(err.Error(), "17 bytes are in place, and block calibration has 16") {
			t.Errorf("Program = %v", err)
		}
	})
}

func TestProgramsAndContexts(t *testing.T) {
	d, pkg := makerDescription(), makerPackage(t)
	d.Programming.Blocks[1].Compression = ""
	d.Programming.Blocks[1].Transform = []string{"sh", "-c", `cat >/dev/null; echo '{"data":"AQID"}'`}
	segments, err := flash.Segments(t.Context(), d, pkg)
	if err != nil || !bytes.Equal(segments[1].Pieces[0].Sent, []byte{1, 2, 3}) {
		t.Errorf("Segments = %+v, %v", segments, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := flash.Segments(ctx, d, pkg); !errors.Is(err, context.Canceled) {
		t.Errorf("Segments of a context that is over: %v", err)
	}
}

func compressed(t *testing.T, data []byte) []byte {
	t.Helper()
	method, err := compress.Lookup("lzss")
	if err != nil {
		t.Fatal(err)
	}
	packed, err := method.Compress(data)
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func sum(data []byte) []byte { return binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(data)) }

func hex3(n int) string { return fmt.Sprintf("%02X %02X %02X", byte(n>>16), byte(n>>8), byte(n)) }
