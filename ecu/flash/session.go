package flash

import (
	"context"
	"time"
)

// session enters a diagnostic session of this ECU.
func (p *Programmer) session(ctx context.Context, number byte) error {
	_, err := p.client.DiagnosticSessionControl(ctx, number)
	return err
}

// keepAlive sends tester present until Close, to all ECUs where that is possible. It outlives ctx, which may be that
// of one phase.
func (p *Programmer) keepAlive(ctx context.Context) {
	p.Close()
	ctx = context.WithoutCancel(ctx)
	if p.opt.Functional == nil {
		p.stopAlive = p.client.KeepAlive(ctx)
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.keepAllAlive(ctx)
	}()
	p.stopAlive = func() {
		cancel()
		<-done
	}
}

func (p *Programmer) keepAllAlive(ctx context.Context) {
	tick := time.NewTicker(p.desc.Timing.S3Client)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			// A bus that does not take the message shows in the next request; here nobody could act on it.
			_ = p.opt.Functional.TesterPresent(ctx)
		}
	}
}

// quiet switches DTC setting and normal communication off, in all ECUs where that is possible.
func (p *Programmer) quiet(ctx context.Context) error {
	if all := p.opt.Functional; all != nil {
		if err := all.ControlDTCSetting(ctx, false); err != nil {
			return err
		}
	}
	if err := p.client.ControlDTCSetting(ctx, false); err != nil {
		return err
	}
	if all := p.opt.Functional; all != nil {
		if err := all.CommunicationControl(ctx, false); err != nil {
			return err
		}
	}
	return p.client.CommunicationControl(ctx, false)
}
