// Package ecu is the unit under test as a tester sees it: what it says of itself, and how its software is replaced.
//
// A [Unit] is opened on a bus with a description of its kind of ECU. [Unit.Identify] reads who it is and what runs in
// it; two identities are compared with ==. [Unit.Update] installs a package and makes it permanent; [Unit.Install]
// stops before the confirmation, so that a test can look at the trial boot, and [Unit.Programmer] gives access to each
// phase.
//
// Errors keep their cause: [ErrSilent] when the ECU did not answer, *uds.NegativeResponse when it refused a request,
// *flash.Rejected when it refused the software, [*WrongVersion] when other software runs than was installed.
package ecu
