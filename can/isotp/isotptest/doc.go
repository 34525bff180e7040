// Package isotptest checks that an implementation of [otabench/can/isotp.Conn] keeps the interface's promises.
//
//	func TestContract(t *testing.T) {
//		isotptest.TestConn(t, isotptest.Limits{}, func(t *testing.T, a, b isotp.Config) (isotp.Conn, isotp.Conn) {
//			return open(t, a), open(t, b)
//		})
//	}
package isotptest
