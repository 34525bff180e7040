package bench

import (
	"context"
	"sync"

	"otabench/bench/backend"
	"otabench/bench/record"
	"otabench/ecu/ota/cloud"
)

// Impostor puts another server into the backend's place until it is removed: one that speaks the same language and has the
// same name, with certificates and keys of its own. To it, every user may decide on updates. Connections that stand are
// those of before; see [otabench/bench/link.Link.Roam].
func (v *Vehicle) Impostor() (remove func(), err error) {
	fake, err := backend.New(backend.Options{AnyVehicle: true})
	if err != nil {
		return nil, err
	}
	if _, err := fake.Provision(v.config.VIN); err != nil {
		return nil, err
	}
	for name := range v.config.Users {
		if _, err := fake.AddAccount(v.config.VIN, name, cloud.MayUpdate); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	before := v.upstream.Swap(v.serve(ctx, &serving, fake))
	v.bench.opts.Record.Add(record.Backend{Event: "impostor", Text: "another server stands in the backend's place"})
	return func() {
		v.upstream.Store(before)
		cancel()
		serving.Wait()
		v.bench.opts.Record.Add(record.Backend{Event: "impostor", Text: "the backend is back"})
	}, nil
}
