package slcan

import (
	"context"
	"fmt"
	"io"
	"time"

	"go.bug.st/serial"

	"otabench/can"
)

// Options say how an adapter's bus runs.
type Options struct {
	// Bitrate in bit/s is one of those of the protocol: 10k, 20k, 50k, 100k, 125k, 250k, 500k, 800k or 1M.
	Bitrate int
	// DataBitrate is that of the data phase, 2M or 5M, for adapters with the FD extension; 0 for classic frames only.
	DataBitrate int
	// ListenOnly neither sends nor acknowledges anything.
	ListenOnly bool
	// Timeout is how long the adapter may take to answer; 500 ms if 0. After that the bus has ended.
	Timeout time.Duration
}

const defaultTimeout = 500 * time.Millisecond

// baudRate of the serial line. Adapters on USB, which are nearly all, take any.
const baudRate = 115_200

// OpenDevice opens the adapter at a serial device, for instance "/dev/ttyACM0".
func OpenDevice(ctx context.Context, device string, o Options) (*Bus, error) {
	name := "slcan:" + Address{device, o.Bitrate, o.DataBitrate}.String()
	port, err := serial.Open(device, &serial.Mode{BaudRate: baudRate})
	if err != nil {
		return nil, fmt.Errorf("%s: open the adapter: %w", name, err)
	}
	return open(ctx, port, name, o)
}

// Open starts a bus on an adapter at the other end of port, which it takes over. name says where it is, for errors.
// Close of the port has to end reads and writes that are under way.
func Open(ctx context.Context, port io.ReadWriteCloser, name string, o Options) (*Bus, error) {
	return open(ctx, port, "slcan:"+Address{name, o.Bitrate, o.DataBitrate}.String(), o)
}

func open(ctx context.Context, port io.ReadWriteCloser, name string, o Options) (*Bus, error) {
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	b := &Bus{
		name: name, port: port, timeout: o.Timeout, fd: o.DataBitrate > 0, listenOnly: o.ListenOnly,
		orders: make(chan *order), lines: make(chan []byte, 64), out: make(chan []byte, 1), written: make(chan struct{}, 1),
		done: make(chan struct{}),
	}
	b.running.Go(b.read)
	b.running.Go(b.write)
	if err := b.begin(ctx, o); err != nil {
		b.stop(fmt.Errorf("%s: %w", name, can.ErrClosed))
		b.running.Wait()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b.running.Go(b.run)
	return b, nil
}
