package server

import (
	"context"
	"encoding/binary"

	"otabench/ecu/uds"
)

// Identifiers finds data identifiers.
type Identifiers interface {
	// DID returns an identifier, and false if there is none of that number.
	DID(id uint16) (DID, bool)
}

// DIDs are Identifiers that do not change.
type DIDs map[uint16]DID

// DID implements Identifiers.
func (d DIDs) DID(id uint16) (DID, bool) {
	did, ok := d[id]
	return did, ok
}

// FindDID is a function as Identifiers.
type FindDID func(id uint16) (DID, bool)

// DID implements Identifiers.
func (f FindDID) DID(id uint16) (DID, bool) { return f(id) }

// DID is an identifier: what can be done with its data, by whom.
type DID struct {
	// Read returns the data; nil is an identifier that cannot be read. It must be quick: periodic data and events call it
	// between requests.
	Read       func(context.Context, Call) ([]byte, error)
	ReadAccess Access
	// Write stores data whose length is right; nil is an identifier that cannot be written.
	Write       func(context.Context, Call, []byte) error
	WriteAccess Access
	// WriteLength is how many bytes can be written; nil is one or more.
	WriteLength Lengths
	// IO is what InputOutputControlByIdentifier can do; nil is nothing.
	IO *InputOutput
	// Scaling is what ReadScalingDataByIdentifier tells: scaling bytes with their extensions (annex C.2); nil is nothing.
	Scaling []byte
}

// Value is a DID that can be read and never changes.
func Value(data ...byte) DID {
	return DID{Read: func(context.Context, Call) ([]byte, error) { return data, nil }}
}

// ReadData is ReadDataByIdentifier (11.2).
type ReadData struct {
	Access Access
	// MaxIDs bounds the identifiers in one request; 0 is no bound.
	MaxIDs int
}

func (s *Server) addData(t map[byte]service) {
	if r := s.cfg.ReadData; r != nil {
		t[uds.SIDReadDataByIdentifier] = service{access: r.Access, least: 3, handle: s.readData}
	}
	if access := s.cfg.WriteData; access != nil {
		t[uds.SIDWriteDataByIdentifier] = service{
			access: *access, least: 4, handle: s.writeData, otherwise: uds.GeneralProgrammingFailure,
		}
	}
}

// readData answers with the identifiers that there are in this session, as long as one of them is. One that needs other
// access than the tester has, or that cannot be read now, refuses the whole request (11.2.4).
func (s *Server) readData(ctx context.Context, c Call, req []byte) ([]byte, error) {
	ids, limit := req[1:], s.cfg.ReadData.MaxIDs
	if len(ids)%2 != 0 || limit > 0 && len(ids)/2 > limit {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	var data []byte
	for ; len(ids) > 0; ids = ids[2:] {
		value, err := s.readID(ctx, c, binary.BigEndian.Uint16(ids))
		switch {
		case err == errNoData:
			continue
		case err != nil:
			return nil, err
		}
		data = append(append(data, ids[:2]...), value...)
		if len(data) >= s.cfg.MaxMessage {
			return nil, uds.ResponseTooLong
		}
	}
	if data == nil {
		return nil, uds.RequestOutOfRange
	}
	return data, nil
}

// errNoData is the refusal of an identifier that there is not, or not in this session.
const errNoData = uds.RequestOutOfRange

// readID reads one identifier, or refuses it.
func (s *Server) readID(ctx context.Context, c Call, id uint16) ([]byte, error) {
	if pieces := s.dynamic[id]; pieces != nil {
		return s.readPieces(ctx, c, pieces)
	}
	did, known := s.cfg.Data.DID(id)
	if !known || did.Read == nil {
		return nil, errNoData
	}
	if err := did.ReadAccess.refuse(c, errNoData); err != nil {
		return nil, err
	}
	return did.Read(ctx, c)
}

// writeData is WriteDataByIdentifier (11.7): identifier, security, length, then the data.
func (s *Server) writeData(ctx context.Context, c Call, req []byte) ([]byte, error) {
	did, known := s.cfg.Data.DID(binary.BigEndian.Uint16(req[1:]))
	if !known || did.Write == nil {
		return nil, uds.RequestOutOfRange
	}
	if err := did.WriteAccess.refuse(c, uds.RequestOutOfRange); err != nil {
		return nil, err
	}
	if !did.WriteLength.or(AtLeast(1))(len(req) - 3) {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	if err := did.Write(ctx, c, req[3:]); err != nil {
		return nil, err
	}
	return req[1:3], nil
}
