package can

import "context"

// Burster is a Bus that takes frames which are sent back to back for less than they cost one by one.
type Burster interface {
	Bus
	// SendBurst sends the first of the frames as Send does, and with it as many of the next ones as the bus takes without
	// a wait. It returns how many it took: at least one, or none and an error. There must be at least one frame.
	SendBurst(ctx context.Context, frames []Frame) (int, error)
}

// SendBurst sends the first of the frames, and more of them if the bus is a [Burster]. It returns how many it took: at
// least one, or none and an error. There must be at least one frame.
func SendBurst(ctx context.Context, bus Bus, frames []Frame) (int, error) {
	if b, ok := bus.(Burster); ok {
		return b.SendBurst(ctx, frames)
	}
	if err := bus.Send(ctx, frames[0]); err != nil {
		return 0, err
	}
	return 1, nil
}
