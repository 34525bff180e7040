// Package backend is the update backend that a bench plays for a vehicle: it speaks what package cloud describes, with
// real TLS and real TUF metadata, and does wrong on demand what a backend or an attacker behind it can do wrong.
//
//	b, err := backend.New(backend.Options{})
//	credentials, err := b.Provision("WOTABENCH00000001")
//	owner, err := b.AddAccount("WOTABENCH00000001", "owner", cloud.MayUpdate)
//	go b.Serve(ctx, listener)
//	err = b.Publish("WOTABENCH00000001", backend.Release{Campaign: campaign, Files: packages})
//	...
//	err = b.Corrupt("bcm.pkg", 4096) // one of the attacks; see Attacks
//	...
//	err = b.Heal()
//
// The metadata has two repositories as Uptane wants it: a director for each vehicle, which says what this vehicle is to
// install, and the image repository, which says what the maker has released. Each has keys of its own. An update master
// must believe only what both say.
//
// Times come from the clock that package time shows, so that a backend also works in virtual time. It listens wherever
// its listener does: on TCP for a vehicle on the bench, in memory for a simulated one.
package backend
