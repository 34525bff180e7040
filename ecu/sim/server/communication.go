package server

import (
	"context"
	"encoding/binary"
	"fmt"

	"otabench/ecu/uds"
)

// Communication is CommunicationControl (10.5).
type Communication struct {
	Access Access
	// Controls are the control types that there are, 0x00 to 0x05 and the maker's.
	Controls map[byte]Access
	// Set switches communication, or refuses to. Entering the default session switches all messages on again by it.
	Set func(ctx context.Context, c Call, to Switch) error
}

// Switch says what is to be switched how.
type Switch struct {
	Control  uds.CommunicationControlType
	Messages uds.Messages // 1 to 3
	Subnet   byte         // uds.AllSubnets, 1 to 14, or uds.ReceivingNetwork
	Node     uint16       // of the control types with an enhanced address only
}

func (s *Server) addCommunication(t map[byte]service) {
	if c := s.cfg.Communication; c != nil {
		t[uds.SIDCommunicationControl] = service{access: c.Access, subs: c.Controls, handle: s.controlCommunication}
	}
}

func (s *Server) controlCommunication(ctx context.Context, c Call, req []byte) ([]byte, error) {
	control := uds.CommunicationControlType(req[1])
	length := 3
	if enhanced(control) {
		length = 5
	}
	if len(req) != length {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	to := Switch{Control: control, Messages: uds.Messages(req[2] & 0x3), Subnet: req[2] >> 4}
	if enhanced(control) {
		to.Node = binary.BigEndian.Uint16(req[3:])
	}
	const reserved = 0x0C // bits of communicationType (annex B.1)
	if to.Messages == 0 || req[2]&reserved != 0 || enhanced(control) && to.Node == 0 {
		return nil, uds.RequestOutOfRange
	}
	if err := s.cfg.Communication.Set(ctx, c, to); err != nil {
		return nil, s.failed(err, uds.ConditionsNotCorrect)
	}
	s.silenced = true
	return req[1:2], nil
}

func enhanced(c uds.CommunicationControlType) bool {
	return c == uds.EnableRxAndDisableTxWithEnhancedAddress || c == uds.EnableRxAndTxWithEnhancedAddress
}

// unsilence switches communication on again, if it was switched.
func (s *Server) unsilence(ctx context.Context) {
	if !s.silenced {
		return
	}
	s.silenced = false
	on := Switch{Control: uds.EnableRxAndTx, Messages: uds.AllMessages, Subnet: uds.AllSubnets}
	if err := s.cfg.Communication.Set(ctx, s.call(false), on); err != nil {
		s.cfg.Report(fmt.Errorf("switch communication on for the default session: %w", err))
	}
}
