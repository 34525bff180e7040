package flash

import (
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/description"
	"otabench/ecu/uds"
)

// Erase clears the memory of one block. It does nothing for a block that is not erased.
func (p *Programmer) Erase(ctx context.Context, s Segment) error {
	s, err := p.remaining(ctx, s)
	if err != nil {
		return p.failBlock(PhaseErase, s.Name, 0, err)
	}
	for _, region := range s.Erase {
		p.report(PhaseErase, s.Name)
		if err := p.routine(ctx, description.Erase, &s, &region); err != nil {
			return p.failBlock(PhaseErase, s.Name, 0, err)
		}
	}
	return nil
}

// Transfer downloads one block: request download, transfer data, transfer exit; and makes the ECU check it, if the
// description names a routine for that.
func (p *Programmer) Transfer(ctx context.Context, s Segment) error {
	left, err := p.remaining(ctx, s)
	if err != nil {
		return p.failBlock(PhaseTransfer, s.Name, 0, err)
	}
	acknowledged := s.Size() - left.Size()
	p.meter.skip(acknowledged)
	p.report(PhaseTransfer, s.Name)
	for _, piece := range left.Pieces {
		sent, err := p.transfer(ctx, s, piece)
		acknowledged += sent
		if err != nil {
			return p.failBlock(PhaseTransfer, s.Name, acknowledged, err)
		}
	}
	if s.block.Check == "" {
		return nil
	}
	p.report(PhaseVerify, s.Name)
	return p.failBlock(PhaseVerify, s.Name, 0, p.routine(ctx, s.block.Check, &s, nil))
}

// transfer downloads a piece and returns how much of its data the ECU has.
func (p *Programmer) transfer(ctx context.Context, s Segment, piece Piece) (acknowledged int64, err error) {
	offered, err := p.client.RequestDownload(ctx, s.dataFormat(p.desc.Programming), memory(p.desc.Programming, piece.Address, uint64(len(piece.Data))))
	if err != nil {
		return 0, err
	}
	step := int(min(offered, uint64(p.desc.Programming.MaxBlock))) - 2
	if step < 1 {
		return 0, fmt.Errorf("the ECU takes blocks of %d bytes, which leaves no room for data", offered)
	}
	// What is sent may be shorter or longer than the data, so that progress is counted in shares of it.
	share := func(sent int) int64 { return int64(sent) * int64(len(piece.Data)) / int64(len(piece.Sent)) }
	counter := byte(1)
	for sent := 0; sent < len(piece.Sent); counter++ {
		block := piece.Sent[sent:min(sent+step, len(piece.Sent))]
		start := time.Now()
		if err := p.sendBlock(ctx, counter, block); err != nil {
			return acknowledged, err
		}
		sent += len(block)
		p.meter.add(share(sent)-acknowledged, start)
		acknowledged = share(sent)
		p.report(PhaseTransfer, s.Name)
	}
	_, err = p.client.RequestTransferExit(ctx)
	return acknowledged, err
}

// sendBlock sends a block again with the same counter when its response did not arrive. The ECU then answers without
// writing a second time (ISO 14229-1:2020, 15.4).
func (p *Programmer) sendBlock(ctx context.Context, counter byte, block []byte) error {
	for repeat := 0; ; repeat++ {
		err := p.client.TransferData(ctx, counter, block)
		switch {
		case err == nil:
			return nil
		case !responseLost(err) || ctx.Err() != nil:
			return err
		case repeat >= p.opt.Repeat:
			return fmt.Errorf("block %02X sent %d times: %w", counter, repeat+1, err)
		}
	}
}

// responseLost tells a message that got lost from one that was refused.
func responseLost(err error) bool {
	for _, lost := range []error{uds.ErrNoResponse, isotp.ErrTimeoutCr, isotp.ErrWrongSN, isotp.ErrTimeoutBs} {
		if errors.Is(err, lost) {
			return true
		}
	}
	return false
}
