package trigger

// Custom is a condition of the caller's own. match is called at each arming and returns what is told each observation
// in order, on the receive path, and says when the moment has come.
func Custom(text string, match func() func(Observation) bool) Condition {
	return Condition{text: text, kinds: ^kinds(0), match: func(alarm) matcher { return match() }}
}
