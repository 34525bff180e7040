package sim

import (
	"bytes"
	"math/rand/v2"

	"otabench/ecu/sim/server"
)

// spoilt is the configuration of the diagnostic server with what is wrong in it.
func (d *diagnostics) spoilt(c server.Config) server.Config {
	for _, f := range d.cfg.Faults {
		if spoil, ok := serverFaults()[f]; ok {
			spoil(&c)
		}
	}
	return c
}

// serverFaults are the faults of the diagnostic server.
func serverFaults() map[Fault]func(*server.Config) {
	return map[Fault]func(*server.Config){
		ConstantSeed: seeds(func() func(int) []byte {
			return func(n int) []byte { return bytes.Repeat([]byte{0xA5}, n) }
		}),
		SeedsRepeatAfterReset: seeds(func() func(int) []byte {
			sequence := rand.NewChaCha8([32]byte{1}) // from the start after each reset
			return func(n int) []byte {
				seed := make([]byte, n)
				_, _ = sequence.Read(seed) // never fails
				return seed
			}
		}),
		AnyKeyAccepted: compares(func(_, _ []byte) bool { return true }),
		KeyComparedInPart: compares(func(key, right []byte) bool {
			half := len(right) / 2
			return bytes.Equal(key[:half], right[:half])
		}),
		SeedUsedAgain:           func(c *server.Config) { c.Flaws.KeepsSeed = true },
		LockOutLostOverReset:    withSecurity(func(s *server.Security) { s.Store = nil }),
		UnlockedOverSession:     func(c *server.Config) { c.Flaws.KeepsSecurity = true },
		ResetNotDone:            resetsNothing,
		TransferSurvivesSession: func(c *server.Config) { c.Flaws.KeepsTransfer = true },
		AnyBlockCounter:         func(c *server.Config) { c.Flaws.AnyBlock = true },
		RepeatedBlockWritten:    func(c *server.Config) { c.Flaws.WritesTwice = true },
		ShortTransferAccepted:   func(c *server.Config) { c.Flaws.EndsShort = true },
		LongTransferAccepted:    func(c *server.Config) { c.Flaws.Overruns = true },
	}
}

// seeds gives a server its own seeds. from is called for each server, that is after each reset.
func seeds(from func() func(n int) []byte) func(*server.Config) {
	return withSecurity(func(s *server.Security) { s.Seed = from() })
}

func compares(same func(key, right []byte) bool) func(*server.Config) {
	return withSecurity(func(s *server.Security) {
		for number, level := range s.Levels {
			level.Same = same
			s.Levels[number] = level
		}
	})
}

// withSecurity changes security access, where the ECU has that.
func withSecurity(change func(*server.Security)) func(*server.Config) {
	return func(c *server.Config) {
		if c.Security != nil {
			change(c.Security)
		}
	}
}

func resetsNothing(c *server.Config) {
	for kind, k := range c.Reset.Kinds {
		k.Do = nil
		c.Reset.Kinds[kind] = k
	}
}
