// Package flash reprograms an ECU over UDS by the non-volatile memory programming process of ISO 14229-1 (clause 15 in
// the edition of 2013).
//
// A [Programmer] runs three steps, driven by the ECU's description alone:
//
//  1. Pre-programming ([Programmer.Prepare]): extended session, programming preconditions, DTC setting off, normal
//     communication off; the sessions are kept alive from here on.
//  2. Programming ([Programmer.Unlock] to [Programmer.Activate]): programming session, security access, fingerprint;
//     per block erase, request download, transfer data, transfer exit; the ECU's check of what it got, the check of
//     dependencies, and activation for a trial boot.
//  3. Post-programming ([Programmer.Reset] to [Programmer.Finish]): reset, wait for the boot, communication and DTC
//     setting on, default session.
//
// [Programmer.Program] runs the first two. Each part is exported, so that a test can stop between any two of them.
// [Programmer.Confirm] makes a trial boot permanent and is never part of a sequence: a health check decides.
//
// Every failure is an [*Error] that says in which [Phase], block and byte it happened; the cause is inside, for
// instance a [*Rejected] when the ECU found the package wrong. After a failure the Programmer switches communication
// and DTC setting on again, if the ECU still answers; [Options.Abandon] leaves that out, as a tester that vanishes
// does.
//
// [Plan] lists the requests without sending any.
package flash
