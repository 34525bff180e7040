package server_test

import (
	"context"
	"errors"
	"testing"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

func TestRequestFileTransfer(t *testing.T) {
	f := &flash{data: []byte{1, 2, 3, 4, 5, 6}}
	var last server.FileRequest
	operations := map[uds.FileOperation]server.Access{uds.DeleteFile: {Levels: []byte{0x01}}}
	for _, o := range []uds.FileOperation{uds.AddFile, uds.ReplaceFile, uds.ReadFile, uds.ReadDir, uds.ResumeFile} {
		operations[o] = server.Access{}
	}
	cfg := server.Config{
		Sessions: sessions(), Security: &server.Security{Levels: map[byte]server.Level{0x01: level()}},
		Files: &server.Files{MaxBlock: 5, Operations: operations, Open: func(_ context.Context, _ server.Call, r server.FileRequest) (server.File, error) {
			last = r
			f.next = 0
			switch r.Operation {
			case uds.DeleteFile:
				return server.File{}, nil
			case uds.ReadFile:
				return server.File{Source: f, Uncompressed: 8, Compressed: 4}, nil
			case uds.ReadDir:
				return server.File{Source: f, Uncompressed: 2}, nil
			case uds.ResumeFile:
				return server.File{Sink: f, Position: 3}, nil
			case uds.ReplaceFile:
				return server.File{}, errors.New("read-only")
			}
			return server.File{Sink: f}, nil
		}},
	}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"38 01 00", "7F3813"},
			{"38 07 0001 61", "7F3831"},
			{"38 01 0002 61", "7F3813"},
			{"38 01 0001 61", "7F3813"},
			{"38 01 0001 61 00", "7F3813"},
			{"38 01 0001 61 00 09", "7F3831"},
			{"38 01 0001 61 00 00", "7F3831"},
			{"38 01 0001 61 00 01 04", "7F3813"},
			{"38 01 0001 61 00 01 04 04 04", "7F3813"},
			{"38 04 0000 61 00", "7F3813"},
			{"38 04 0000 00", "7F3831"},
			{"38 02 0001 61", "7F3833"},
			{"38 03 0001 61 00 01 04 04", "7F3870"},
			{"38 05 0000 00", "7F3813"},
			{"38 01 0001 61 11 02 0008 0004", "7801 02 0005 11"},
			{"38 05 0001 61", "7F3822"},
			{"36 01 AA BB CC", "7601"},
			{"37", "7F3724"},
			{"36 02 DD", "7602"},
			{"37", "77"},
		})
		if want := (server.FileRequest{Operation: uds.AddFile, Path: "a", DataFormat: 0x11, Uncompressed: 8, Compressed: 4}); last != want {
			t.Errorf("the request is %+v, want %+v", last, want)
		}
		r.talk([]exchange{
			{"38 04 0001 61 00", "7804 02 0005 00 0008 0000000000000008 0000000000000004"},
			{"36 01", "7601 AA BB CC"},
			{"36 02", "7602 DD"},
			{"36 03", "7F3624"},
			{"37", "77"},
			{"38 05 0001 2F", "7805 02 0005 00 0008 0000000000000002"},
			{"36 01", "7601 AA BB"},
			{"37", "77"},
			{"38 06 0001 61 00 01 04 04", "7806 02 0005 00 0000000000000003"},
			{"36 01 01 02", "7F3671"},
			{"38 06 0001 61 00 01 04 04", "7806.."},
			{"36 01 01", "7601"},
			{"37", "77"},
		})
		r.unlock(0x01)
		r.talk([]exchange{{"38 02 0001 61", "7802"}, {"36 01 00", "7F3624"}})
	})
	with(t, server.Config{Files: &server.Files{MaxBlock: 5, Operations: operations}}, func(r *rig) {
		r.talk([]exchange{{"38 05 0000", "7F3813"}, {"38 04 0000 00 00", "7F3813"}, {"38 01 0000 00 01 00 00", "7F3831"}})
	})
}
