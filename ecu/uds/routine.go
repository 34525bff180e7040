package uds

import "context"

// Actions of RoutineControl (14.2).
const (
	routineStart   byte = 0x01
	routineStop    byte = 0x02
	routineResults byte = 0x03
)

// RoutineStart starts a routine (14.2) and returns its status record, which may be empty.
func (c *Client) RoutineStart(ctx context.Context, id uint16, options ...byte) ([]byte, error) {
	return c.routine(ctx, routineStart, id, options)
}

// RoutineStop stops a routine (14.2).
func (c *Client) RoutineStop(ctx context.Context, id uint16, options ...byte) ([]byte, error) {
	return c.routine(ctx, routineStop, id, options)
}

// RoutineResults asks for the results of a routine (14.2).
func (c *Client) RoutineResults(ctx context.Context, id uint16) ([]byte, error) {
	return c.routine(ctx, routineResults, id, nil)
}

func (c *Client) routine(ctx context.Context, kind byte, id uint16, options []byte) ([]byte, error) {
	echo := join([]byte{kind}, word(id))
	return c.request(ctx, join([]byte{SIDRoutineControl}, echo, options), echo, 0)
}
