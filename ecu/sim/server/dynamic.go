package server

import (
	"context"
	"encoding/binary"

	"otabench/ecu/uds"
)

// Dynamic is DynamicallyDefineDataIdentifier (11.6). Definitions last until they are cleared or the server restarts.
type Dynamic struct {
	Access Access
	// IDs says which identifiers can be defined; nil is those of the standard, 0xF200 to 0xF3FF.
	IDs func(id uint16) bool
}

// Ways to define an identifier.
const (
	defineByIdentifier    byte = 0x01
	defineByMemoryAddress byte = 0x02
	clearDefinition       byte = 0x03
)

// piece is a part of the data of an identifier: of another one, or of memory.
type piece struct {
	id       uint16
	position int // of its first byte, from 0
	size     int
	memory   bool
	region   Region
}

func (s *Server) addDynamic(t map[byte]service) {
	d := s.cfg.Dynamic
	if d == nil {
		return
	}
	subs := sameFor(Access{}, defineByIdentifier, clearDefinition)
	if s.cfg.ReadMemory != nil {
		subs[defineByMemoryAddress] = Access{}
	}
	t[uds.SIDDynamicallyDefineDataIdentifier] = service{access: d.Access, subs: subs, handle: s.defineData}
}

func (s *Server) defineData(ctx context.Context, c Call, req []byte) ([]byte, error) {
	if req[1] == clearDefinition && len(req) == 2 {
		for id := range s.dynamic {
			s.undefine(id)
		}
		return req[1:], nil
	}
	if len(req) < 4 || req[1] == clearDefinition && len(req) > 4 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	id := binary.BigEndian.Uint16(req[2:])
	if !s.cfg.Dynamic.has(id) {
		return nil, uds.RequestOutOfRange
	}
	if req[1] == clearDefinition {
		s.undefine(id)
		return req[1:4], nil
	}
	pieces, err := s.pieces(ctx, c, req[1], req[4:])
	if err != nil {
		return nil, err
	}
	pieces = append(s.dynamic[id], pieces...)
	if length(pieces) > s.cfg.MaxMessage-3 {
		return nil, uds.RequestOutOfRange
	}
	s.dynamic[id] = pieces
	return req[1:4], nil
}

func (d *Dynamic) has(id uint16) bool {
	if d.IDs == nil {
		return id >= 0xF200 && id <= 0xF3FF
	}
	return d.IDs(id)
}

// undefine forgets an identifier, which is then sent no more.
func (s *Server) undefine(id uint16) {
	delete(s.dynamic, id)
	if id>>8 == periodicPage {
		s.stopPeriodic(byte(id))
	}
}

func length(pieces []piece) (n int) {
	for _, p := range pieces {
		n += p.size
	}
	return n
}

func (s *Server) pieces(ctx context.Context, c Call, way byte, b []byte) ([]piece, error) {
	if way == defineByMemoryAddress {
		return s.memoryPieces(ctx, c, b)
	}
	return s.dataPieces(ctx, c, b)
}

// dataPieces reads which parts of which identifiers are meant. They have to be there, and the tester has to have access.
func (s *Server) dataPieces(ctx context.Context, c Call, b []byte) ([]piece, error) {
	const width = 4
	if len(b) == 0 || len(b)%width != 0 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	var all []piece
	for ; len(b) > 0; b = b[width:] {
		p := piece{id: binary.BigEndian.Uint16(b), position: int(b[2]) - 1, size: int(b[3])}
		if s.dynamic[p.id] != nil {
			return nil, uds.RequestOutOfRange // or definitions could go round in circles
		}
		value, err := s.readID(ctx, c, p.id)
		switch {
		case err != nil:
			return nil, err
		case p.position < 0 || p.size == 0 || p.position+p.size > len(value):
			return nil, uds.RequestOutOfRange
		}
		all = append(all, p)
	}
	return all, nil
}

// memoryPieces reads which regions are meant, all of one format.
func (s *Server) memoryPieces(ctx context.Context, c Call, b []byte) ([]piece, error) {
	if len(b) < 2 {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	var all []piece
	for format, rest := b[0], b[1:]; len(rest) > 0; {
		var region Region
		var err error
		if region, rest, err = takeRegionAs(format, rest); err != nil {
			return nil, err
		}
		if _, err := s.readRegion(ctx, c, region); err != nil {
			return nil, outOfRangeIfTooLong(err)
		}
		all = append(all, piece{memory: true, region: region, size: int(region.Size)})
	}
	return all, nil
}

// outOfRangeIfTooLong is for what is not read yet, so that no response can be too long.
func outOfRangeIfTooLong(err error) error {
	if err == uds.ResponseTooLong {
		return uds.RequestOutOfRange
	}
	return err
}

// readPieces reads a defined identifier. Whoever reads it needs access to all of its pieces.
func (s *Server) readPieces(ctx context.Context, c Call, pieces []piece) ([]byte, error) {
	var data []byte
	for _, p := range pieces {
		value, err := s.readPiece(ctx, c, p)
		if err != nil {
			return nil, err
		}
		data = append(data, value...)
	}
	return data, nil
}

func (s *Server) readPiece(ctx context.Context, c Call, p piece) ([]byte, error) {
	if p.memory {
		return s.readRegion(ctx, c, p.region)
	}
	value, err := s.readID(ctx, c, p.id)
	if err == nil && p.position+p.size > len(value) {
		err = uds.ConditionsNotCorrect // it has become shorter
	}
	if err != nil {
		return nil, err
	}
	return value[p.position : p.position+p.size], nil
}
