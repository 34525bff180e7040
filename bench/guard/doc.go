// Package guard watches over a suite from outside its process.
//
// The suite runs in a child process. The guard starts it, passes its events on, and waits for its end, whatever kind
// of end that is. If the record does not say that the suite itself left every output off, the guard opens its own links
// to the supplies and switches and makes them safe, and goes on with the record where the suite's stopped. The child
// for its part holds one end of a pipe to the guard: when the guard dies, the pipe closes, and the child makes the
// bench safe and ends; see [Alive].
package guard
