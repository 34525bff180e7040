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
//
// A status is shown as soon as it comes. Texts belong to a revision; as long as some of it are missing, because frames were
// lost or because the dashboard was switched on in the middle, the view has none. What comes from the bus is bounded (32 texts
// of 1 KiB) and not trusted: a number that the file has no word for is shown as "unknown value N".
package dashboard
