package server_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// flash is memory that is downloaded to and uploaded from.
type flash struct {
	data  []byte
	next  int
	state string
}

func (f *flash) Write(_ context.Context, data []byte) error {
	if data[0] == 0xEE {
		return errors.New("worn out")
	}
	f.next += copy(f.data[f.next:], data)
	return nil
}

func (f *flash) Read(_ context.Context, data []byte) error {
	f.next += copy(data, f.data[f.next:])
	if data[0] == 0xEE {
		return uds.VoltageTooLow
	}
	return nil
}

func (f *flash) Exit(_ context.Context, parameters []byte) ([]byte, error) {
	f.state = fmt.Sprintf("left at %d", f.next)
	return parameters, nil
}

func (f *flash) Abort() { f.state = fmt.Sprintf("aborted at %d", f.next) }

func (f *flash) begin(format byte, r server.Region) error {
	if format&0xF != 0 {
		return uds.RequestOutOfRange
	}
	if r.Address%4 != 0 {
		return errors.New("not a page")
	}
	f.next, f.state = int(r.Address), "open"
	return nil
}

func transfers(f *flash) server.Config {
	ranges := server.Ranges{
		{Region: server.Region{Address: 0, Size: 0x200}},
		{Region: server.Region{Address: 0x200, Size: 0x10}, Access: server.Access{Levels: []byte{0x01}}},
	}
	return server.Config{
		Sessions: sessions(), ExitParameters: server.Between(0, 2), Transfer: notDefault,
		Download: &server.Download{
			Access: notDefault, MaxBlock: 6, Ranges: ranges,
			Begin: func(_ context.Context, _ server.Call, format byte, r server.Region) (server.Sink, error) {
				return f, f.begin(format, r)
			},
		},
		Upload: &server.Upload{
			Access: notDefault, MaxBlock: 0x12345, Ranges: ranges,
			Begin: func(_ context.Context, _ server.Call, format byte, r server.Region) (server.Source, uint64, error) {
				return f, r.Size, f.begin(format, r)
			},
		},
	}
}

func TestDownload(t *testing.T) {
	f := &flash{data: make([]byte, 0x210)}
	with(t, transfers(f), func(r *rig) {
		r.talk([]exchange{
			{"34 00 11 00 08", "7F347F"},
			{"10 03", "5003.."},
			{"34 00 11 00", "7F3413"},
			{"34 00 11 00 08 00", "7F3413"},
			{"34 00 01 00 00", "7F3431"},
			{"34 00 16 00 00", "7F3431"},
			{"34 00 51 00 00", "7F3431"},
			{"34 00 12 01FF 02", "7F3431"},
			{"34 00 11 00 00", "7F3431"},
			{"34 00 12 0210 01", "7F3431"},
			{"34 00 12 0200 04", "7F3433"},
			{"34 01 11 00 08", "7F3431"},
			{"34 00 11 02 08", "7F3470"},
			{"34 00 44 FFFFFFFF FFFFFFFF", "7F3431"},
			{"36", "7F3613"},
			{"36 01 00", "7F3624"},
			{"37", "7F3724"},
			{"37 00 00 00", "7F3713"},
			{"34 00 11 04 06", "74 20 0006"},
			{"34 00 11 04 06", "7F3422"},
			{"36 00 AA", "7F3673"},
			{"36 02 AA", "7F3673"},
			{"36 01", "7F3613"},
			{"36 01 01 02 03 04 05", "7F3613"},
			{"36 01 01 02 03", "76 01"},
			{"36 01 01 02 03", "76 01"},
			{"37", "7F3724"},
			{"36 02 04 05 06", "76 02"},
			{"36 03 07", "7F3624"},
			{"36 02 04 05 06", "76 02"},
			{"37 AA", "77 AA"},
			{"37", "7F3724"},
		})
		if !bytes.Equal(f.data[:12], []byte{0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0}) || f.state != "left at 10" {
			t.Errorf("the memory is % X, %s", f.data[:12], f.state)
		}
		for _, broken := range []struct{ block, response, state string }{
			{"36 01 01 02 03", "7F3671", "aborted at 0"}, // more than memorySize
			{"36 01 EE", "7F3672", "aborted at 0"},
			{"10 03", "5003..", "aborted at 0"},
		} {
			r.talk([]exchange{{"34 00 11 00 02", "7420.."}, {broken.block, broken.response}, {"36 01 00", "7F3624"}})
			if f.state != broken.state {
				t.Errorf("after %s the transfer is %s", broken.block, f.state)
			}
		}
		// Of compressed data nobody knows beforehand how many bytes they are.
		r.talk([]exchange{{"34 10 11 00 04", "7420.."}, {"36 01 01", "7601"}, {"37", "77"}})
		r.says("34 00 11 00 02", "7420..")
	})
	if f.state != "aborted at 0" {
		t.Errorf("the end of the server leaves the transfer %s", f.state)
	}
}

func TestBlockCounterWraps(t *testing.T) {
	f := &flash{data: make([]byte, 0x210)}
	with(t, transfers(f), func(r *rig) {
		r.says("10 03", "5003..")
		r.says("34 00 22 0000 0110", "7420..")
		for i := range 0x110 {
			counter := byte(i + 1)
			for range 1 + i%2 {
				if got := r.do([]byte{0x36, counter, byte(i) & 0x7F}); !bytes.Equal(got, []byte{0x76, counter}) {
					t.Fatalf("block %d answered with % X", i, got)
				}
			}
		}
		r.says("37", "77")
	})
	for i := range 0x110 {
		if f.data[i] != byte(i)&0x7F {
			t.Fatalf("byte %d is %02X", i, f.data[i])
		}
	}
}

func TestUpload(t *testing.T) {
	f := &flash{data: bytes.Repeat([]byte{1, 2, 3, 4}, 0x80)}
	cfg := transfers(f)
	cfg.Upload.MaxBlock = 5
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"10 03", "5003.."},
			{"35 00 11 04 04", "75 20 0005"},
			{"34 00 11 00 04", "7F3422"},
			{"36 01 00", "7F3613"},
			{"36 01", "76 01 010203"},
			{"36 01", "76 01 010203"},
			{"36 03", "7F3673"},
			{"37", "7F3724"},
			{"36 02", "76 02 04"},
			{"36 03", "7F3624"},
			{"37", "77"},
			{"35 00 11 03 04", "7F3570"},
		})
		f.data[0] = 0xEE
		r.talk([]exchange{{"35 00 11 00 04", "7520.."}, {"36 01", "7F3693"}, {"36 01", "7F3624"}})
	})
	with(t, transfers(f), func(r *rig) {
		r.talk([]exchange{{"10 03", "5003.."}, {"35 00 11 04 04", "75 30 012345"}})
	})
}
