package scpi

import (
	"context"
	"errors"
	"fmt"
	"io"
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
	// Shared is for a link to an instrument that other clients may be talking to at the same time, over links with which this
	// one cannot take turns. Questions that they make the instrument lose are asked again within Timeout.
	Shared bool
	// Description is for the model Generic.
	Description *Description
}

// Auto is the model of a supply that is taken for whatever it says it is. See [Open].
const Auto = "auto"

// Open makes a supply of the link to it and takes the link over: Close closes it, and so does a failed Open. address is
// for messages. The outputs stay as they are.
//
// With the model [Auto], *IDN? selects the driver among the models that keep to IEEE 488.2 on the wire, and String says
// which it was. An instrument that answers none of their names is refused.
//
// It fails with ErrModel or ErrDescription, with power.ErrIdentity if another instrument answers, with power.ErrLink or
// power.ErrReply.
func Open(ctx context.Context, modelName string, rw io.ReadWriteCloser, address string, opts Options) (power.Supply, error) {
	m, err := find(modelName, opts)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", address, err), rw.Close())
	}
	s := &supply{name: modelName, model: m, session: newSession(rw, address, m.wire, opts.orDefault(m))}
	if err := s.greet(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open supply %s: %w", modelName, err), s.Close())
	}
	if s.model.watchdog {
		return &watchedSupply{s}, nil
	}
	return s, nil
}

// find returns the model of that name.
func find(name string, opts Options) (model, error) {
	switch {
	case name == Auto:
		return model{wire: scpiWire()}, nil
	case name != Generic:
		return models()[name], CheckModel(name)
	case opts.Description == nil:
		return model{}, fmt.Errorf("%w: a supply of the model %s needs one", ErrDescription, Generic)
	}
	return opts.Description.model()
}

func (o Options) orDefault(m model) Options {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Pace <= 0 {
		o.Pace = m.pace
	}
	return o
}

// greet finds out who is there and makes it ready for commands.
func (s *supply) greet(ctx context.Context) error {
	id, err := s.identify(ctx)
	if errors.Is(err, power.ErrReply) {
		// Perhaps the tail of what an earlier user had asked. The session finds its way back before it asks again.
		id, err = s.identify(ctx)
	}
	if err != nil {
		return err
	}
	if s.name == Auto {
		if err := s.choose(id); err != nil {
			return err
		}
	}
	if !s.model.recognises(s.session.identity, id) {
		return fmt.Errorf("%s: %w: the bench file names %s (%v), there is %v: check cabling and address",
			s.session.address, power.ErrIdentity, s.name, s.model, id)
	}
	s.identity, s.ratings = id, s.model.ratings
	return s.prepare(ctx)
}

// identify asks who is there. The session finds its way back by the answer later.
func (s *supply) identify(ctx context.Context) (power.Identity, error) {
	return query(ctx, s.session, "*IDN?", func(reply string) (power.Identity, error) {
		parse := s.model.identity
		if parse == nil {
			parse = parseIdentity
		}
		id, err := parse(reply)
		if err == nil {
			s.session.identity = reply
		}
		return id, err
	})
}

// prepare makes the instrument ready for commands and finds out its ratings.
func (s *supply) prepare(ctx context.Context) error {
	if err := s.session.forget(ctx); err != nil {
		return err
	}
	for _, command := range s.model.start {
		if err := s.session.change(ctx, command); err != nil {
			return err
		}
	}
	if s.model.discover == nil {
		return nil
	}
	var err error
	s.ratings, err = s.model.discover(ctx, s)
	return err
}
