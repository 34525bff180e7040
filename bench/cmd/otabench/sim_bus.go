package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"

	"github.com/spf13/cobra"

	"otabench/can"
	"otabench/can/socketcand"
	"otabench/can/virtual"
)

// busOptions are the flags of sim bus.
type busOptions struct {
	listen, name           string
	bitrate, dataBitrate   int
	allowRemote, longFrame bool
}

func (a *app) simBus() *cobra.Command {
	var o busOptions
	c := &cobra.Command{
		Use:   "bus",
		Short: "Offer a virtual CAN bus on a TCP address until interrupted",
		Long: `Offer a virtual CAN bus on a TCP address until interrupted, by the protocol of the socketcand daemon: otabench,
python-can (interface "socketcand"), SavvyCAN and others join it without any CAN of the kernel. The first line of output
is the bus's address in the form of a bench file; each further line is a client that joined or left. With --json, each
line is a JSON object.

As on a wire, a frame is sent once another participant acknowledges it: the frames of a client that is alone wait.
The protocol knows no password, so without --allow-remote only this host can be listened on.`,
		Example: `  otabench sim bus
  otabench sim bus --listen 127.0.0.1:0 --name body --bitrate 500000 --data-bitrate 2000000`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.runBus(c.Context(), o) },
	}
	f := c.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:"+socketcand.Port, "TCP address; port 0 takes a free one")
	f.StringVar(&o.name, "name", "can0", "name by which clients open the bus")
	f.IntVar(&o.bitrate, "bitrate", 0, "bit/s; frames take no time if left out")
	f.IntVar(&o.dataBitrate, "data-bitrate", 0, "bit/s in the data phase of FD frames; --bitrate if left out")
	f.BoolVar(&o.allowRemote, "allow-remote", false, "allow addresses that other hosts can reach")
	f.BoolVar(&o.longFrame, "long-frames", false,
		"show FD frames to clients that know only classic ones as long classic frames, for SavvyCAN")
	return c
}

func (o busOptions) check() error {
	const slowest, fastest = 1000, 20_000_000
	if err := socketcand.CheckName(o.name); err != nil {
		return usage("--name: %w", err)
	}
	for _, rate := range []struct {
		flag string
		rate int
	}{{"--bitrate", o.bitrate}, {"--data-bitrate", o.dataBitrate}} {
		if rate.rate != 0 && (rate.rate < slowest || rate.rate > fastest) {
			return usage("%s %d: want %d to %d bit/s", rate.flag, rate.rate, slowest, fastest)
		}
	}
	if o.dataBitrate != 0 && o.bitrate == 0 {
		return usage("--data-bitrate needs --bitrate")
	}
	host, err := net.ResolveTCPAddr("tcp", o.listen)
	if err != nil {
		return usage("--listen %q: %w; want HOST:PORT", o.listen, err)
	}
	if !o.allowRemote && !host.IP.IsLoopback() {
		return usage("--listen %s: other hosts could send on the bus; want a loopback address or --allow-remote", o.listen)
	}
	return nil
}

func (a *app) runBus(ctx context.Context, o busOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fault("%w", err)
	}
	wire := virtual.NewBus(o.name, virtual.Options{Bitrate: o.bitrate, DataBitrate: o.dataBitrate})
	defer wire.Close()
	attach := func(name string) (can.Bus, error) {
		if name != o.name {
			return nil, fmt.Errorf("there is only %s", o.name)
		}
		return wire.Attach(name), nil
	}
	address := fmt.Sprintf("socketcand://%s/%s", l.Addr(), o.name)
	a.line(address, struct {
		Address string `json:"address"`
	}{address})
	return socketcand.Serve(ctx, l, attach, socketcand.ServeOptions{LongFrames: o.longFrame, Events: a.busEvent})
}

// busEvent prints a client that joined or left.
func (a *app) busEvent(e socketcand.Event) {
	row := struct {
		Client  string `json:"client"`
		Joined  bool   `json:"joined"`
		Clients int    `json:"clients"`
		Error   string `json:"error,omitempty"`
	}{Client: e.Client, Joined: e.Joined, Clients: e.Clients}
	if e.Err != nil {
		row.Error = e.Err.Error()
	}
	a.line(e.String(), row)
}

// line prints a text, or v as one line of JSON with --json.
func (a *app) line(text string, v any) {
	if !a.json {
		fmt.Fprintln(a.out, text)
		return
	}
	_ = json.NewEncoder(a.out).Encode(v) // as with Fprintln, nobody may be listening
}
