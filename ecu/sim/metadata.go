package sim

import (
	"context"
	"encoding/json"
	"fmt"

	"otabench/ecu/sim/nvm"
)

// bootState is what the bootloader knows of the last update.
type bootState string

const (
	stateConfirmed bootState = "confirmed"
	statePending   bootState = "pending" // the other slot is to be tried
	stateReverted  bootState = "reverted"
)

// metadata is the bootloader's record. It is replaced as a whole, in one atomic write.
type metadata struct {
	Confirmed slot      `json:"confirmed"`
	State     bootState `json:"state"`
	Tried     int       `json:"tried"`   // trial boots so far
	Counter   uint32    `json:"counter"` // security counter of the confirmed software
}

// The next functions are all the changes that an update makes to the metadata.

func (m metadata) activated() metadata {
	m.State, m.Tried = statePending, 0
	return m
}

func (m metadata) triedOnce() metadata {
	m.Tried++
	return m
}

func (m metadata) reverted() metadata {
	m.State, m.Tried = stateReverted, 0
	return m
}

// confirmed makes the trial permanent. Only now the security counter advances, so that a revert stays possible before.
func (m metadata) confirmed(counter uint32) metadata {
	return metadata{Confirmed: m.Confirmed.other(), State: stateConfirmed, Counter: max(m.Counter, counter)}
}

// cancelled takes an activation back that was not tried yet.
func (m metadata) cancelled() metadata {
	m.State, m.Tried = stateConfirmed, 0
	return m
}

// activation are the records that an activation writes, one after the other. One is right.
func (c Config) activation(m metadata, counter uint32) []metadata {
	after := m.activated()
	switch {
	case c.has(CounterAtActivation):
		after.Counter = max(m.Counter, counter)
	case c.has(ActivationInTwoWrites):
		return []metadata{{Confirmed: m.Confirmed.other(), State: stateConfirmed, Counter: m.Counter}, after}
	}
	return []metadata{after}
}

// confirmation are the records that a confirmation writes, one after the other. One is right.
func (c Config) confirmation(m metadata, counter uint32) []metadata {
	after := m.confirmed(counter)
	before := after
	switch {
	case c.has(CounterNeverAdvances):
		after.Counter = m.Counter
	case c.has(CounterAfterConfirmation):
		before.Counter = m.Counter
		return []metadata{before, after}
	case c.has(ConfirmationInTwoWrites):
		before.State, before.Tried, before.Counter = m.State, m.Tried, m.Counter
		return []metadata{before, after}
	}
	return []metadata{after}
}

// metadataStore keeps the metadata in flash, and nowhere else.
type metadataStore struct{ *nvm.Store }

// read returns the metadata as flash holds it now.
func (s metadataStore) read() (metadata, error) { return decodeMetadata(s.Read()) }

// open reads the metadata at a boot and repairs its copies.
func (s metadataStore) open(ctx context.Context) (metadata, error) {
	return decodeMetadata(s.Open(ctx))
}

func (s metadataStore) write(ctx context.Context, m metadata) error {
	if err := s.Write(ctx, m.encode()); err != nil {
		return fmt.Errorf("write boot metadata: %w", err)
	}
	return nil
}

// metadataFlaws are what the store of the metadata does wrong.
func (c Config) metadataFlaws() nvm.Flaws {
	return nvm.Flaws{
		OneCopy: c.has(MetadataInPlace), ErasesBoth: c.has(MetadataErasedFirst),
		NeedsBoth: c.has(MetadataNeedsBothCopies), NoChecksum: c.has(MetadataWithoutChecksum),
	}
}

func (m metadata) encode() []byte {
	raw, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("sim: encode boot metadata: %v", err)) // only numbers and strings are in it
	}
	return raw
}

func decodeMetadata(raw []byte, err error) (metadata, error) {
	var m metadata
	if err == nil {
		err = json.Unmarshal(raw, &m)
	}
	if err == nil && m.Confirmed > slotB {
		err = fmt.Errorf("slot %d", m.Confirmed)
	}
	if err != nil {
		return metadata{}, fmt.Errorf("boot metadata: %w", err)
	}
	return m, nil
}
