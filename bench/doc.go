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
// Moments to arm are an ECU's requests and responses, its ISO-TP frames and console lines ([ECU.Block], [ECU.Refusal],
// [ECU.FrameTo], ...), a rail's voltage ([Rail.Falling]) and what package trigger makes of these. Actions are [Rail.Cut],
// [Rail.Dip], a [Performance], [Switch.Pulse] for an interrupted or shorted bus and for a reset line, [Bench.BusOff],
// [Bench.Lose] and [ECU.Silence]. An action that fails, or one of these that had no effect, is a fault of the bench: the
// spec is void. This cuts the supply in a block, and lets it dip when the ECU boots again:
//
//	cut := b.Arm(b.ECU("bcm").FrameTo(isotp.ConsecutiveFrame).Of(0x36, 17).Index(5).Seen(), b.Rail("kl30").Cut(2*time.Second))
//	cut.Then(b.Rail("kl30").Rising(9*physic.Volt).After(20*time.Millisecond), b.Rail("kl30").Dip(6*physic.Volt, time.Second))
//
// Where a bench file has virtual: addresses, the embedded bench (bench/embedded) stands behind them. Nothing above the
// dialling of an address knows the difference.
package bench
