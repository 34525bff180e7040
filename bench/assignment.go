package bench

import (
	"otabench/bench/record"
)

// recordAssignment notes what the bench file states for reports, if it states anything.
func (b *Bench) recordAssignment() {
	r := b.file.Report
	if r == nil {
		return
	}
	b.opts.Record.Add(record.Assignment{
		Customer: r.Customer, Contact: r.Contact, Order: r.Order,
		Address: r.Address, Accreditation: r.Accreditation,
		Method: r.Method, Exceptions: r.Exceptions, Sampling: r.Sampling,
		Condition: r.Condition, Received: string(r.Received), External: r.External,
		Environment:  record.Environment(r.Environment),
		AuthorisedBy: record.Person(r.AuthorisedBy),
	})
}
