package sim

import (
	"cmp"
	"encoding/binary"
	"errors"
)

// Data identifiers (ISO 14229-1:2020, table C.1; 0xFDxx are this ECU's own).
const (
	didFingerprint     uint16 = 0xF15A
	didBootSoftware    uint16 = 0xF180
	didSession         uint16 = 0xF186
	didPartNumber      uint16 = 0xF187
	didSoftwareNumber  uint16 = 0xF188
	didVersion         uint16 = 0xF189
	didSupplier        uint16 = 0xF18A
	didManufactured    uint16 = 0xF18B
	didSerial          uint16 = 0xF18C
	didVIN             uint16 = 0xF190
	didHardware        uint16 = 0xF191
	didSupplierVersion uint16 = 0xF195
	didSystemName      uint16 = 0xF197
	didProgrammingDate uint16 = 0xF199
	didRXSWIN          uint16 = 0xF1EF
	didActiveSlot      uint16 = 0xFD00 // "A" or "B", "-" in the bootloader
	didBootState       uint16 = 0xFD01 // "confirmed", "trial", "reverted" or "bootloader"
	didCounter         uint16 = 0xFD02 // 4 bytes
	didSupplyVoltage   uint16 = 0xFD03 // 2 bytes, mV
	didCharge          uint16 = 0xFD04 // 0.5 %, 0xFF if it is not known
	didResetReason     uint16 = 0xFD05 // text
)

// BootVersion is the version of the bootloader, DID 0xF180.
const BootVersion = "otabench-boot 1.0"

// manufactured is the date of manufacture, DID 0xF18B, as YYYYMMDD in BCD.
var manufactured = [...]byte{0x20, 0x26, 0x01, 0x15}

// What DIDs 0xF199 and 0xF15A hold before anybody has written them: a dataRecord has one byte at least (11.2.3).
var (
	unwrittenDate        = [...]byte{0xFF, 0xFF, 0xFF}
	unwrittenFingerprint = [...]byte{0xFF}
)

var (
	errNoDID  = errors.New("there is no such identifier")
	errNotNow = errors.New("no software runs that would know")
)

// did reads an identifier. Nothing is remembered here: what runs is read from the slot that runs.
func (d *diagnostics) did(id uint16) ([]byte, error) {
	switch id {
	case didSession:
		return []byte{d.session}, nil
	case didSupplyVoltage:
		return binary.BigEndian.AppendUint16(nil, d.gates.millivolts()), nil
	case didCharge:
		return []byte{d.gates.chargeByte()}, nil
	}
	if text, ok := d.nameplate(id); ok {
		return []byte(text), nil
	}
	if value, ok := d.remembered(id); ok {
		return value, nil
	}
	if value, ok := d.bootDID(id); ok {
		return value, nil
	}
	return d.softwareDID(id)
}

// nameplate is what was given to the ECU at manufacture.
func (d *diagnostics) nameplate(id uint16) (string, bool) {
	text, ok := map[uint16]string{
		didBootSoftware: BootVersion,
		didPartNumber:   d.cfg.PartNumber,
		didSupplier:     d.cfg.Supplier,
		didManufactured: string(manufactured[:]),
		didSerial:       d.cfg.Serial,
		didHardware:     d.cfg.Hardware,
		didSystemName:   d.cfg.Name,
	}[id]
	return text, ok
}

// remembered is what NVM holds.
func (d *diagnostics) remembered(id uint16) ([]byte, bool) {
	p := d.life.nvm.read()
	switch id {
	case didVIN:
		return []byte(p.VIN), true
	case didFingerprint:
		if p.Fingerprint == nil {
			return unwrittenFingerprint[:], true
		}
		return p.Fingerprint, true
	case didProgrammingDate:
		if p.Date == nil {
			return unwrittenDate[:], true
		}
		return p.Date, true
	}
	return nil, false
}

// bootDID is what the bootloader knows.
func (d *diagnostics) bootDID(id uint16) ([]byte, bool) {
	m, err := d.life.metadata.read()
	if err != nil {
		return nil, false
	}
	switch id {
	case didActiveSlot:
		return []byte(d.life.runningSlot()), true
	case didBootState:
		return []byte(d.toldState(m)), true
	case didCounter:
		return binary.BigEndian.AppendUint32(nil, m.Counter), true
	case didResetReason:
		return []byte(d.life.why), true
	case didRXSWIN:
		// The approval is that of the confirmed software, also while a trial runs.
		rxswin := d.life.software.rxswin(d.approved(m))
		return []byte(rxswin), rxswin != ""
	}
	return nil, false
}

// approved is the slot whose RXSWIN the ECU tells.
func (d *diagnostics) approved(m metadata) slot {
	if d.cfg.has(RXSWINBeforeConfirmation) && d.life.choice.runs {
		return d.life.choice.slot
	}
	return m.Confirmed
}

// toldState is the boot state that the ECU tells.
func (d *diagnostics) toldState(m metadata) string {
	state := d.life.bootState(m)
	if d.cfg.has(TrialCalledConfirmed) && d.life.choice.trial {
		state = string(stateConfirmed)
	}
	return state
}

// toldVersion is the version that the ECU tells while an application runs.
func (d *diagnostics) toldVersion(a Application) string {
	if d.cfg.has(VersionRemembered) || d.cfg.has(VersionWrittenTooEarly) && !d.life.choice.trial {
		return cmp.Or(d.life.nvm.read().Version, a.Version)
	}
	return a.Version
}

// softwareDID is what the software that runs says of itself, read from its slot.
func (d *diagnostics) softwareDID(id uint16) ([]byte, error) {
	ours := id == didVersion || id == didSupplierVersion || id == didSoftwareNumber
	if !d.life.choice.runs {
		if ours {
			return nil, errNotNow
		}
		return nil, errNoDID
	}
	a, err := d.life.software.application(d.life.choice.slot)
	switch {
	case err != nil:
		return nil, errNotNow
	case id == didSoftwareNumber:
		return []byte(d.cfg.PartNumber + "-" + a.Version), nil
	case ours:
		return []byte(d.toldVersion(a)), nil
	}
	if value, ok := a.did(id); ok {
		return value, nil
	}
	return nil, errNoDID
}

func (l *life) runningSlot() string {
	if !l.choice.runs {
		return "-"
	}
	return l.choice.slot.String()
}

// bootState names the state as DID 0xFD01 does.
func (l *life) bootState(m metadata) string {
	switch {
	case !l.choice.runs:
		return "bootloader"
	case l.choice.slot != m.Confirmed:
		return "trial"
	case m.State == statePending:
		return string(stateConfirmed) // activated, and not tried yet
	}
	return string(m.State)
}
