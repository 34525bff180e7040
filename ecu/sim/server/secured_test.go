package server_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// turned is a protection that turns bits around and signs with the sum of all bytes.
type turned struct{}

func turn(b []byte) (out []byte, sum byte) {
	for _, v := range b {
		out = append(out, ^v)
		sum += v
	}
	return out, sum
}

func (turned) Open(m *server.SecuredMessage) error {
	plain, _ := turn(m.Message)
	_, sum := turn(plain)
	if len(m.Signature) != 1 || m.Signature[0] != sum {
		return errors.New("wrong sum")
	}
	m.Message = plain
	return nil
}

func (turned) Seal(asked uds.Administrative, m *server.SecuredMessage) error {
	if asked&uds.PreEstablishedKey != 0 {
		return uds.RequestOutOfRange
	}
	var sum byte
	m.Message, sum = turn(m.Message)
	m.Administrative, m.Calculation, m.Signature = uds.Encrypted|uds.Signed, 0x05, []byte{sum}
	return nil
}

func TestSecuredDataTransmission(t *testing.T) {
	secret := server.Value(0x07)
	secret.ReadAccess = server.Access{Secured: true}
	cfg := server.Config{
		ReadData: &server.ReadData{}, Secured: &server.Secured{Protection: turned{}},
		Data: server.DIDs{0x0100: secret},
		Custom: map[byte]server.Custom{0xBB: {SubFunctions: map[byte]server.Access{1: {}}, Handle: func(_ context.Context, _ server.Call, _ []byte) ([]byte, error) {
			time.Sleep(time.Second)
			return []byte{1}, nil
		}}},
	}
	with(t, cfg, func(r *rig) {
		r.talk([]exchange{
			{"22 0100", "7F2238"},
			{"84 0031 00 0001 0001", "7F8413"},
			{"84 0031 00 0003 0001 DDFEFF 23", "7F843A"},
			{"84 0031 00 0009 0001 DDFEFF 23", "7F8413"},
			{"84 0030 00 0001 0001 DDFEFF 23", "7F8431"},
			{"84 0031 00 0001 0000 DDFEFF 23", "7F843A"},
			{"84 0031 00 0001 0001 DDFEFF 24", "7F843A"},
			{"84 0031 00 0001 0001 DDFEFF 23", "C4 0030 05 0001 0001 9DFEFFF8 6A"},
			{"84 0031 00 0001 0001 DDFEFF 23", "7F843A"}, // the same once more
			{"84 0031 00 0001 0002 DDFEFD 25", "C4 0030 05 0001 0002 80DDCE D2"},
			{"84 0031 00 0001 0003 C17F BE", ""}, // 3E 80
			{"84 0031 00 0001 0004 C1FF 3E", "C4 0030 05 0001 0004 81FF 7E"},
			{"84 0039 00 0001 0005 C1FF 3E", "7F8431"},
			{"84 0031 00 0001 0006 447E 3C", "C4 0030 05 0001 0006 04FE FC"}, // BB 81, which takes long
			{"84 0031 00 0001 0007 7BFFCEFFFFFFFFFEC1FF F4", "C4 0030 05 0001 0007 807BC6 3C"},
		})
	})
}
