// Package dashboard is the dashboard of a vehicle as far as the update master uses it: CAN signals that say what is shown,
// and the message by which a user's touch comes back.
//
// A DBC file names the messages and their layout. The one of the embedded vehicle is included ([DBC]); for another
// vehicle, a bench file names its own file and says by [Signals] what is where. What a vehicle does not send on the bus
// stays empty in the view.
//
//	d, err := dashboard.Open(bus, db, dashboard.Signals{}, map[string]int{"owner": 1})
//	view, err := ota.Await(ctx, d, "the offer", func(v ota.View) bool { return v.State == ota.Offered })
//	err = d.Act(ctx, ota.Action{Do: ota.Download, User: "owner"})
package dashboard
