// Package terminal is the service console of an update master, for vehicles whose dashboard is not on the bench: the
// master prints a line for each view, and takes lines for what a user does.
//
//	ota: {"state":"offered","offer":{"version":"1.1.0",...},"choices":["download","later"]}
//	> ota download owner
//
// Prefix and command are the bench file's to choose; the view is always the JSON of an [ota.View].
//
//	d := terminal.Open(console, terminal.Config{})
//	err := d.Printed(line) // for each line of the console
//	view, err := ota.Await(ctx, d, "the offer", func(v ota.View) bool { return v.State == ota.Offered })
//	err = d.Act(ctx, ota.Action{Do: ota.Download, User: "owner"})
package terminal
