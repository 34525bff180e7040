// Package ota is a vehicle's update master as its user and a tester see it: what it shows on the dashboard and in the
// app, and what a user can do there.
//
// The update master is the part of the vehicle (a telematics unit, a central computer) that talks to the maker's backend,
// downloads and verifies updates, asks the user, and programs the ECUs behind it.
//
//	master, err := ota.Open(...)
//	view, err := master.Await(ctx, func(v ota.View) bool { return v.State == ota.Offered })
//	err = master.Act(ctx, ota.Action{Do: ota.Download, User: "owner"})
package ota
