package server

import (
	"context"

	"otabench/ecu/uds"
)

// DTCSetting is ControlDTCSetting (10.8). It freezes the fault memories of Config.Faults; the default session lets them go
// on.
type DTCSetting struct {
	Access Access
	// Record says which lengths of DTCSettingControlOptionRecord there may be; nil is none. Gate may refuse what is in it.
	Record Lengths
	// Gate refuses to switch by an error; it may be nil.
	Gate func(ctx context.Context, c Call, on bool, record []byte) error
}

// Types of ControlDTCSetting.
const (
	dtcSettingOn  byte = 0x01
	dtcSettingOff byte = 0x02
)

func (s *Server) addDTCSetting(t map[byte]service) {
	if c := s.cfg.DTCSetting; c != nil {
		subs := sameFor(Access{}, dtcSettingOn, dtcSettingOff)
		t[uds.SIDControlDTCSetting] = service{access: c.Access, subs: subs, handle: s.controlDTCs}
	}
}

func (s *Server) controlDTCs(ctx context.Context, c Call, req []byte) ([]byte, error) {
	d := s.cfg.DTCSetting
	if !d.Record.or(Exactly(0))(len(req) - 2) {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	if d.Gate != nil {
		if err := d.Gate(ctx, c, req[1] == dtcSettingOn, req[2:]); err != nil {
			return nil, s.failed(err, uds.ConditionsNotCorrect)
		}
	}
	s.freeze(req[1] == dtcSettingOff)
	return req[1:2], nil
}

// thaw lets the fault memories go on, if they were frozen.
func (s *Server) thaw() {
	if s.frozen {
		s.freeze(false)
	}
}

func (s *Server) freeze(frozen bool) {
	s.frozen = frozen
	for _, m := range s.cfg.Faults.all() {
		m.Freeze(frozen)
	}
}
