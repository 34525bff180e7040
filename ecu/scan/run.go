package scan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"otabench/ecu/uds"
)

// Sessions that the standard numbers.
const (
	defaultSession     byte = 0x01
	programmingSession byte = 0x02
	extendedSession    byte = 0x03
	lastSession        byte = 0x7E
)

// ErrSilent means that the ECU stopped answering. The report has what was found before.
var ErrSilent = errors.New("the ECU fell silent during the scan")

// Run scans the ECU behind client. It comes back with what was found also beside an error.
func Run(ctx context.Context, client *uds.Client, opt Options) (*Report, error) {
	s := &scan{client: client, opt: opt.withDefaults(), report: &Report{}, began: time.Now()}
	err := s.run(ctx)
	s.report.Took = time.Since(s.began)
	return s.report, err
}

// scan is a scan under way.
type scan struct {
	client *uds.Client
	opt    Options
	report *Report
	began  time.Time
	now    byte // session that the ECU is in
}

func (s *scan) run(ctx context.Context) error {
	if err := s.sessions(ctx); err != nil {
		return err
	}
	for i := range s.report.Sessions {
		found := &s.report.Sessions[i]
		if found.Refused != 0 {
			continue
		}
		if err := s.explore(ctx, found); err != nil {
			return err
		}
	}
	if err := s.troubleCodes(ctx); err != nil {
		return err
	}
	return s.enter(ctx, defaultSession)
}

// explore looks for all that there is in a session.
func (s *scan) explore(ctx context.Context, found *Session) error {
	if err := s.enter(ctx, found.Number); err != nil {
		return err
	}
	for _, look := range []func(context.Context, *Session) error{s.services, s.identifiers, s.routines, s.levels} {
		if err := look(ctx, found); err != nil {
			return err
		}
	}
	return nil
}

// answer is what came back: a positive response, or a code.
type answer struct {
	data []byte
	code uds.NRC
}

// again is when an ECU that does not answer is asked once more: it may not like one request, or be busy or behind a slow
// network. After that it has fallen silent; a scan must not go on hammering at one that is gone.
func again() []time.Duration { return []time.Duration{500 * time.Millisecond, 2 * time.Second} }

// ask sends a request.
func (s *scan) ask(ctx context.Context, request ...byte) (answer, error) {
	if err := wait(ctx, s.opt.Pause); err != nil {
		return answer{}, err
	}
	for waits := again(); ; {
		s.report.Requests++
		data, err := s.client.Do(ctx, request)
		var refused *uds.NegativeResponse
		switch {
		case errors.As(err, &refused):
			return answer{code: refused.Code}, nil
		case errors.Is(err, uds.ErrNoResponse) && len(waits) > 0:
			if err := wait(ctx, waits[0]); err != nil {
				return answer{}, err
			}
			waits = waits[1:]
		case errors.Is(err, uds.ErrNoResponse):
			return answer{}, fmt.Errorf("%w after %d requests, at %s: %w", ErrSilent, s.report.Requests, uds.Describe(request), err)
		default:
			return answer{data: data}, err
		}
	}
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *scan) note(format string, args ...any) {
	s.report.Notes = append(s.report.Notes, fmt.Sprintf(format, args...))
}

// progress tells of every hundredth number.
func (s *scan) progress(session byte, what string, done, total int) {
	if s.opt.Progress != nil && (done%100 == 0 || done == total) {
		s.opt.Progress(Progress{Session: session, What: what, Done: done, Total: total})
	}
}
