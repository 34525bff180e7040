// Package campaign updates several ECUs that belong together: all of them, or none.
//
// [Run] goes through the ECUs in the order of their dependencies. It asks all of them whether they can be programmed
// before it changes the first, programs each up to its activation, restarts each into its new software, has the whole
// looked at, and only then makes anything permanent. What fails before the first confirmation takes all ECUs back to
// what they ran before, and the result says of each what runs in it at the end.
//
// An ECU with a trial boot goes back by its own routine. One without needs its previous package, which is then programmed
// again; Run refuses to begin where neither is there.
package campaign
