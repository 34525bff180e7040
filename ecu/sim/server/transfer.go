package server

import (
	"context"

	"otabench/ecu/uds"
)

// transfer is a download or an upload under way. What has a file is transferred alike.
type transfer struct {
	sink    Sink   // of a download
	source  Source // of an upload
	end     ender  // either of them
	max     int    // bytes of a block, service and counter included
	left    uint64 // bytes that are still to come
	counted bool   // left is known
	counter byte   // blockSequenceCounter of the next block
	blocks  bool   // there was one
	last    []byte // the response to it
}

type ender interface {
	Exit(ctx context.Context, parameters []byte) ([]byte, error)
	Abort()
}

func (s *Server) addTransfer(t map[byte]service) {
	if d := s.cfg.Download; d != nil {
		t[uds.SIDRequestDownload] = service{access: d.Access, least: 5, handle: s.requestDownload}
	}
	if u := s.cfg.Upload; u != nil {
		t[uds.SIDRequestUpload] = service{access: u.Access, least: 5, handle: s.requestUpload}
	}
	if s.cfg.Download == nil && s.cfg.Upload == nil && s.cfg.Files == nil {
		return
	}
	t[uds.SIDTransferData] = service{
		access: s.cfg.Transfer, least: 2, handle: s.transferData, otherwise: uds.GeneralProgrammingFailure,
	}
	t[uds.SIDRequestTransferExit] = service{
		access: s.cfg.Transfer, least: 1, handle: s.exitTransfer, otherwise: uds.GeneralProgrammingFailure,
	}
}

// transferData takes or gives one block (15.4). A block whose counter is that of the last one is a repetition: its response
// was lost, so it is answered again and nothing else happens.
func (s *Server) transferData(ctx context.Context, _ Call, req []byte) ([]byte, error) {
	t := s.transfer
	switch {
	case t == nil:
		return nil, uds.RequestSequenceError
	case !t.fits(req):
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	case t.repeats(req) && !s.cfg.Flaws.WritesTwice:
		return t.last, nil
	case req[1] != t.counter && !t.repeats(req) && !s.cfg.Flaws.AnyBlock:
		return nil, uds.WrongBlockSequenceCounter
	case t.counted && t.left == 0:
		return nil, uds.RequestSequenceError
	}
	response, err := s.block(ctx, t, req)
	if err != nil {
		s.abortTransfer()
		return nil, err
	}
	t.counter = req[1] + 1
	t.blocks, t.last = true, response
	return response, nil
}

// fits says whether a request has the right length.
func (t *transfer) fits(req []byte) bool {
	if t.sink == nil {
		return len(req) == 2
	}
	return len(req) > 2 && len(req) <= t.max
}

// repeats says whether a block is the last one once more.
func (t *transfer) repeats(req []byte) bool { return t.blocks && req[1] == t.counter-1 }

// block takes or gives the next block.
func (s *Server) block(ctx context.Context, t *transfer, req []byte) ([]byte, error) {
	if t.sink == nil {
		data := make([]byte, min(uint64(t.max-2), t.left))
		t.left -= uint64(len(data))
		err := t.source.Read(ctx, data)
		return append(req[1:2:2], data...), err
	}
	data := req[2:]
	if t.counted && !s.cfg.Flaws.Overruns {
		if uint64(len(data)) > t.left {
			return nil, uds.TransferDataSuspended // more than memorySize (15.4.4)
		}
		t.left -= uint64(len(data))
	}
	return req[1:2:2], t.sink.Write(ctx, data)
}

// exitTransfer is RequestTransferExit (15.5).
func (s *Server) exitTransfer(ctx context.Context, _ Call, req []byte) ([]byte, error) {
	t := s.transfer
	switch {
	case !s.cfg.ExitParameters.or(Exactly(0))(len(req) - 1):
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	case t == nil || t.counted && t.left > 0 && !s.cfg.Flaws.EndsShort && !s.cfg.Flaws.Overruns:
		return nil, uds.RequestSequenceError
	}
	s.transfer = nil
	return t.end.Exit(ctx, req[1:])
}

// abortTransfer ends a transfer that is under way.
func (s *Server) abortTransfer() {
	if s.transfer != nil {
		s.transfer.end.Abort()
		s.transfer = nil
	}
}
