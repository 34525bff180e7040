// Package bench is one bench: what a bench file describes, opened and ready for specs.
//
// [Open] opens buses, supplies, switches, sensors and units by role, verifies who they are, and energises nothing.
// [Bench.ECU], [Bench.Rail] and [Bench.Switch] hand them out by role name, [Bench.Arm] binds an action to an exact moment
// of a protocol, and [Bench.Close] leaves every output off and every switch at rest. Everything that happens goes into the
// record.
//
//	b, err := bench.Open(ctx, file, bench.Options{Record: rec})
//	if err != nil {
//		return err
//	}
//	defer b.Close(ctx, "done")
//	cut := b.Arm(b.ECU("bcm").TransferData(17).Sent(), b.Rail("kl30").Cut(2*time.Second))
//
// Where a bench file has virtual: addresses, the embedded bench (bench/embedded) stands behind them. Nothing above the
// dialling of an address knows the difference.
package bench
