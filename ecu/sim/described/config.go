package described

import (
	"crypto/ed25519"
	"time"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
)

// Config describes the simulated ECU.
type Config struct {
	Name        string // in errors, and to makers' programs
	Description description.ECU
	// Factory is the software that it leaves the factory with; nil is software that nobody knows.
	Factory *firmware.Package
	// Trust verifies signed manifests; nil takes every signature.
	Trust ed25519.PublicKey
	// Values are the data of identifiers by their names. Those that are missing follow their codecs.
	Values map[string][]byte
	// Recorded are the answers of a real ECU; nil for none.
	Recorded *Recording
	// Boot is the time from power-on or reset to the first answer, 50 ms if it is 0.
	Boot time.Duration
	// Erase is the time to erase a block, and Byte that to store a byte. They are 0 for memory that takes no time.
	Erase, Byte time.Duration
}
