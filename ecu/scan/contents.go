package scan

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"otabench/ecu/uds"
)

// services tries each service with a request of one byte, which none of them carries out.
func (s *scan) services(ctx context.Context, found *Session) error {
	all := services()
	for i, sid := range all {
		s.progress(found.Number, "services", i+1, len(all))
		a, err := s.ask(ctx, sid)
		if err != nil {
			return err
		}
		switch a.code {
		case uds.ServiceNotSupported, uds.ServiceNotSupportedInActiveSession:
		default:
			found.Services = append(found.Services, Service{ID: sid, Name: uds.ServiceName(sid), Code: a.code})
		}
	}
	return nil
}

func (s *Session) has(sid byte) bool {
	return slices.ContainsFunc(s.Services, func(one Service) bool { return one.ID == sid })
}

// unlikely are numbers that hardly any ECU has. What it answers to them is its way to say no.
func unlikely() []uint16 { return []uint16{0x5A7E, 0x6B3D, 0x7C91} }

// identifiers reads all data identifiers of the options.
func (s *scan) identifiers(ctx context.Context, found *Session) error {
	if !found.has(uds.SIDReadDataByIdentifier) {
		return nil
	}
	read := func(id uint16) []byte { return binary.BigEndian.AppendUint16([]byte{uds.SIDReadDataByIdentifier}, id) }
	return s.numbers(ctx, found.Number, "data identifiers", s.opt.DIDs, read, func(id uint16, a answer) {
		one := Identifier{ID: id, Code: a.code}
		if len(a.data) >= 3 {
			one.Data = a.data[3:]
		}
		found.DIDs = append(found.DIDs, one)
	})
}

// routines asks for the results of all routines of the options, which starts none.
func (s *scan) routines(ctx context.Context, found *Session) error {
	if !found.has(uds.SIDRoutineControl) {
		return nil
	}
	const requestRoutineResults = 0x03
	ask := func(id uint16) []byte {
		return binary.BigEndian.AppendUint16([]byte{uds.SIDRoutineControl, requestRoutineResults}, id)
	}
	return s.numbers(ctx, found.Number, "routines", s.opt.Routines, ask, func(id uint16, a answer) {
		found.Routines = append(found.Routines, Routine{ID: id, Code: a.code})
	})
}

// numbers tries numbers of two bytes, and hands on those that are not answered as numbers are that do not exist.
func (s *scan) numbers(ctx context.Context, session byte, what string, ranges []Range, request func(uint16) []byte, found func(uint16, answer)) error {
	no := []uds.NRC{uds.RequestOutOfRange}
	for _, id := range unlikely() {
		a, err := s.ask(ctx, request(id)...)
		if err != nil {
			return err
		}
		if a.code != 0 && !slices.Contains(no, a.code) {
			no = append(no, a.code)
			s.note("session %02X: %s that do not exist are answered with %v, so those that are answered so were not found", session, what, a.code)
		}
	}
	done, total := 0, 0
	for _, r := range ranges {
		total += r.size()
	}
	for _, r := range ranges {
		for id := int(r.First); id <= int(r.Last); id++ {
			done++
			s.progress(session, what, done, total)
			a, err := s.ask(ctx, request(uint16(id))...)
			if err != nil {
				return fmt.Errorf("%s: %w", what, err)
			}
			if !slices.Contains(no, a.code) {
				found(uint16(id), a)
			}
		}
	}
	return nil
}

// levels asks for seeds, if the options allow that.
func (s *scan) levels(ctx context.Context, found *Session) error {
	if !s.opt.Seeds || !found.has(uds.SIDSecurityAccess) {
		return nil
	}
	for level := byte(0x01); level <= 0x7D; level += 2 {
		a, err := s.ask(ctx, uds.SIDSecurityAccess, level)
		if err != nil {
			return err
		}
		switch a.code {
		case uds.SubFunctionNotSupported, uds.SubFunctionNotSupportedInActiveSession, uds.RequestOutOfRange:
		default:
			found.Levels = append(found.Levels, Level{Level: level, Seed: max(len(a.data)-2, 0), Code: a.code})
		}
	}
	return nil
}

// troubleCodes reads what is stored, in the default session.
func (s *scan) troubleCodes(ctx context.Context) error {
	found := s.report.session(defaultSession)
	if found == nil || !found.has(uds.SIDReadDTCInformation) {
		return nil
	}
	if err := s.enter(ctx, defaultSession); err != nil {
		return err
	}
	codes, err := s.client.ReadDTCs(ctx, 0xFF)
	s.report.Requests++
	if err != nil {
		s.note("trouble codes could not be read: %v", err)
		return nil
	}
	s.report.DTCs = codes
	return nil
}
