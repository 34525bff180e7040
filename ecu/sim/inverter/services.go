package inverter

import (
	"context"
	"crypto/aes"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/ecu/image/checksum"
	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// Sessions and the level of security access.
const (
	programming byte = 0x02
	extended    byte = 0x03
	level       byte = 0x09
	keyLength        = aes.BlockSize
)

const fingerprintLength = 9 // bytes of identifier 0xF15A

// unlocked is access to everything that changes the software.
func unlocked() server.Access {
	return server.Access{Sessions: []byte{programming}, Levels: []byte{level}}
}

func (e *ECU) services() server.Config {
	other := server.Access{Sessions: []byte{programming, extended}}
	return server.Config{
		Sessions: map[byte]server.Session{
			extended: {},
			programming: {
				P2: 100 * time.Millisecond, Enter: server.Access{Sessions: []byte{programming, extended}}, Gate: e.enoughVoltage,
			},
		},
		Data: e.identifiers(), ReadData: &server.ReadData{MaxIDs: 4}, WriteData: &other,
		Routines: &server.Routines{Access: other, Find: e.routines()},
		Reset:    &server.Reset{Kinds: map[byte]server.ResetKind{0x01: {Do: e.life.Restart}}},
		Security: &server.Security{Access: server.Access{Sessions: []byte{programming}}, Store: e, Levels: map[byte]server.Level{
			level: {SeedLength: keyLength, Key: e.key, Attempts: 5, Delay: 5 * time.Second},
		}},
		Communication: &server.Communication{
			Access: other, Controls: map[byte]server.Access{0x00: {}, 0x01: {}, 0x03: {}},
			Set: func(context.Context, server.Call, server.Switch) error { return nil },
		},
		DTCSetting: &server.DTCSetting{Access: other},
		Download:   &server.Download{Access: unlocked(), MaxBlock: 1026, Ranges: ranges(), Begin: e.download},
		Transfer:   unlocked(),
	}
}

func (e *ECU) enoughVoltage(context.Context, server.Call) error {
	if e.terminal.Voltage() < minVolts*physic.Volt {
		return uds.VoltageTooLow
	}
	return nil
}

func (e *ECU) key(seed []byte) []byte {
	cmac, err := checksum.Lookup("cmac-aes128")
	if err != nil {
		panic(err) // it is built in
	}
	key, err := cmac.Sum(e.cfg.Key, seed)
	if err != nil {
		panic(err) // of a key whose length New checked
	}
	return key
}

// InvalidKeys implements server.AttemptStore.
func (e *ECU) InvalidKeys(byte) int { return e.invalidKeys }

// SetInvalidKeys implements server.AttemptStore.
func (e *ECU) SetInvalidKeys(ctx context.Context, _ byte, n int) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e.invalidKeys = n
	return nil
}

func (e *ECU) identifiers() server.DIDs {
	software := func(b block) server.DID {
		return server.DID{Read: func(context.Context, server.Call) ([]byte, error) {
			if !e.runs() {
				return nil, uds.ConditionsNotCorrect
			}
			return []byte(e.version(b)), nil
		}}
	}
	return server.DIDs{
		0xF15A: {
			Read:        func(context.Context, server.Call) ([]byte, error) { return e.fingerprint, nil },
			WriteAccess: unlocked(), WriteLength: server.Exactly(fingerprintLength),
			Write: func(ctx context.Context, _ server.Call, data []byte) error {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				e.fingerprint = data
				return nil
			},
		},
		0xF186: {Read: func(_ context.Context, c server.Call) ([]byte, error) { return []byte{c.Session}, nil }},
		0xF189: software(blocks()[0]),
		0xF18C: server.Value([]byte(e.cfg.Serial)...),
		0xF191: server.Value([]byte(Hardware)...),
		0xF197: server.Value([]byte(Name)...),
		0xFD10: software(blocks()[1]),
	}
}
