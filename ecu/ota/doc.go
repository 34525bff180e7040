// Package ota is a vehicle's update master as its user and a tester see it: what it shows on the dashboard and in the
// app, and what a user can do there.
//
// The update master is the part of the vehicle (a telematics unit, a central computer) that talks to the maker's backend,
// downloads and verifies updates, asks the user, and programs the ECUs behind it. A [Display] is one place where it shows a
// [View] and takes an [Action]; packages dashboard, app and terminal have them.
//
//	d, err := dashboard.Open(bus, dashboard.Vehicle(), dashboard.Signals{}, map[string]int{"owner": 1})
//	...
//	view, err := ota.Await(ctx, d, "the offer", func(v ota.View) bool { return v.Can(ota.Download) })
//	err = d.Act(ctx, ota.Action{Do: ota.Download, User: "owner"})
package ota
