package bench

import (
	"context"
	"errors"

	"otabench/ecu"
)

// interruptions is how often an ECU is asked again: it may be booting, or the master may be talking to it at the same
// moment, and two testers get in each other's way.
const interruptions = 5

// Software asks the ECUs behind the master what they are. Those that answer are there also beside an error, which is that of
// the others.
func (v *Vehicle) Software(ctx context.Context) (map[string]ecu.Identity, error) {
	defer v.Ask()()
	all := map[string]ecu.Identity{}
	var errs []error
	for _, role := range v.config.Behind {
		id, err := v.bench.ECU(role).persist(ctx)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all[role] = id
	}
	return all, errors.Join(errs...)
}

// persist asks an ECU what it is, and again if it does not answer.
func (e *ECU) persist(ctx context.Context) (id ecu.Identity, err error) {
	if id, err = e.Identify(ctx); err == nil {
		return id, nil
	}
	for range interruptions {
		if id, err = e.WhoAmI(ctx); err == nil {
			break
		}
	}
	return id, err
}
