package server_test

import (
	"bytes"
	"testing"

	"otabench/ecu/sim/server"
)

// The key of this seed is zero.
var (
	constantSeed = func(n int) []byte { return bytes.Repeat([]byte{0x5A}, n) }
	firstByte    = func(key, right []byte) bool { return key[0] == right[0] }
)

// TestFlaws shows what each flaw changes in an exchange that a server without it ends otherwise.
func TestFlaws(t *testing.T) {
	begin := []exchange{{"10 03", "5003.."}, {"34 00 11 00 08", "74200006"}, {"36 01 01 02 03 04", "7601"}}
	wrongKey := []exchange{{"10 03", "5003.."}, {"27 01", "67015A5A5A5A"}, {"27 02 01 02 03 04", "7F2735"}}
	rightKey := []exchange{{"10 03", "5003.."}, {"27 01", "67015A5A5A5A"}, {"27 02 00 00 00 00", "6702"}, {"10 03", "5003.."}}
	for name, c := range map[string]struct {
		flaws               server.Flaws
		before              []exchange
		request, right, bad string
	}{
		"KeepsSecurity": {server.Flaws{KeepsSecurity: true}, rightKey, "27 01", "67015A5A5A5A", "670100000000"},
		"KeepsSeed":     {server.Flaws{KeepsSeed: true}, wrongKey, "27 02 00 00 00 00", "7F2724", "6702"},
		"KeepsTransfer": {
			server.Flaws{KeepsTransfer: true},
			append(begin[:3:3], exchange{"10 03", "5003.."}),
			"36 02 05 06 07 08", "7F3624", "7602",
		},
		"AnyBlock":  {server.Flaws{AnyBlock: true}, begin, "36 07 05 06 07 08", "7F3673", "7607"},
		"EndsShort": {server.Flaws{EndsShort: true}, begin, "37", "7F3724", "77"},
		"Overruns": {
			server.Flaws{Overruns: true},
			append(begin[:3:3], exchange{"36 02 05 06 07 08", "7602"}),
			"36 03 09", "7F3624", "7603",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, flawed := range []bool{false, true} {
				cfg := transfers(&flash{data: make([]byte, 0x210)})
				l := level()
				cfg.Security = &server.Security{Levels: map[byte]server.Level{0x01: l}, Seed: constantSeed}
				want := c.right
				if flawed {
					cfg.Flaws, want = c.flaws, c.bad
				}
				with(t, cfg, func(r *rig) {
					r.talk(c.before)
					r.says(c.request, want)
				})
			}
		})
	}
}

func TestWritesTwice(t *testing.T) {
	for _, flawed := range []bool{false, true} {
		f := &flash{data: make([]byte, 0x210)}
		cfg := transfers(f)
		cfg.Flaws.WritesTwice = flawed
		with(t, cfg, func(r *rig) {
			r.talk([]exchange{
				{"10 03", "5003.."}, {"34 00 11 00 08", "74200006"}, {"36 01 01 02 03 04", "7601"}, {"36 01 01 02 03 04", "7601"},
			})
		})
		if twice := bytes.Equal(f.data[:8], []byte{1, 2, 3, 4, 1, 2, 3, 4}); twice != flawed {
			t.Errorf("flawed: %v, and there is % X", flawed, f.data[:8])
		}
	}
}

func TestKeyComparedOtherwise(t *testing.T) {
	l := level()
	l.Same = firstByte
	cfg := server.Config{Sessions: sessions(), Security: &server.Security{
		Levels: map[byte]server.Level{0x01: l}, Seed: constantSeed,
	}}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"27 01", "67015A5A5A5A"},
			{"27 02 01 00 00 00", "7F2735"},
			{"27 01", "67015A5A5A5A"},
			{"27 02 00 01 02 03", "6702"},
		})
	})
}
