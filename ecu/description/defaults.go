package description

import (
	"cmp"
	"maps"
	"time"

	"otabench/can"
)

// Functional request identifiers for legislated diagnostics (ISO 15765-4).
const (
	functional11 = 0x7DF
	functional29 = 0x18DB33F1
)

// maxWait is N_WFTmax of an ECU that says nothing else.
const maxWait = 16

// MaxBlock is the longest request that an ECU takes with 12-bit message lengths (ISO 15765-2:2016, 9.6.3).
const MaxBlock = 4095

// WithDefaults returns e with the standard's values where e has none:
//
//   - normal addressing, and functional requests with 0x7DF, or 0x18DB33F1 for 29 bits (ISO 15765-4);
//   - up to 16 wait frames in a row, for which the standard has no number;
//   - P2 50 ms, P2* 5 s, S3 of the client 2 s (ISO 14229-2:2021), at most 60 responses 0x78 to a request and
//     10 min of them; 10 ms for the way, of which the standard only says that it counts;
//   - 5 s to boot and 10 s to confirm a trial, for which no standard speaks;
//   - sessions 0x01, 0x02 and 0x03 (ISO 14229-1:2020, table 25);
//   - no security access if nothing is said of it;
//   - 3 invalid keys to a lock-out of 10 s (ISO 14229-1:2020, 10.4);
//   - routines 0x0203, 0xFF00, 0x0202 and 0xFF01 (ISO 14229-1:2020, annex F, and by convention);
//   - the sequence of [StandardSequence], addresses and sizes of 4 bytes, blocks of up to 4095 bytes, and hardReset;
//   - tolerances of 100 mV and 0.5 % for gates that there are.
//
// Every identifier of [Standard] is in the result's Identifiers, and what e says itself stays as it is.
func (e ECU) WithDefaults() ECU {
	e.Address.Functional = cmp.Or(e.Address.Functional, functional(e.Address.Extended))
	e.Address.Format = cmp.Or(e.Address.Format, formatNormal)
	if !e.Transport.Kernel { // which does not count them
		e.Transport.MaxWait = cmp.Or(e.Transport.MaxWait, maxWait)
	}
	e.Timing = e.Timing.withDefaults()
	e.Sessions.Default = cmp.Or(e.Sessions.Default, 0x01)
	e.Sessions.Programming = cmp.Or(e.Sessions.Programming, 0x02)
	e.Sessions.Extended = cmp.Or(e.Sessions.Extended, 0x03)
	e.Security = e.Security.withDefaults()
	e.Unlocks = maps.Clone(e.Unlocks)
	for name, s := range e.Unlocks {
		e.Unlocks[name] = s.withDefaults()
	}
	e.Identifiers = maps.Clone(e.Known())
	for name, did := range e.Identifiers {
		did.Format = cmp.Or(did.Format, Hex)
		e.Identifiers[name] = did
	}
	e.Routines = routinesWithDefaults(e.Routines)
	if e.Programmable() {
		e.Programming = e.Programming.withDefaults()
	}
	e.Gates = e.Gates.withDefaults()
	return e
}

func functional(extended bool) uint32 {
	if extended {
		return functional29
	}
	return functional11
}

// Programmable says that the description has something of how the ECU is programmed.
func (e ECU) Programmable() bool {
	p := e.Programming
	return p.Hardware != "" || len(p.Blocks) > 0 || len(p.Sequence) > 0 || p.System != ""
}

func (s Security) withDefaults() Security {
	if s.Level == 0 {
		s.Algorithm = cmp.Or(s.Algorithm, AlgorithmNone)
	}
	s.Attempts = cmp.Or(s.Attempts, 3)
	s.Delay = cmp.Or(s.Delay, 10*time.Second)
	return s
}

func (t Timing) withDefaults() Timing {
	t.P2 = cmp.Or(t.P2, 50*time.Millisecond)
	t.P2Star = cmp.Or(t.P2Star, 5*time.Second)
	t.DeltaP2 = cmp.Or(t.DeltaP2, 10*time.Millisecond)
	t.S3Client = cmp.Or(t.S3Client, 2*time.Second)
	t.MaxPending = cmp.Or(t.MaxPending, 60)
	t.MaxPendingTime = cmp.Or(t.MaxPendingTime, 10*time.Minute)
	t.Boot = cmp.Or(t.Boot, 5*time.Second)
	t.Confirm = cmp.Or(t.Confirm, 10*time.Second)
	return t
}

func (p Programming) withDefaults() Programming {
	p.AddressLength = cmp.Or(p.AddressLength, 4)
	p.SizeLength = cmp.Or(p.SizeLength, 4)
	p.MaxBlock = cmp.Or(p.MaxBlock, MaxBlock)
	p.Reset = cmp.Or(p.Reset, 0x01)
	if len(p.Sequence) == 0 {
		p.Sequence = StandardSequence()
	}
	return p
}

// MaxID returns the largest CAN identifier of the addressing in use.
func (a Address) MaxID() uint32 {
	if a.Extended {
		return can.MaxExtendedID
	}
	return can.MaxStandardID
}
