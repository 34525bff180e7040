package sim

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"math"

	"otabench/can"
)

// maxMessage is the longest request and response in bytes.
const maxMessage = 4095

// validate says what is wrong with a configuration that has its defaults.
func (c Config) validate() error {
	errs := []error{
		require(len(c.VIN) == vinLength, "vin has %d characters, want %d", len(c.VIN), vinLength),
		require(len(c.TrustedKey) == ed25519.PublicKeySize, "the trusted key has %d bytes, want %d", len(c.TrustedKey), ed25519.PublicKeySize),
		require(c.TrialBoots >= 1 && c.TrialBoots <= 3, "trial_boots is %d, want 1 to 3", c.TrialBoots),
		require(c.MaxBlock >= 3 && c.MaxBlock <= maxMessage, "max_block is %d, want 3 to %d", c.MaxBlock, maxMessage),
		require(c.Power.BrownOut < c.Power.On, "power.brown_out is %s and power.on %s, want less", c.Power.BrownOut, c.Power.On),
		require(len(c.DTCs) <= maxDTCs, "%d trouble codes, at most %d are stored", len(c.DTCs), maxDTCs),
		require(c.Status.ID <= can.MaxExtendedID, "status.id is over %#x", can.MaxExtendedID),
		require(c.Status.Cycle > 0, "status.cycle is %v", c.Status.Cycle),
		c.checkConnection(),
		c.Security.validate(len(c.Secret)),
		c.Flash.validate(),
		c.checkFaults(),
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("simulated ECU %s: %w", c.Name, err)
	}
	return nil
}

func require(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

func (s Security) validate(secret int) error {
	switch s.Algorithm {
	case algorithmNone, algorithmXOR, algorithmAdd, algorithmHMAC:
	default:
		return fmt.Errorf("security.algorithm is %q, want none, xor, add or hmac-sha256", s.Algorithm)
	}
	return errors.Join(
		require(s.Level%2 == 1 && s.Level <= 0x7D, "security.level is %#x, want an odd number up to 0x7D", s.Level),
		require(s.Attempts >= 1, "security.attempts is %d, want at least 1", s.Attempts),
		require(s.Algorithm != algorithmAdd || secret >= 4, "algorithm add wants a secret of at least 4 bytes"),
	)
}

func (f Flash) validate() error {
	whole := f.SectorSize > 0 && f.SlotSize%f.SectorSize == 0 && f.HeaderSize%f.SectorSize == 0
	return errors.Join(
		require(whole, "flash: slot_size and header_size are not whole sectors of %d bytes", f.SectorSize),
		require(f.HeaderSize > 0 && f.HeaderSize < f.SlotSize, "flash: header_size %d leaves no room in a slot of %d bytes", f.HeaderSize, f.SlotSize),
		require(f.DataSector >= minDataSector, "flash: data_sector is %d bytes, want at least %d", f.DataSector, minDataSector),
		require(f.HashRate > 0, "flash: hash_rate is %d bytes per second", f.HashRate),
		f.apart(),
	)
}

// apart checks that the regions that a tester addresses do not overlap.
func (f Flash) apart() error {
	bases := []uint32{f.UpdateBase, f.SlotABase, f.SlotBBase}
	for i, a := range bases {
		if uint64(a)+uint64(f.SlotSize) > math.MaxUint32 {
			return fmt.Errorf("flash: the region at %#x ends behind the 32-bit address space", a)
		}
		for _, b := range bases[:i] {
			if int64(max(a, b))-int64(min(a, b)) < int64(f.SlotSize) {
				return fmt.Errorf("flash: the regions at %#x and %#x overlap", a, b)
			}
		}
	}
	return nil
}
