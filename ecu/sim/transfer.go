package sim

import (
	"context"
	"errors"

	"otabench/ecu/sim/flashmem"
)

// transfer is a download under way.
type transfer struct {
	next    int    // where the page that is being filled goes
	partial []byte // of that page; flash takes whole pages
	left    int    // bytes that are still to come
	counter byte   // blockSequenceCounter of the next block
	blocks  int    // accepted so far
}

// memoryRange reads addressAndLengthFormatIdentifier, address and size (ISO 14229-1:2020, H.1).
func memoryRange(b []byte) (address, size uint64, code nrc) {
	if len(b) == 0 {
		return 0, 0, incorrectMessageLength
	}
	sizes, addresses := int(b[0]>>4), int(b[0]&0xF)
	if sizes < 1 || sizes > 4 || addresses < 1 || addresses > 5 {
		return 0, 0, requestOutOfRange
	}
	if len(b) != 1+addresses+sizes {
		return 0, 0, incorrectMessageLength
	}
	return number(b[1 : 1+addresses]), number(b[1+addresses:]), ok
}

func number(b []byte) uint64 {
	var n uint64
	for _, v := range b {
		n = n<<8 | uint64(v)
	}
	return n
}

// writableRange finds the flash behind a tester's range, and refuses what must not be written: the slot that runs and
// the one to fall back to are protected with the given code.
func (s *server) writableRange(b []byte, protected nrc) (t target, size int, code nrc) {
	address, length, code := memoryRange(b)
	if code != ok {
		return target{}, 0, code
	}
	m, err := s.life.metadata.read()
	if err != nil {
		return target{}, 0, generalProgrammingFailure
	}
	t = s.cfg.Flash.resolve(address, s.inactive(m))
	if !t.known || length == 0 || length > uint64(t.room) {
		return target{}, 0, requestOutOfRange
	}
	if s.isProtected(t.slot, m) {
		return target{}, 0, protected
	}
	return t, int(length), ok
}

// isProtected says whether a slot must not be written. The confirmed slot is what a trial falls back to.
func (s *server) isProtected(target slot, m metadata) bool {
	return target == m.Confirmed || s.life.choice.runs && target == s.life.choice.slot
}

// erase erases sectors. Its options are a range that begins with a sector.
func (s *server) erase(ctx context.Context, options []byte) ([]byte, nrc) {
	t, size, code := s.writableRange(options, conditionsNotCorrect)
	if code != ok {
		return nil, code
	}
	if s.transfer != nil {
		return nil, requestSequenceError
	}
	if c := s.gates.voltage(); c != 0 {
		return nil, refusal(c)
	}
	if code := s.cancelActivation(ctx); code != ok {
		return nil, code
	}
	if err := s.life.flash.Erase(ctx, t.addr, size); err != nil {
		return nil, s.flashFailed(ctx, err)
	}
	return success()
}

// cancelActivation takes back an activation, before what was activated is erased.
func (s *server) cancelActivation(ctx context.Context) nrc {
	m, err := s.life.metadata.read()
	if err != nil {
		return generalProgrammingFailure
	}
	if m.State != statePending {
		return ok
	}
	_, code := s.commit(ctx, m.cancelled())
	return code
}

// flashFailed is the code for an error of the flash controller.
func (s *server) flashFailed(ctx context.Context, err error) nrc {
	s.life.log("app: %v", err)
	switch {
	case errors.Is(err, flashmem.ErrBounds):
		return requestOutOfRange
	case errors.Is(err, flashmem.ErrUnderVolt):
		s.note(ctx, dtcVoltageLow)
	}
	return generalProgrammingFailure
}

// requestDownload begins a transfer into erased flash.
func (s *server) requestDownload(_ context.Context, req []byte) reply {
	t, size, code := s.writableRange(req[2:], uploadDownloadNotAccepted)
	switch {
	case code != ok:
		return refuse(code)
	case req[1] != 0:
		return refuse(requestOutOfRange) // neither compression nor encryption
	case t.addr%s.life.flash.Page() != 0:
		return refuse(requestOutOfRange)
	case s.transfer != nil:
		return refuse(conditionsNotCorrect)
	}
	if c := s.gates.voltage(); c != 0 {
		return refuse(refusal(c))
	}
	if !s.life.flash.Erased(t.addr, size) {
		return refuse(uploadDownloadNotAccepted)
	}
	s.transfer = &transfer{next: t.addr, left: size, counter: 1}
	return answer(0x20, byte(s.cfg.MaxBlock>>8), byte(s.cfg.MaxBlock))
}

// transferData takes one block.
func (s *server) transferData(ctx context.Context, req []byte) reply {
	t := s.transfer
	if t == nil {
		return refuse(requestSequenceError)
	}
	if c := s.gates.voltage(); c != 0 {
		s.transfer = nil
		s.note(ctx, dtcFor(c))
		return refuse(refusal(c))
	}
	data := req[2:]
	switch {
	case t.blocks > 0 && req[1] == t.counter-1:
		return answer(req[1]) // the response was lost; the data is in flash already
	case req[1] != t.counter:
		return refuse(wrongBlockSequenceCounter)
	case len(data) == 0 || len(req) > s.cfg.MaxBlock:
		return refuse(incorrectMessageLength)
	case len(data) > t.left:
		return refuse(requestOutOfRange)
	}
	if err := t.write(ctx, s.life.flash, data); err != nil {
		s.transfer = nil
		return refuse(s.flashFailed(ctx, err))
	}
	t.counter++
	t.blocks++
	return answer(req[1])
}

// write programs the pages that are full now.
func (t *transfer) write(ctx context.Context, flash *flashmem.Memory, data []byte) error {
	t.partial = append(t.partial, data...)
	t.left -= len(data)
	full := len(t.partial) / flash.Page() * flash.Page()
	if err := flash.Program(ctx, t.next, t.partial[:full]); err != nil {
		return err
	}
	t.next += full
	t.partial = append([]byte(nil), t.partial[full:]...)
	return nil
}

// exitTransfer ends a transfer and programs its last page.
func (s *server) exitTransfer(ctx context.Context, req []byte) reply {
	t := s.transfer
	switch {
	case !exactly(req, 1):
		return refuse(incorrectMessageLength)
	case t == nil || t.left > 0:
		return refuse(requestSequenceError)
	}
	s.transfer = nil
	if err := s.life.flash.Program(ctx, t.next, t.partial); err != nil {
		return refuse(s.flashFailed(ctx, err))
	}
	return answer()
}
