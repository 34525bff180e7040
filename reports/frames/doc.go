// Package frames indexes a trace in pcapng, so that the frames of any moment are found without reading all of it.
//
// One pass over the file looks at the headers of its blocks: it notes where a stretch of the file begins, which times lie in
// it and what its digest is, counts the frames of each spec, and keeps those around the moment that matters.
//
//	index, extracts, err := frames.Scan(f, size, []frames.Span{{From: begin, At: cut, To: end, Frames: 100}})
//
// The trace may come from anybody: memory is bounded, and damage ends the index and is said in it.
package frames
