package bench

import (
	"context"
	"errors"

	"otabench/power"
)

// channel is the rail's channel. Whoever switches it off opens the switch first: the contact opens at once, and an
// instrument that does not answer takes seconds to give up.
func (r *Rail) channel() power.Channel {
	raw := r.bench.power.Channels[r.role]
	if r.contact == nil {
		return raw
	}
	return switched{raw, r.contact}
}

type switched struct {
	power.Channel
	contact *contact
}

// Unwrap implements [power.Wrapper].
func (s switched) Unwrap() power.Channel { return s.Channel }

func (s switched) Enable(ctx context.Context, on bool) error {
	if on {
		return s.Channel.Enable(ctx, true)
	}
	return errors.Join(s.contact.toRest(), s.Channel.Enable(ctx, false))
}
