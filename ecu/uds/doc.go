// Package uds is a diagnostic client (ISO 14229-1:2020) on an ISO-TP connection.
//
// [Client.Do] sends any request and returns its final response: it waits for P2, goes on for P2* as long as the server
// answers "response pending" (NRC 0x78), repeats a request that found the server busy (0x21), and turns every other
// negative response into a [NegativeResponse]. Each service of the reprogramming sequence has a method with typed
// parameters; its response is checked before anything of it is returned.
//
//	client := uds.New(conn, uds.Options{Name: "bcm"})
//	_, err := client.DiagnosticSessionControl(ctx, 0x02)
//	if errors.Is(err, uds.ConditionsNotCorrect) {
//		// the server refuses for now
//	}
//
// [Client.KeepAlive] holds a session with tester present while requests go on. [Functional] addresses all servers.
package uds
