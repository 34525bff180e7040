package ecu

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/uds"
)

// Identity is what an ECU says of itself. Fields that it does not have are empty. Identities are comparable.
type Identity struct {
	Name      string // systemName, DID 0xF197
	Serial    string
	Hardware  string
	Software  string // version of the software that runs
	VIN       string
	RXSWIN    string
	Slot      string // of the software that runs
	BootState string // such as confirmed or trial
	Counter   uint32 // security counter
}

func (id Identity) String() string {
	parts := []string{fmt.Sprintf("%s %s", id.Name, id.Software)}
	for _, p := range []struct{ label, value string }{
		{"hardware", id.Hardware},
		{"serial", id.Serial},
		{"VIN", id.VIN},
		{"RXSWIN", id.RXSWIN},
		{"slot", id.Slot},
		{"boot state", id.BootState},
	} {
		if p.value != "" {
			parts = append(parts, p.label+" "+p.value)
		}
	}
	return fmt.Sprintf("%s, security counter %d", strings.Join(parts, ", "), id.Counter)
}

// Same reports whether both are the same unit with the same software in the same slot. The boot state may differ: after
// a revert an ECU says so, and nothing else in it has changed.
func (id Identity) Same(other Identity) bool {
	id.BootState, other.BootState = "", ""
	return id == other
}

// Confirmed says that the software is not on trial, as far as the unit tells.
func (id Identity) Confirmed() bool { return id.BootState == "" || id.BootState == "confirmed" }

// Updated is the identity with other software in a slot. What the unit does not tell stays untold.
func (id Identity) Updated(m firmware.Manifest, slot string) Identity {
	id.Software, id.Slot = m.Version, slot
	if id.RXSWIN != "" {
		id.RXSWIN = m.RXSWIN
	}
	if id.Counter != 0 {
		id.Counter = max(id.Counter, m.Counter)
	}
	return id
}

// Identify reads the identity. Identifiers that the ECU does not have, or not now as in a bootloader without software,
// stay empty; an ECU that does not answer is an error.
func (u *Unit) Identify(ctx context.Context) (Identity, error) {
	var id Identity
	for _, field := range []struct {
		name  string
		value *string
	}{
		{description.SoftwareVersion, &id.Software},
		{description.SystemName, &id.Name},
		{description.Serial, &id.Serial},
		{description.Hardware, &id.Hardware},
		{description.VIN, &id.VIN},
		{description.RXSWIN, &id.RXSWIN},
		{description.ActiveSlot, &id.Slot},
		{description.BootState, &id.BootState},
	} {
		var err error
		if *field.value, err = u.readOptional(ctx, field.name); err != nil {
			return Identity{}, err
		}
	}
	var err error
	if id.Counter, err = u.counter(ctx); err != nil {
		return Identity{}, err
	}
	return id, nil
}

// readOptional returns nothing for identifiers that the description or the ECU does not have. Some ECUs answer without
// any data for a value that was never written; the standard does not allow that, and it must not hide all the rest.
func (u *Unit) readOptional(ctx context.Context, name string) (string, error) {
	if _, known := u.desc.Identifiers[name]; !known {
		return "", nil
	}
	value, err := u.ReadDID(ctx, name)
	for _, none := range []error{uds.RequestOutOfRange, uds.ConditionsNotCorrect, uds.ErrResponse} {
		if errors.Is(err, none) {
			return "", nil
		}
	}
	return value, err
}

func (u *Unit) counter(ctx context.Context) (uint32, error) {
	text, err := u.readOptional(ctx, description.SecurityCounter)
	if err != nil || text == "" {
		return 0, err
	}
	n, ok := new(big.Int).SetString(text, 10)
	if !ok || n.BitLen() > 32 {
		return 0, fmt.Errorf("%s: its security counter reads %q, want a 32-bit number in format uint", u.name, text)
	}
	return uint32(n.Uint64()), nil
}

// ReadDID returns a data identifier, given by its name in the description or its hexadecimal number, as text.
func (u *Unit) ReadDID(ctx context.Context, ref string) (string, error) {
	name, did, err := u.desc.Identifier(ref)
	if err != nil {
		return "", fmt.Errorf("%s: %w", u.name, err)
	}
	data, err := u.client.ReadDataByIdentifier(ctx, did.ID)
	if err != nil {
		return "", fmt.Errorf("%s: read %s (%04X): %w", u.name, name, did.ID, explain(err))
	}
	return did.Decode(data), nil
}

// WriteDID writes a data identifier, given as for ReadDID.
func (u *Unit) WriteDID(ctx context.Context, ref, value string) error {
	name, did, err := u.desc.Identifier(ref)
	if err != nil {
		return fmt.Errorf("%s: %w", u.name, err)
	}
	data, err := did.Encode(value)
	if err != nil {
		return fmt.Errorf("%s: write %s: %w", u.name, name, err)
	}
	if err := u.client.WriteDataByIdentifier(ctx, did.ID, data); err != nil {
		return fmt.Errorf("%s: write %s (%04X): %w", u.name, name, did.ID, explain(err))
	}
	return nil
}
