// Package conditions says under what a verdict was given: the firmware of the units, the bench file, the program with
// the suite, and the clock. Two verdicts can be set against each other only as far as these are known.
//
//	for _, c := range conditions.Changes(conditions.Of(before), conditions.Of(after)) {
//		fmt.Println(c) // firmware of bcm: 1.4.0 → 1.5.0
//	}
package conditions
