// Package conformance holds the diagnostic server of an ECU to ISO 14229-1:2020 and ISO 14229-2:2021, one rule at a
// time.
//
//	probe := conformance.NewProbe(unit, bus)
//	defer probe.Close()
//	for _, check := range conformance.Checks() {
//		finding, err := check.Run(ctx, probe)
//		if err != nil {
//			return err // no verdict: the bus is gone, or the ECU does not answer any more
//		}
//		fmt.Println(finding)
//	}
//
// A [Check] asks only for what the ECU's description or the ECU itself says that it has. A check that finds nothing to
// ask for is not applicable, with the reason, and never passed. What the ECU says is heard on the bus, beside the
// client that asks: its times are those of the frames, and what a client would overlook is seen.
//
// Some rules need a request that takes longer than P2. A description names a routine [SelfTest] for them, which may be
// started at any time; otherwise the check of preconditions for programming is tried.
//
// # Gentle
//
// No check erases, writes, clears or transfers anything, not even on an ECU that breaks the rule: where a right server
// refuses, a wrong one would write the value that is there, clear a group of trouble codes that does not exist, or
// restart. All begin and end in the default session. [Check.Cost] says which checks take long, restart the ECU or lock
// it for a while. A check that lets wrong keys count unlocks the ECU in the end.
//
// # Order of negative responses
//
// Several codes may apply to one request. In figure 5 of the edition of 2020 (8.7.2) the service is looked at first:
// serviceNotSupported (0x11), authenticationRequired (0x34), serviceNotSupportedInActiveSession (0x7F), and where the
// server has them securityAccessDenied (0x33) and those of secured transmission (0x38, 0x39). Then comes figure 6
// (8.7.3.1) for services with a sub-function, RoutineControl excepted: at least two bytes (0x13),
// subFunctionNotSupported (0x12), authenticationRequired (0x34), subFunctionNotSupportedInActiveSession (0x7E),
// securityAccessDenied (0x33), requestSequenceError (0x24). The whole length (0x13) and the parameters (0x31) belong to
// each service's own figure.
//
// The edition of 2013 has no authentication and is the same otherwise; that of 2006 fixes no order. Where a check
// accepts more than one code, because the standard makes one of them optional or leaves the order to the maker, its
// wish says so.
package conformance
