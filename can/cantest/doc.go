// Package cantest checks that an implementation of [otabench/can.Bus] keeps the interface's promises.
//
//	func TestContract(t *testing.T) {
//		cantest.TestBus(t, func(t *testing.T) (a, b can.Bus) {
//			wire := virtual.NewBus("wire", virtual.Options{})
//			t.Cleanup(func() { wire.Close() })
//			return wire.Attach("a"), wire.Attach("b")
//		})
//	}
package cantest
