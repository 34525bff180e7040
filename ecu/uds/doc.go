// Package uds is a diagnostic client (ISO 14229-1:2020) on an ISO-TP connection.
//
// [Client.Do] sends any request and returns its final response: it waits for P2, goes on for P2* as long as the server
// answers "response pending" (NRC 0x78), repeats a request that found the server busy (0x21), and turns every other
// negative response into a [NegativeResponse]. Each service has methods with typed parameters; a response is checked to
// its last byte before anything of it is returned.
//
//	client := uds.New(conn, uds.Options{Name: "bcm"})
//	_, err := client.DiagnosticSessionControl(ctx, 0x02)
//	if errors.Is(err, uds.ConditionsNotCorrect) {
//		// the server refuses for now
//	}
//
// [Client.Suppressed] asks without wanting positive responses. [Client.KeepAlive] holds a session with tester present
// while requests go on. [Client.Listen] hears what answers no request: responses on an event, and periodic data.
// [Functional] addresses all servers, and gathers their answers. Each request ends as an [Exchange] with its times.
//
// A client may be used from several goroutines, and several clients on one bus: each sees the identifiers of its own
// connection only. Those who ask from the same identifiers share one client, or they would hear each other's answers.
//
// AccessTimingParameter (0x83), mirror memory (0x19 with 0x0F to 0x13) and onTimerInterrupt (0x86 with 0x02) belong to
// editions before 2020. The first and the last of them have methods for servers of that time.
//
// Package auth proves a tester with certificates.
package uds
