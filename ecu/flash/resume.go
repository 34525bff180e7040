package flash

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"otabench/ecu/uds"
)

// remaining is what is left to be done for a block, if an interrupted update is to be resumed and the ECU says how much
// of the block is in place. An ECU that knows nothing of it has to get all.
func (p *Programmer) remaining(ctx context.Context, s Segment) (Segment, error) {
	if !p.opt.Resume || s.block.Resume == "" || len(s.Pieces) != 1 {
		return s, nil
	}
	kept, known := p.kept[s.Name]
	if !known {
		var err error
		if kept, err = p.readKept(ctx, s); err != nil {
			return s, err
		}
		p.kept[s.Name] = kept
	}
	if kept == 0 {
		return s, nil
	}
	p.resumed = true
	return s.from(p, kept), nil
}

// readKept asks the ECU how many bytes of a block are in place.
func (p *Programmer) readKept(ctx context.Context, s Segment) (uint64, error) {
	did := p.desc.Identifiers[s.block.Resume]
	data, err := p.client.ReadDataByIdentifier(ctx, did.ID)
	var refused *uds.NegativeResponse
	switch {
	case errors.As(err, &refused):
		return 0, nil
	case err != nil:
		return 0, err
	}
	n := new(big.Int).SetBytes(data)
	if !n.IsUint64() || n.Uint64() > uint64(s.Size()) {
		return 0, fmt.Errorf("identifier %s says that %v bytes are in place, and block %s has %d", s.block.Resume, n, s.Name, s.Size())
	}
	return n.Uint64(), nil
}

// from is the block without its first bytes. A block that is complete has nothing left.
func (s Segment) from(p *Programmer, kept uint64) Segment {
	piece := s.Pieces[0]
	rest := s
	rest.Address = s.Address + kept
	rest.Pieces, rest.Erase = nil, nil
	if kept >= uint64(len(piece.Data)) {
		return rest
	}
	rest.Pieces = []Piece{{Address: piece.Address + kept, Data: piece.Data[kept:], Sent: piece.Sent[kept:]}}
	for _, e := range s.Erase {
		if end := e.Address + e.Size; end > rest.Address {
			rest.Erase = append(rest.Erase, memory(p.desc.Programming, rest.Address, end-rest.Address))
		}
	}
	return rest
}
