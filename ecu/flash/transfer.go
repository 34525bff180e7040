package flash

import (
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/can/isotp"
	"otabench/ecu/uds"
)

// Erase clears the memory of one block.
func (p *Programmer) Erase(ctx context.Context, s Segment) error {
	p.report(PhaseErase, s.Name)
	region, err := memory(p.desc.Programming, s.Address, s.Erase).Encode()
	if err == nil {
		err = p.routine(ctx, p.desc.Routines.Erase, region...)
	}
	return p.failBlock(PhaseErase, s.Name, 0, err)
}

// Transfer downloads one block: request download, transfer data, transfer exit.
func (p *Programmer) Transfer(ctx context.Context, s Segment) error {
	p.report(PhaseTransfer, s.Name)
	acknowledged, err := p.transfer(ctx, s)
	return p.failBlock(PhaseTransfer, s.Name, acknowledged, err)
}

func (p *Programmer) transfer(ctx context.Context, s Segment) (acknowledged int, err error) {
	region := memory(p.desc.Programming, s.Address, uint64(len(s.Data)))
	offered, err := p.client.RequestDownload(ctx, p.desc.Programming.DataFormat, region)
	if err != nil {
		return 0, err
	}
	step := int(min(offered, uint64(p.desc.Programming.MaxBlock))) - 2
	if step < 1 {
		return 0, fmt.Errorf("the ECU takes blocks of %d bytes, which leaves no room for data", offered)
	}
	for counter := byte(1); acknowledged < len(s.Data); counter++ {
		block := s.Data[acknowledged:min(acknowledged+step, len(s.Data))]
		start := time.Now()
		if err := p.sendBlock(ctx, counter, block); err != nil {
			return acknowledged, err
		}
		acknowledged += len(block)
		p.meter.add(len(block), start)
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
