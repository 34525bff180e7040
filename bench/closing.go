package bench

import (
	"errors"
	"sync"

	"otabench/power"
)

// errClosed is what fails on a bench that is being made safe.
var errClosed = errors.New("the bench is being closed, and nothing is energised any more")

// errOff is what On fails with when Off came after it.
var errOff = errors.New("it was switched off meanwhile")

// retire sees to it that nothing that still runs moves a switch or energises an output behind MakeSafe. All switches
// move before any supply is waited for.
func (b *Bench) retire() {
	var contacts, outputs sync.WaitGroup
	for _, s := range b.switches {
		contacts.Go(s.retire)
	}
	for _, r := range b.rails {
		r.interruptPlay()
		r.interruptDip()
		if r.contact != nil {
			contacts.Go(r.contact.retire)
		}
	}
	contacts.Wait()
	for _, r := range b.rails {
		outputs.Go(r.retire)
	}
	outputs.Wait()
	b.disturbances.end(true)
}

// retire waits until nothing can energise the output any more, and a profile that was played has ended. The output itself
// is left to MakeSafe.
func (r *Rail) retire() {
	r.mu.Lock()
	r.closed = true
	out := r.output
	r.mu.Unlock()
	if out != nil {
		out.Retire()
	}
	r.endPlay()
}

// adopt takes an output whose limits are set.
func (r *Rail) adopt(out *power.Output) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.output = out
	if r.closed {
		out.Retire()
	}
}

// explain says why a command failed if that is because the bench is being closed.
func (r *Rail) explain(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil && r.closed {
		return errors.Join(errClosed, err)
	}
	return err
}
