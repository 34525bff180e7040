package server_test

import (
	"context"
	"crypto/x509"
	"testing"
	"testing/synctest"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// everything is a server with all services, that lets everybody do everything in every session.
func everything() server.Config {
	f, _ := faults()
	files := map[uds.FileOperation]server.Access{}
	for o := uds.AddFile; o <= uds.ResumeFile; o++ {
		files[o] = server.Access{}
	}
	sink := &flash{data: make([]byte, 0x100)}
	cfg := transfers(sink)
	m := memories(make([]byte, 0x100))
	cfg.ReadMemory, cfg.WriteMemory, cfg.Security = m.ReadMemory, m.WriteMemory, m.Security
	cfg.Transfer, cfg.Download.Access, cfg.Upload.Access = server.Access{}, server.Access{}, server.Access{}
	put := func(context.Context, server.Call, []byte) error { return nil }
	do := func(_ context.Context, _ server.Call, b []byte) ([]byte, error) { return b, nil }
	cfg.Data = server.DIDs{
		0xF190: {
			Read: server.Value(1, 2, 3).Read, Write: put, Scaling: []byte{1},
			IO: &server.InputOutput{StateLength: 1, MaskLength: 1, Do: func(_ context.Context, _ server.Call, _ uds.IOControl, state, _ []byte) ([]byte, error) {
				return state, nil
			}},
		},
		0xF200: server.Value(4, 5),
	}
	cfg.ReadData, cfg.WriteData, cfg.Scaling, cfg.IOControl = &server.ReadData{}, &server.Access{}, &server.Access{}, &server.Access{}
	cfg.Reset = &server.Reset{Kinds: map[byte]server.ResetKind{1: {}, 4: {}}}
	cfg.Faults, cfg.ClearDTC, cfg.DTCSetting = f, &server.Access{}, &server.DTCSetting{}
	cfg.Routines = &server.Routines{Find: server.RoutineTable{0xFF00: {Start: do, Stop: do, KeepResult: true}}}
	cfg.Communication = &server.Communication{
		Controls: map[byte]server.Access{0: {}, 3: {}, 4: {}},
		Set:      func(context.Context, server.Call, server.Switch) error { return nil },
	}
	cfg.Authentication = &server.Authentication{
		Roots: []*x509.Certificate{}, Keys: map[uds.Algorithm]server.TesterKey{{6: 1}: {}},
		Identity: &server.Identity{Key: broken256{}},
		Transmit: func(context.Context, server.Call, uint16, []byte) error { return nil },
	}
	cfg.Periodic = &server.Periodic{Slow: time.Second, MaxIDs: 8}
	cfg.Dynamic = &server.Dynamic{}
	cfg.Files = &server.Files{MaxBlock: 20, Operations: files, Open: func(context.Context, server.Call, server.FileRequest) (server.File, error) {
		return server.File{Source: sink, Uncompressed: 3, Compressed: 2}, nil
	}}
	cfg.Timing = &server.Timing{Set: put}
	cfg.Secured = &server.Secured{Protection: turned{}}
	cfg.Events = &server.Events{Slow: time.Second, Types: map[uds.EventType]server.Access{1: {}, 2: {}, 3: {}}}
	cfg.Link = &server.Link{Modes: []uds.LinkMode{0x12}, Bitrate: func(uint32) bool { return true }, Transition: func(server.LinkSpeed) {}}
	return cfg
}

// FuzzRequest sends requests, each behind a byte with its length, to a server that has everything. Each has at most one
// final response, which is one to this request and no longer than may be; what the server sends by itself aside.
func FuzzRequest(f *testing.F) {
	add := func(requests ...string) {
		var all []byte
		for _, r := range requests {
			b := unhex(r)
			all = append(append(all, byte(len(b))), b...)
		}
		f.Add(all)
	}
	add("1003", "2701", "270200000000", "3E80", "1101", "1104", "22F190F200", "2EF19001", "24F190", "2FF190030102")
	add("340011000A", "36010102030405", "37", "3500110008", "3601", "37", "231210001000", "3D12100001FF")
	add("3101FF0001", "3101FF00", "3103FF00", "3102FF00", "280301", "28040201AA", "8502", "14FFFFFF", "14FFFFFF18")
	add("190111", "1902FF", "1903", "1904111111FF", "190501", "1906111111FE", "190AFF", "190B", "1914", "1917FF18", "19444444440118", "194233FFFF", "195633FF")
	add("2C01F210F1900101", "2C02F21012100001100200", "2A0110", "2A04", "2C03", "86010201190E", "860302F19022F190", "860502", "860402", "860002", "860602")
	add("38010001610001FFFF", "3804000161", "380500016100", "870112", "8703", "87020003D0", "8303", "8304AA", "840031000001000122FEFF24", "2908", "2900", "29010000", "2905", "29040102000100")
	f.Fuzz(func(t *testing.T, input []byte) {
		synctest.Test(t, func(t *testing.T) {
			r := &rig{t, newWire()}
			s, err := server.New(r.wire, everything())
			if err != nil {
				t.Fatal(err)
			}
			done := make(chan error)
			go func() { done <- s.Serve(t.Context()) }()
			for len(input) > 0 {
				n := min(int(input[0]), len(input)-1)
				r.ask(input[1 : 1+n])
				input = input[1+n:]
			}
			_ = r.Close()
			<-done
		})
	})
}

// ask sends a request and checks the final response. Without a request in between the server is silent, unless it was
// asked to speak by itself.
func (r *rig) ask(request []byte) {
	r.requests <- isotp.Message{Data: request}
	synctest.Wait()
	finals := 0
	for len(r.responses) > 0 {
		got := <-r.responses
		if len(request) == 0 {
			r.t.Errorf("nothing answered with % X", got)
			continue
		}
		refused := len(got) == 3 && got[0] == 0x7F && got[1] == request[0]
		switch {
		case refused && got[2] == 0 || refused && got[2] == byte(uds.ResponsePending):
			r.t.Errorf("% X answered with % X", request, got)
		case refused, got[0] == request[0]+0x40 && len(got) <= server.DefaultMaxMessage:
			finals++
		case request[0] != 0x2A:
			r.t.Errorf("% X answered with % X", request, got)
		}
	}
	if finals > 1 {
		r.t.Errorf("% X has %d responses", request, finals)
	}
}
