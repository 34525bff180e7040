package server

import (
	"context"

	"otabench/ecu/uds"
)

// ReadMemory is ReadMemoryByAddress (11.3). Identifiers that are defined by memory address are read with it too.
type ReadMemory struct {
	Access Access
	Ranges Ranges
	// Read returns as many bytes as the region has. It must be quick if identifiers are made of it.
	Read func(ctx context.Context, c Call, region Region) ([]byte, error)
}

// WriteMemory is WriteMemoryByAddress (11.8).
type WriteMemory struct {
	Access Access
	Ranges Ranges
	Write  func(ctx context.Context, c Call, region Region, data []byte) error
}

func (s *Server) addMemory(t map[byte]service) {
	if m := s.cfg.ReadMemory; m != nil {
		t[uds.SIDReadMemoryByAddress] = service{access: m.Access, least: 4, handle: s.readMemory}
	}
	if m := s.cfg.WriteMemory; m != nil {
		t[uds.SIDWriteMemoryByAddress] = service{
			access: m.Access, least: 5, handle: s.writeMemory, otherwise: uds.GeneralProgrammingFailure,
		}
	}
}

func (s *Server) readMemory(ctx context.Context, c Call, req []byte) ([]byte, error) {
	region, rest, err := takeRegion(req[1:])
	switch {
	case err != nil:
		return nil, err
	case len(rest) > 0:
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	return s.readRegion(ctx, c, region)
}

// readRegion reads memory that may be read, and that fits a response.
func (s *Server) readRegion(ctx context.Context, c Call, region Region) ([]byte, error) {
	m := s.cfg.ReadMemory
	if err := m.Ranges.refuse(c, region); err != nil {
		return nil, err
	}
	if region.Size >= uint64(s.cfg.MaxMessage) {
		return nil, uds.ResponseTooLong
	}
	return m.Read(ctx, c, region)
}

func (s *Server) writeMemory(ctx context.Context, c Call, req []byte) ([]byte, error) {
	m := s.cfg.WriteMemory
	region, data, err := takeRegion(req[1:])
	if err != nil {
		return nil, err
	}
	if uint64(len(data)) != region.Size {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	if err := m.Ranges.refuse(c, region); err != nil {
		return nil, err
	}
	if err := m.Write(ctx, c, region, data); err != nil {
		return nil, err
	}
	return req[1 : len(req)-len(data)], nil
}
