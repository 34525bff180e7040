package flash

import (
	"context"
	"fmt"

	"otabench/ecu/description"
	"otabench/ecu/firmware"
	"otabench/ecu/uds"
)

// Request is one line of a plan.
type Request struct {
	Phase Phase
	Block string // name in the description; empty where the request is not about a block
	// Data is the request as sent, up to what is not known beforehand or too long to be shown.
	Data []byte
	// More is the number of bytes that follow Data, -1 if that depends on the ECU.
	More int
	// Functional requests go to all ECUs on the bus.
	Functional bool
	Text       string // what it is
}

func (r Request) String() string {
	where := r.Phase.String()
	if r.Block != "" {
		where += " " + r.Block
	}
	bytes := fmt.Sprintf("% X", r.Data)
	switch {
	case r.More > 0:
		bytes += fmt.Sprintf(" + %d bytes", r.More)
	case r.More < 0:
		bytes += " ..."
	}
	if r.Functional {
		bytes += " (functional)"
	}
	return fmt.Sprintf("%-22s %-44s %s", where, bytes, r.Text)
}

// Plan lists the requests of a whole update in their order, without sending any: it runs a Programmer on a connection
// that leads nowhere and accepts everything. It takes it that the ECU accepts transfer blocks as long as the description
// allows; an ECU that answers a shorter maxNumberOfBlockLength gets more of them. Tester present is not listed, and what
// is repeated while waiting stands there once. checksum computes the checksums that records have, as security.Checksum does.
func Plan(ctx context.Context, d description.ECU, pkg *firmware.Package, checksum Checksum) ([]Request, error) {
	r := newRehearsal(d.WithDefaults(), checksum)
	client := uds.New(r, uds.Options{Name: d.Programming.System})
	defer client.Close()
	p := New(client, r.desc, r, Options{Functional: uds.NewFunctional(functionalRehearsal{r}, nil), Progress: r.progress, Repeat: -1})
	defer p.Close()
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return p.Program(ctx, pkg) },
		p.Reset, p.AwaitBoot, p.Finish, p.Confirm,
	} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("plan: %w", err)
		}
	}
	return r.requests, nil
}
