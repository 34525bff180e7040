package power

// Wrapper is a Channel that does something of its own around another one. What the other one can do beyond being a
// Channel (see [Sequencer], [Guarded] and [Floored]) is still found.
type Wrapper interface {
	Unwrap() Channel
}

// as finds what a channel, or the one that it wraps, can do beyond being a Channel.
func as[T any](ch Channel) (T, bool) {
	for {
		if can, ok := ch.(T); ok {
			return can, true
		}
		w, ok := ch.(Wrapper)
		if !ok {
			var none T
			return none, false
		}
		ch = w.Unwrap()
	}
}
