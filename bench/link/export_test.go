package link

// For tests outside of the package.
var (
	SelfSigned = selfSigned
	Pair       = pair
)
