// Package diff says what changed from one run to another, in an engineer's words: what was tested, with what, what it
// came to, and which of that got worse.
//
//	d := diff.Compare(before, after)
//	if d.Worse() {
//		_ = diff.Terminal(os.Stdout, d)
//	}
package diff
