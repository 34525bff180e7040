// Package claims is what a signed statement says of a run, and names in an engineer's words what differs from what the
// record says now.
//
// Its types are those of the statement on paper, and apart from those of the record, so that a statement that was signed
// years ago is still read when records have changed. Each value is there once: a limit or a verdict that was altered
// shows by its name, with both values.
//
//	stated := claims.Of(run) // when the run is sealed
//	differences := claims.Compare(stated, claims.Of(again))
package claims
