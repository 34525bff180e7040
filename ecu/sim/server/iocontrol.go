package server

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"otabench/ecu/uds"
)

// InputOutput is what InputOutputControlByIdentifier can do to an identifier (13.2).
type InputOutput struct {
	Access Access
	// Controls are those that there are; nil is all four of the standard.
	Controls []uds.IOControl
	// StateLength is how many bytes controlState has with shortTermAdjustment, and MaskLength those of
	// controlEnableMaskRecord, 0 for an identifier with a single parameter. A request may leave the mask out.
	StateLength, MaskLength int
	// Do controls, and returns what follows inputOutputControlParameter in the response. A mask that was left out comes
	// with all bits set. The default session takes control back by ReturnControlToECU.
	Do func(ctx context.Context, c Call, control uds.IOControl, state, mask []byte) ([]byte, error)
}

func (s *Server) addIOControl(t map[byte]service) {
	if access := s.cfg.IOControl; access != nil {
		t[uds.SIDInputOutputControlByIdentifier] = service{access: *access, least: 4, handle: s.controlIO}
	}
}

func (s *Server) controlIO(ctx context.Context, c Call, req []byte) ([]byte, error) {
	id, control, options := binary.BigEndian.Uint16(req[1:]), uds.IOControl(req[3]), req[4:]
	did, known := s.cfg.Data.DID(id)
	if !known || did.IO == nil {
		return nil, uds.RequestOutOfRange
	}
	if err := did.IO.Access.refuse(c, uds.RequestOutOfRange); err != nil {
		return nil, err
	}
	if !did.IO.has(control) {
		return nil, uds.RequestOutOfRange
	}
	state, mask, ok := did.IO.split(control, options)
	if !ok {
		return nil, uds.IncorrectMessageLengthOrInvalidFormat
	}
	status, err := did.IO.Do(ctx, c, control, state, mask)
	if err != nil {
		return nil, s.failed(err, uds.ConditionsNotCorrect)
	}
	s.controlled[id] = did.IO
	return append(req[1:4:4], status...), nil
}

func (o *InputOutput) has(control uds.IOControl) bool {
	if o.Controls == nil {
		return control <= uds.ShortTermAdjustment
	}
	return slices.Contains(o.Controls, control)
}

// split takes state and mask apart, if they have the right lengths.
func (o *InputOutput) split(control uds.IOControl, options []byte) (state, mask []byte, ok bool) {
	n := 0
	if control == uds.ShortTermAdjustment {
		n = o.StateLength
	}
	switch len(options) {
	case n + o.MaskLength:
		return options[:n], options[n:], true
	case n:
		return options, o.wholeMask(), true
	}
	return nil, nil, false
}

func (o *InputOutput) wholeMask() []byte { return bytes.Repeat([]byte{0xFF}, o.MaskLength) }

// returnControl takes back what a tester controls.
func (s *Server) returnControl(ctx context.Context) {
	for id, o := range s.controlled {
		if _, err := o.Do(ctx, s.call(false), uds.ReturnControlToECU, nil, o.wholeMask()); err != nil {
			s.cfg.Report(fmt.Errorf("return control of %04X for the default session: %w", id, err))
		}
	}
	clear(s.controlled)
}
