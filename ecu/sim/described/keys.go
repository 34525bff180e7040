package described

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"otabench/ecu/description"
	"otabench/ecu/security"
	"otabench/ecu/sim/server"
	"otabench/ecu/uds"
)

// keyPatience bounds a maker's program.
const keyPatience = 10 * time.Second

// makeKeys reads the secrets of all security levels. The ECU makes keys as its tester does.
func (e *ECU) makeKeys() error {
	e.keys = map[byte]*security.Key{}
	for name, s := range levels(e.cfg.Description) {
		if e.keys[s.Level] != nil {
			return fmt.Errorf("unlocks.%s: level %02X is there twice", name, s.Level)
		}
		key, err := security.New(e.cfg.Name, s)
		if err != nil {
			return err
		}
		e.keys[s.Level] = key
	}
	return nil
}

// seedLength is how long a seed is: as the description or a recording says, or what the algorithm takes.
func (e *ECU) seedLength(s description.Security) int {
	byAlgorithm := 4
	switch s.Algorithm {
	case description.AlgorithmAES, description.AlgorithmCMACAES, description.AlgorithmHMACSHA256:
		byAlgorithm = 16
	}
	return cmp.Or(s.SeedLength, e.cfg.Recorded.seedLength(s.Level), byAlgorithm)
}

func (e *ECU) security() *server.Security {
	all := map[byte]server.Level{}
	for _, s := range levels(e.cfg.Description) {
		level := server.Level{
			SeedLength: e.seedLength(s), Attempts: s.Attempts, Delay: s.Delay,
			Key: func(seed []byte) []byte { return e.key(s.Level, seed) },
		}
		if record := s.Request.Decode(); record != nil {
			level.Gate = wants(record)
		}
		all[s.Level] = level
	}
	if len(all) == 0 {
		return nil
	}
	return &server.Security{Access: e.notDefault(), Levels: all, Store: e.attempts}
}

// wants is a gate that takes one securityAccessDataRecord only.
func wants(record []byte) func(context.Context, server.Call, []byte) error {
	return func(_ context.Context, _ server.Call, got []byte) error {
		if string(got) != string(record) {
			return uds.RequestOutOfRange
		}
		return nil
	}
}

// key is the key to a seed. Where the maker's program makes none, no key is right.
func (e *ECU) key(level byte, seed []byte) []byte {
	ctx, cancel := context.WithTimeout(context.Background(), keyPatience)
	defer cancel()
	key, err := e.keys[level].Compute(ctx, seed)
	if err != nil {
		none := sha256.Sum256(append(seed[:len(seed):len(seed)], e.unguessable[:]...))
		return none[:]
	}
	return key
}

// attempts counts invalid keys, also over resets.
type attempts map[byte]int

// InvalidKeys implements server.AttemptStore.
func (a attempts) InvalidKeys(level byte) int { return a[level] }

// SetInvalidKeys implements server.AttemptStore.
func (a attempts) SetInvalidKeys(ctx context.Context, level byte, n int) error {
	if ctx.Err() != nil {
		return ctx.Err() // the power went before it was written
	}
	a[level] = n
	return nil
}
