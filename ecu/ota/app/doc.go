// Package app is the app of a vehicle's user: what the maker's backend tells it of the update, and the taps that go back
// through the backend, as HTTP and JSON. See [otabench/ecu/ota/cloud] for the interface.
//
//	d := app.Open(client, "https://updates.example", "VIN", "owner", token)
//	defer d.Close()
//	view, err := ota.Await(ctx, d, "the offer", func(v ota.View) bool { return v.State == ota.Offered })
//	err = d.Act(ctx, ota.Action{Do: ota.Download, User: "owner"})
//
// What the backend answers is bounded and not trusted.
package app
