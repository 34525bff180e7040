// Package rederive derives again what the record of a run says, from the raw files beside it, so that a stranger need not
// believe the record: each diagnostic exchange from the frames of the trace, each sample of a rail from the readings in its
// CSV file, each line of a console from its log, each outcome from Ginkgo's own report, and each measurement that has a
// basis from the evidence that it names.
//
//	root, err := os.OpenRoot("runs/last")
//	...
//	run, err := reports.Load("runs/last")
//	...
//	result, err := rederive.Check(root, run)
//	for _, f := range result.Findings {
//		fmt.Println(f)
//	}
//
// A digest shows that a file was altered after it was signed; this shows that somebody altered one file and signed again.
// Whoever alters all files so that they agree is not found here. The folder is untrusted: it is read through its root, in
// one pass, with bounded memory.
//
// # What is compared
//
// Exchanges: each request with its bytes, its length and its moments, each attempt of it, each response by which the ECU
// asked for more time, the final response or that there was none; and the reverse, each message of the bench's own tester
// in the trace of which no exchange tells. The keys of SecurityAccess are not in the record.
//
// Rails: each sample is a reading, and between samples no reading is away from the curve by [record.CurveStep] or more.
//
// What nothing but the record tells is not compared: what was set, notices and actions of a vehicle's user, the backend,
// the link. Frames that belong to no exchange, such as those of the vehicle's update master, are compared as far as a
// trigger names them.
package rederive
