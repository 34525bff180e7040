// Package mutation says what a suite is worth: which faulty ECUs it tells from a good one, by which specs.
//
// A mutant is killed by a spec that failed on it and not on the good ECU. Nothing else kills: a spec that was void, skipped
// or aborted has shown nothing.
package mutation
