package uds

import (
	"context"
	"time"

	"otabench/can"
)

// PeriodicRate is how often a server sends periodic data; the times are the maker's (annex C).
type PeriodicRate byte

// Rates of periodic data.
const (
	SlowRate    PeriodicRate = 0x01
	MediumRate  PeriodicRate = 0x02
	FastRate    PeriodicRate = 0x03
	stopSending byte         = 0x04
)

// PeriodicData is what a periodic message carries.
type PeriodicData struct {
	ID   byte // the low byte of the identifier F2xx
	Data []byte
	Time time.Time
}

// StartPeriodic has the server send the data of identifiers F2xx from now on, of which ids are the low bytes (11.5).
// They come where Periodic or Listen hears them.
func (c *Client) StartPeriodic(ctx context.Context, rate PeriodicRate, ids ...byte) error {
	if len(ids) == 0 || rate < SlowRate || rate > FastRate {
		return c.invalid(SIDReadDataByPeriodicIdentifier, "%d identifiers at rate %02X; want 1 or more at 01 to 03",
			len(ids), byte(rate))
	}
	return c.periodic(ctx, byte(rate), ids)
}

// StopPeriodic has the server send the data of these identifiers no more, or none at all if ids is empty (11.5).
func (c *Client) StopPeriodic(ctx context.Context, ids ...byte) error {
	return c.periodic(ctx, stopSending, ids)
}

// periodic expects the initial response, which has no parameters: longer ones are data on this connection.
func (c *Client) periodic(ctx context.Context, mode byte, ids []byte) error {
	_, err := c.exchange(ctx, query{request: join([]byte{SIDReadDataByPeriodicIdentifier, mode}, ids), bare: true})
	return err
}

// Periodic hears periodic data that a server sends in single frames without a transport protocol (UUDT, response message
// type 2), on an identifier of their own: the identifier's low byte, then the data with the frame's padding. handle is
// called on the receive path of the bus; it must not block or send, and the data are valid until it returns.
func Periodic(bus can.Bus, id uint32, extended bool, handle func(PeriodicData)) (cancel func()) {
	filter := can.Exactly(id, extended)
	return bus.Tap(func(r can.Received) {
		if r.Own || r.Is(can.Remote) || !filter.Match(r.Frame) {
			return
		}
		if p, ok := ParsePeriodic(r.Payload(), r.Time); ok {
			handle(p)
		}
	})
}

// ParsePeriodic reads periodic data from a frame, or from a message of a transport protocol (USDT, response message type
// 1) as Listen hears it. Some servers put the response's service identifier 0x6A before it, which is to be cut off.
func ParsePeriodic(message []byte, at time.Time) (PeriodicData, bool) {
	if len(message) < 2 {
		return PeriodicData{}, false
	}
	return PeriodicData{ID: message[0], Data: message[1:], Time: at}, true
}
