package server

import (
	"context"
	"encoding/binary"

	"otabench/ecu/uds"
)

func (s *Server) addScaling(t map[byte]service) {
	if access := s.cfg.Scaling; access != nil {
		t[uds.SIDReadScalingDataByIdentifier] = service{access: *access, least: 3, handle: s.readScaling}
	}
}

// readScaling is ReadScalingDataByIdentifier (11.4).
func (s *Server) readScaling(_ context.Context, c Call, req []byte) ([]byte, error) {
	if len(req) != 3 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	did, known := s.cfg.Data.DID(binary.BigEndian.Uint16(req[1:]))
	if !known || did.Scaling == nil {
		return nil, uds.RequestOutOfRange
	}
	if err := did.ReadAccess.refuse(c, uds.RequestOutOfRange); err != nil {
		return nil, err
	}
	return append(req[1:3:3], did.Scaling...), nil
}
