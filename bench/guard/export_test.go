package guard

import "time"

// WithGrace returns options under which a suite has another time to clean up.
func (o Options) WithGrace(d time.Duration) Options {
	o.grace = d
	return o
}
