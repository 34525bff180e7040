// Package record is the timeline of a run: everything that was done and seen, in order, on one clock.
//
// A run is a file of JSON lines. The first is the [Header] with the wall-clock time at which the run's clock was zero;
// each further one is an [Event] with the time since then. A [Writer] appends each event in one write as it happens,
// so a record that ends in a crash is readable to its last whole line. Several processes may append one after another:
// the guard goes on where a suite was killed. [Read] gives a record back and says whether it was cut short.
//
// The kinds of event are the types that implement [Body]; reports derive every verdict from them alone.
package record
