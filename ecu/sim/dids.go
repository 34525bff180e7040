package sim

import (
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

// unwrittenDate is DID 0xF199 before anybody has written it.
var unwrittenDate = [...]byte{0xFF, 0xFF, 0xFF}

var (
	errNoDID  = errors.New("there is no such identifier")
	errNotNow = errors.New("no software runs that would know")
)

// did reads an identifier. Nothing is remembered here: what runs is read from the slot that runs.
func (s *server) did(id uint16) ([]byte, error) {
	switch id {
	case didSession:
		return []byte{s.session}, nil
	case didSupplyVoltage:
		return binary.BigEndian.AppendUint16(nil, s.gates.millivolts()), nil
	case didCharge:
		return []byte{s.gates.chargeByte()}, nil
	}
	if text, ok := s.nameplate(id); ok {
		return []byte(text), nil
	}
	if value, ok := s.remembered(id); ok {
		return value, nil
	}
	if value, ok := s.bootDID(id); ok {
		return value, nil
	}
	return s.softwareDID(id)
}

// nameplate is what was given to the ECU at manufacture.
func (s *server) nameplate(id uint16) (string, bool) {
	text, ok := map[uint16]string{
		didBootSoftware: BootVersion,
		didPartNumber:   s.cfg.PartNumber,
		didSupplier:     s.cfg.Supplier,
		didManufactured: string(manufactured[:]),
		didSerial:       s.cfg.Serial,
		didHardware:     s.cfg.Hardware,
		didSystemName:   s.cfg.Name,
	}[id]
	return text, ok
}

// remembered is what NVM holds.
func (s *server) remembered(id uint16) ([]byte, bool) {
	p := s.life.nvm.read()
	switch id {
	case didVIN:
		return []byte(p.VIN), true
	case didFingerprint:
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
func (s *server) bootDID(id uint16) ([]byte, bool) {
	m, err := s.life.metadata.read()
	if err != nil {
		return nil, false
	}
	switch id {
	case didActiveSlot:
		return []byte(s.life.runningSlot()), true
	case didBootState:
		return []byte(s.life.bootState(m)), true
	case didCounter:
		return binary.BigEndian.AppendUint32(nil, m.Counter), true
	case didResetReason:
		return []byte(s.life.why), true
	case didRXSWIN:
		// The approval is that of the confirmed software, also while a trial runs.
		return []byte(s.life.software.rxswin(m.Confirmed)), true
	}
	return nil, false
}

// softwareDID is what the software that runs says of itself, read from its slot.
func (s *server) softwareDID(id uint16) ([]byte, error) {
	ours := id == didVersion || id == didSupplierVersion || id == didSoftwareNumber
	if !s.life.choice.runs {
		if ours {
			return nil, errNotNow
		}
		return nil, errNoDID
	}
	a, err := s.life.software.application(s.life.choice.slot)
	switch {
	case err != nil:
		return nil, errNotNow
	case id == didSoftwareNumber:
		return []byte(s.cfg.PartNumber + "-" + a.Version), nil
	case ours:
		return []byte(a.Version), nil
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
