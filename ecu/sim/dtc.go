package sim

import (
	"context"
)

// Status of a stored trouble code, and the bits of it that this ECU supports (ISO 14229-1:2020, D.2).
const (
	dtcStatus       byte = 0x09 // testFailed, confirmedDTC
	dtcAvailability byte = 0x09
	dtcFormat       byte = 0x01 // ISO 14229-1
	allGroups            = 0xFFFFFF
)

// knownDTCs are the codes that this ECU can store by itself.
func knownDTCs() []uint32 { return []uint32{dtcUpdate, dtcVoltageLow, dtcVoltageHigh} }

// readDTCs is ReadDTCInformation: 0x01 number by status mask, 0x02 codes by status mask, 0x0A supported codes.
func (s *server) readDTCs(_ context.Context, req []byte) reply {
	stored := s.life.nvm.read().DTCs
	if req[1] == 0x0A {
		if !exactly(req, 2) {
			return refuse(incorrectMessageLength)
		}
		return answer(supported(stored)...)
	}
	if !exactly(req, 3) {
		return refuse(incorrectMessageLength)
	}
	if req[2]&dtcStatus == 0 {
		stored = nil
	}
	if req[1] == 0x01 {
		return answer(req[1], dtcAvailability, dtcFormat, byte(len(stored)>>8), byte(len(stored)))
	}
	data := []byte{req[1], dtcAvailability}
	for _, code := range stored {
		data = appendDTC(data, code, dtcStatus)
	}
	return answer(data...)
}

// supported lists every known code with its status, and codes that were stored at manufacture.
func supported(stored []uint32) []byte {
	data := []byte{0x0A, dtcAvailability}
	status := map[uint32]byte{}
	for _, code := range stored {
		status[code] = dtcStatus
		data = appendDTC(data, code, dtcStatus)
	}
	for _, code := range knownDTCs() {
		if status[code] == 0 {
			data = appendDTC(data, code, 0)
		}
	}
	return data
}

func appendDTC(data []byte, code uint32, status byte) []byte {
	return append(data, byte(code>>16), byte(code>>8), byte(code), status)
}

// clearDTCs is ClearDiagnosticInformation for all groups.
func (s *server) clearDTCs(ctx context.Context, req []byte) reply {
	if !exactly(req, 4) {
		return refuse(incorrectMessageLength)
	}
	if uint32(req[1])<<16|uint32(req[2])<<8|uint32(req[3]) != allGroups {
		return refuse(requestOutOfRange)
	}
	p := s.life.nvm.read()
	if len(p.DTCs) == 0 {
		return answer()
	}
	p.DTCs = nil
	if err := s.life.nvm.write(ctx, p); err != nil {
		return refuse(generalProgrammingFailure)
	}
	return answer()
}

// note stores a trouble code, unless ControlDTCSetting forbids it. That it could not be stored changes nothing else.
func (s *server) note(ctx context.Context, code uint32) {
	if s.dtcsOff {
		return
	}
	if err := s.life.nvm.store(ctx, code); err != nil {
		s.life.log("app: %v", err)
	}
}
