package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"otabench/can"
	"otabench/can/isotp"
	"otabench/ecu/uds"
)

// run is a check under way. What ends it, an error or a reason why it is not applicable, stays: from then on nothing is
// sent and nothing is wanted, so that checks need not look.
type run struct {
	*Probe
	session  byte // that the ECU should be in
	restarts bool // the programming session was entered, which an ECU may leave by a restart

	err          error
	skipped      string
	verified     int
	violations   []Violation
	measurements []Measurement
}

func (r *run) over() bool { return r.err != nil || r.skipped != "" }

// skip ends the check as not applicable.
func (r *run) skip(format string, args ...any) {
	if !r.over() {
		r.skipped = fmt.Sprintf(format, args...)
	}
}

// finding is the verdict. A violation stays one even where the check could not go on.
func (r *run) finding(c Check) Finding {
	f := Finding{
		Check: c, Outcome: Passed, Violations: r.violations, Measurements: r.measurements, Observations: r.verified,
	}
	switch {
	case len(r.violations) > 0:
		f.Outcome = Failed
	case r.skipped != "":
		f.Outcome, f.Reason = NotApplicable, r.skipped
	case r.verified == 0:
		f.Outcome, f.Reason = NotApplicable, "the ECU has nothing that the rule is about"
	}
	return f
}

// leave ends in the default session.
func (r *run) leave(ctx context.Context) error {
	if err := r.home(ctx); err != nil {
		return err
	}
	if !r.restarts {
		return nil
	}
	if err := r.unit.AwaitBoot(ctx); err != nil {
		return err
	}
	return r.home(ctx)
}

// ask sends a request and hears what comes of it.
func (r *run) ask(ctx context.Context, request ...byte) answer {
	if r.over() {
		return answer{run: r, request: request}
	}
	r.wire.clear()
	_, err := r.unit.Client().Do(ctx, request)
	a := r.heard(ctx, request, err)
	if request[0] == uds.SIDECUReset && a.accepted() {
		r.reboot(ctx)
	}
	return a
}

// reboot waits for an ECU that has agreed to restart, whether it was to or not.
func (r *run) reboot(ctx context.Context) {
	r.session = r.desc.Sessions.Default
	if err := r.unit.AwaitBoot(ctx); err != nil && !r.over() {
		r.err = err
	}
}

// askAll sends a request to all ECUs, and hears what this one says.
func (r *run) askAll(ctx context.Context, request ...byte) answer {
	if r.over() {
		return answer{run: r, request: request, functional: true}
	}
	r.wire.clear()
	all, err := r.unit.Functional().Gather(ctx, []*uds.Client{r.unit.Client()}, request...)
	switch {
	case err == nil && len(all) == 0:
		err = uds.ErrNoResponse
	case err == nil:
		err = all[0].Err
	}
	a := r.heard(ctx, request, err)
	a.functional = true
	return a
}

// heard makes the answer of what is on the wire. err is what the client made of it: anything but the end of the bus or
// of ctx is the ECU's own doing, and silence to the client may be something else on the wire, or come later.
func (r *run) heard(ctx context.Context, request []byte, err error) answer {
	a := answer{run: r, request: request, session: r.session}
	if gone(ctx, err) {
		r.err = fmt.Errorf("%s: %s: %w", r.unit.Name(), show(open(request)), err)
		return a
	}
	r.wire.await(ctx)
	for _, m := range r.wire.said() {
		switch {
		case m.request && bytes.Equal(m.data, request):
			a.asked, a.said = m, nil // a request that was repeated counts once
		case !m.request:
			a.said = append(a.said, m)
		}
	}
	return a
}

// gone says that a request did not leave, which is nothing that the ECU did.
func gone(ctx context.Context, err error) bool {
	for _, cause := range []error{isotp.ErrClosed, isotp.ErrTimeoutA, can.ErrClosed, can.ErrBusOff} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return ctx.Err() != nil
}

// wait lets time pass in which nothing is sent.
func (r *run) wait(ctx context.Context, d time.Duration) {
	if r.over() {
		return
	}
	select {
	case <-time.After(d):
	case <-ctx.Done():
		r.err = ctx.Err()
	}
}

// violate notes what the ECU did wrong in an answer.
func (r *run) violate(a answer, format string, args ...any) {
	r.violations = append(r.violations, Violation{
		Session: a.session, Functional: a.functional, Request: open(a.request), Response: a.final(),
		Want: fmt.Sprintf(format, args...),
	})
}

// measure notes a time, and that it is wrong if it is.
func (r *run) measure(a answer, m Measurement) {
	if r.over() {
		return
	}
	r.verified++
	r.measurements = append(r.measurements, m)
	if !m.ok() {
		r.violate(a, "%s of %s, and it is %v", m.Name, m.limits(), m.Value)
	}
}

// open cuts the key out of a request of SecurityAccess.
func open(request []byte) []byte {
	if len(request) > 2 && request[0] == uds.SIDSecurityAccess && request[1]%2 == 0 {
		return slices.Clone(request[:2])
	}
	return slices.Clone(request)
}
