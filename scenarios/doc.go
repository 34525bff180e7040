// Package scenarios is the suite: Ginkgo specs as product code, each a test procedure with the requirements it is for.
//
// Specs are registered when the package is imported; [Run] runs them on a bench. A spec finds the bench in [Bench],
// which is set before the first spec and closed after the last. Each spec starts from the same state, which
// [prepare] makes: the unit powered at its nominal voltage, the battery charged, the current software confirmed.
// Each spec that disturbs an update ends with the proof that the unit can still be reflashed whole. A voltage counts as
// it was measured at the unit's terminals: one that did not get there makes the spec void.
package scenarios
