// Package equipment opens what feeds the units of a bench, and makes it safe again.
//
// [Open] turns the supplies, switches and sensors of a bench file into drivers and energises nothing. [Power.MakeSafe]
// opens every switch, switches every output off, and asks both the instrument and, where there is one, the independent
// sensor whether it is so. The suite uses it on every way out, and the guard uses it over its own links when the suite
// could not.
package equipment
