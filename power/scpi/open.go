package scpi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"otabench/power"
)

// DefaultTimeout is how long an instrument may take for one command.
const DefaultTimeout = 2 * time.Second

// ErrModel: there is no driver for a supply of that name.
var ErrModel = errors.New("unknown supply model")

// Options are for a link or an instrument that needs more patience than others; zero stands for the default.
type Options struct {
	// Timeout bounds each command.
	Timeout time.Duration
	// Pace is the least time between two commands, by default what the model needs.
	Pace time.Duration
}

// Open makes a supply of the link to it and takes the link over: Close closes it, and so does a failed Open. address is
// for messages. The outputs stay as they are.
//
// It fails with ErrModel, with power.ErrIdentity if another instrument answers, with power.ErrLink or power.ErrReply.
func Open(ctx context.Context, modelName string, rw io.ReadWriteCloser, address string, opts Options) (power.Supply, error) {
	m, ok := models()[modelName]
	if !ok {
		return nil, errors.Join(fmt.Errorf("open %s: %w %q; known are %s",
			address, ErrModel, modelName, strings.Join(Models(), ", ")), rw.Close())
	}
	if opts.Timeout <= 0 {
		opts.Timeout = DefaultTimeout
	}
	if opts.Pace <= 0 {
		opts.Pace = m.pace
	}
	s := &supply{name: modelName, model: m, session: newSession(rw, address, opts)}
	if err := s.greet(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open supply %s: %w", modelName, err), s.Close())
	}
	return s, nil
}

// greet finds out who is there and makes it ready for commands.
func (s *supply) greet(ctx context.Context) error {
	id, err := query(ctx, s.session, "*IDN?", parseIdentity)
	if errors.Is(err, power.ErrReply) {
		// Perhaps the tail of what an earlier user had asked. The session finds its way back before it asks again.
		id, err = query(ctx, s.session, "*IDN?", parseIdentity)
	}
	if err != nil {
		return err
	}
	if !s.model.is(id) {
		return fmt.Errorf("%s: %w: the bench file names %s (%s %s), there is %v: check cabling and address",
			s.session.address, power.ErrIdentity, s.name, s.model.maker, s.model.model, id)
	}
	s.identity = id
	// What an earlier user left in the error queue is no error of ours.
	for _, command := range append([]string{"*CLS"}, s.model.start...) {
		if err := s.session.change(ctx, command); err != nil {
			return err
		}
	}
	return nil
}
