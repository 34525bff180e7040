package server_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// memories has 256 bytes, of which the upper half needs security access.
func memories(data []byte) server.Config {
	ranges := server.Ranges{
		{Region: server.Region{Address: 0x1000, Size: 0x80}},
		{Region: server.Region{Address: 0x1080, Size: 0x80}, Access: server.Access{Levels: []byte{0x01}}},
	}
	return server.Config{
		Sessions: sessions(), MaxMessage: 100,
		Security: &server.Security{Levels: map[byte]server.Level{0x01: level()}},
		ReadMemory: &server.ReadMemory{Ranges: ranges, Read: func(_ context.Context, _ server.Call, r server.Region) ([]byte, error) {
			return data[r.Address-0x1000:][:r.Size], nil
		}},
		WriteMemory: &server.WriteMemory{Ranges: ranges, Write: func(_ context.Context, _ server.Call, r server.Region, b []byte) error {
			if b[0] == 0xEE {
				return errors.New("worn out")
			}
			copy(data[r.Address-0x1000:], b)
			return nil
		}},
	}
}

func TestMemoryByAddress(t *testing.T) {
	data := []byte{0x11, 0x22, 0x33, 0x7F: 0, 0xFF: 0}
	with(t, memories(data), func(r *rig) {
		r.talk([]exchange{
			{"23 12 10", "7F2313"},
			{"23 12 1000 01 00", "7F2313"},
			{"23 12 1000", "7F2313"},
			{"23 02 1000 01", "7F2331"},
			{"23 10 10 00", "7F2331"},
			{"23 12 0FFF 01", "7F2331"},
			{"23 12 1000 00", "7F2331"},
			{"23 12 107F 02", "7F2331"},
			{"23 12 1080 01", "7F2333"},
			{"23 12 1000 64", "7F2314"},
			{"23 12 1001 02", "63 22 33"},
			{"23 45 0000001002 00000001", "63 33"},
			{"23 12 FFFF FF", "7F2331"},
			{"3D 12 1000", "7F3D13"},
			{"3D 12 1000 02 01", "7F3D13"},
			{"3D 12 1000 01 01 02", "7F3D13"},
			{"3D 12 0FFF 01 00", "7F3D31"},
			{"3D 12 1000 00", "7F3D31"},
			{"3D 12 1080 01 00", "7F3D33"},
			{"3D 12 1000 01 EE", "7F3D72"},
			{"3D 12 1001 02 AA BB", "7D 12 1001 02"},
			{"23 12 1000 04", "63 11 AA BB 00"},
		})
		r.unlock(0x01)
		r.talk([]exchange{{"3D 12 10FF 01 77", "7D 12 10FF 01"}, {"23 12 10FF 01", "63 77"}, {"23 12 10FF 02", "7F2331"}})
	})
}

func TestDynamicIdentifiers(t *testing.T) {
	cfg := memories(bytes.Repeat([]byte{0xAB, 0xCD}, 0x80))
	secret := server.Value(9, 8)
	secret.ReadAccess = server.Access{Levels: []byte{0x01}}
	shrinking := []byte{1, 2, 3}
	cfg.Data = server.DIDs{
		0x0100: server.Value(1, 2, 3, 4), 0x0101: secret,
		0x0102: {Read: func(context.Context, server.Call) ([]byte, error) { return shrinking, nil }},
		0x0103: server.Value(make([]byte, 60)...),
	}
	cfg.ReadData, cfg.Dynamic = &server.ReadData{}, &server.Dynamic{}
	cfg.Reset = &server.Reset{Kinds: map[byte]server.ResetKind{0x01: {}}}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"2C 04", "7F2C12"},
			{"2C 01 F2", "7F2C13"},
			{"2C 01 F200", "7F2C13"},
			{"2C 01 F200 0100 01", "7F2C13"},
			{"2C 01 F100 0100 01 01", "7F2C31"},
			{"2C 01 F200 0999 01 01", "7F2C31"},
			{"2C 01 F200 0100 00 01", "7F2C31"},
			{"2C 01 F200 0100 01 00", "7F2C31"},
			{"2C 01 F200 0100 04 02", "7F2C31"},
			{"2C 01 F200 0101 01 01", "7F2C33"},
			{"22 F200", "7F2231"},
			{"2C 01 F200 0100 02 03 0102 03 01", "6C 01 F200"},
			{"22 F200", "62 F200 020304 03"},
			{"2C 01 F200 0100 01 01", "6C 01 F200"},
			{"22 F200", "62 F200 020304 03 01"}, // another request adds to it
			{"2C 01 F201 F200 01 01", "7F2C31"},
			{"2C 02 F201", "7F2C13"},
			{"2C 02 F201 12", "7F2C13"},
			{"2C 02 F201 12 1000", "7F2C13"},
			{"2C 02 F201 02 1000", "7F2C31"},
			{"2C 02 F201 12 0F00 01", "7F2C31"},
			{"2C 02 F201 12 1080 01", "7F2C33"},
			{"2C 02 F201 12 1000 70", "7F2C31"},
			{"2C 02 F201 12 1000 01 1001 02", "6C 02 F201"},
			{"22 F201", "62 F201 ABCDAB"},
			{"2C 01 F202 0103 01 3C", "6C 01 F202"},
			{"2C 01 F202 0103 01 3C", "7F2C31"}, // no response would hold it
			{"2C 03 F201 00", "7F2C13"},
			{"2C 03 F201", "6C 03 F201"},
			{"22 F201", "7F2231"},
			{"2C 03 F100", "7F2C31"},
		})
		shrinking = nil
		r.says("22 F200", "7F2222")
		r.talk([]exchange{{"2C 03", "6C 03"}, {"22 F200", "7F2231"}, {"2C 01 F200 0100 01 01", "6C 01 F200"}, {"11 01", "51 01"}, {"22 F200", "7F2231"}})
		r.unlock(0x01)
		r.talk([]exchange{{"2C 01 F200 0101 01 01", "6C 01 F200"}, {"22 F200", "62 F200 09"}, {"10 01", "5001.."}, {"22 F200", "7F2233"}})
	})
}

func TestScaling(t *testing.T) {
	scaled, secret := server.Value(1), server.Value(1)
	scaled.Scaling, secret.Scaling = []byte{0x01, 0xA1, 0x06}, []byte{0x01}
	secret.ReadAccess = server.Access{Levels: []byte{0x01}}
	cfg := server.Config{Data: server.DIDs{1: scaled, 2: server.Value(1), 3: secret}, Scaling: &server.Access{}}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"24 00", "7F2413"},
			{"24 0001 00", "7F2413"},
			{"24 0009", "7F2431"},
			{"24 0002", "7F2431"},
			{"24 0003", "7F2433"},
			{"24 0001", "64 0001 01A106"},
		})
	})
}

func TestInputOutputControl(t *testing.T) {
	var did [][]byte
	lamp := &server.InputOutput{StateLength: 2, MaskLength: 1}
	lamp.Do = func(_ context.Context, _ server.Call, control uds.IOControl, state, mask []byte) ([]byte, error) {
		did = append(did, slices.Concat([]byte{byte(control)}, state, mask))
		if len(state) > 0 && state[0] == 0xEE {
			return nil, errors.New("stuck")
		}
		return []byte{0x77}, nil
	}
	horn := &server.InputOutput{Access: server.Access{Levels: []byte{0x01}}, Controls: []uds.IOControl{uds.FreezeCurrentState}}
	cfg := server.Config{
		Sessions: sessions(), IOControl: &notDefault,
		Data: server.DIDs{0x0100: {IO: lamp}, 0x0101: {IO: horn}, 0x0102: server.Value(1)},
	}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"2F 0100 00", "7F2F7F"},
			{"10 03", "5003.."},
			{"2F 0100", "7F2F13"},
			{"2F 0999 00", "7F2F31"},
			{"2F 0102 00", "7F2F31"},
			{"2F 0101 00", "7F2F33"},
			{"2F 0100 04", "7F2F31"},
			{"2F 0100 00 00 00", "7F2F13"},
			{"2F 0100 03 01", "7F2F13"},
			{"2F 0100 02", "6F 0100 02 77"},
			{"2F 0100 03 0102", "6F 0100 03 77"},
			{"2F 0100 03 0102 F0", "6F 0100 03 77"},
			{"2F 0100 03 EE02 F0", "7F2F22"},
			{"10 02", "5002.."},
			{"10 01", "5001.."},
			{"10 01", "5001.."},
		})
	})
	want := [][]byte{{2, 0xFF}, {3, 1, 2, 0xFF}, {3, 1, 2, 0xF0}, {3, 0xEE, 2, 0xF0}, {0, 0xFF}}
	if !slices.EqualFunc(did, want, bytes.Equal) {
		t.Errorf("controlled % X, want % X", did, want)
	}
}

func TestLinkControl(t *testing.T) {
	var went []server.LinkSpeed
	var refused error
	cfg := server.Config{Sessions: sessions(), Link: &server.Link{
		Access: notDefault, Modes: []uds.LinkMode{uds.LinkCAN500k}, Bitrate: func(b uint32) bool { return b == 250_000 },
		Gate:       func(context.Context, server.Call, server.LinkSpeed) error { return refused },
		Transition: func(to server.LinkSpeed) { went = append(went, to) },
	}}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"87 01 12", "7F877F"},
			{"10 03", "5003.."},
			{"87 04", "7F8712"},
			{"87 03", "7F8724"},
			{"87 03 00", "7F8724"},
			{"87 01", "7F8713"},
			{"87 01 13", "7F8731"},
			{"87 02 0003D0", "7F8731"},
			{"87 02 03D0", "7F8713"},
			{"87 01 12", "C701"},
			{"87 03 00", "7F8713"},
			{"87 02 03D090", "C702"},
			{"87 83", ""},
			{"87 03", "7F8724"},
			{"87 01 12", "C701"},
		})
		time.Sleep(5 * time.Second)
		r.talk([]exchange{{"10 03", "5003.."}, {"87 03", "7F8724"}})
		refused = errors.New("no")
		r.says("87 01 12", "7F8722")
	})
	if want := []server.LinkSpeed{{Bitrate: 250_000}, {}}; !slices.Equal(went, want) {
		t.Errorf("went to %v, want %v", went, want)
	}
}

func TestAccessTiming(t *testing.T) {
	var set [][]byte
	cfg := server.Config{Timing: &server.Timing{
		Default: []byte{1, 2}, Extended: []byte{3, 4},
		Set: func(_ context.Context, _ server.Call, parameters []byte) error {
			set = append(set, parameters)
			if len(parameters) != 2 {
				return errors.New("no")
			}
			return nil
		},
	}}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"83 05", "7F8312"},
			{"83 01 00", "7F8313"},
			{"83 04", "7F8313"},
			{"83 01", "C301 0304"},
			{"83 03", "C303 0102"},
			{"83 04 05", "7F8331"},
			{"83 04 0506", "C304"},
			{"83 03", "C303 0506"},
			{"83 02", "C302"},
			{"83 03", "C303 0102"},
			{"83 02", "C302"},
		})
	})
	if want := [][]byte{{5}, {5, 6}, {1, 2}}; !slices.EqualFunc(set, want, bytes.Equal) {
		t.Errorf("set % X, want % X", set, want)
	}
	cfg.Timing.Set = nil
	with(t, cfg, func(r *rig) { r.talk([]exchange{{"83 04 05", "7F8312"}, {"83 02", "C302"}}) })
}
