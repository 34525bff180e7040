package flash

import (
	"context"
	"errors"
	"time"
)

// leaveTime bounds what is done for an ECU after a failure.
const leaveTime = 2 * time.Second

// Finish is the post-programming step: it switches communication and DTC setting of all ECUs on again and returns to
// the default session. A reset has done the first two for the ECU itself, and it would refuse them in that session.
func (p *Programmer) Finish(ctx context.Context) error {
	p.report(PhaseRestore, "")
	p.Close()
	return p.fail(PhaseRestore, p.finish(ctx))
}

func (p *Programmer) finish(ctx context.Context) error {
	if all := p.opt.Functional; all != nil {
		err := errors.Join(
			all.CommunicationControl(ctx, true),
			all.ControlDTCSetting(ctx, true),
			all.DiagnosticSessionControl(ctx, p.desc.Sessions.Default))
		if err != nil {
			return err
		}
	}
	return p.session(ctx, p.desc.Sessions.Default)
}

// Close ends tester present, if it is being sent. Programmer and connection stay usable.
func (p *Programmer) Close() {
	if p.stopAlive != nil {
		p.stopAlive()
		p.stopAlive = nil
	}
}

// leave brings the ECU back to normal after a failure, as far as it still answers. What fails here is of no interest
// beside the failure that led here, and the session timeout S3 does the same for an ECU that does not listen.
func (p *Programmer) leave(ctx context.Context) {
	p.Close()
	if p.opt.Abandon {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
	defer cancel()
	if all := p.opt.Functional; all != nil {
		_ = all.CommunicationControl(ctx, true)
		_ = all.ControlDTCSetting(ctx, true)
	}
	_ = p.client.CommunicationControl(ctx, true)
	_ = p.client.ControlDTCSetting(ctx, true)
}
