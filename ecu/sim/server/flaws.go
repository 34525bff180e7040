package server

// Flaws are what a server does wrong inside, to show that a tester notices. The zero value does everything right. What
// can be done wrong with the other fields of a Config, or with messages on their way, is not here.
type Flaws struct {
	// KeepsSecurity leaves a level unlocked when a session is entered.
	KeepsSecurity bool
	// KeepsTransfer leaves a transfer under way when a session is entered.
	KeepsTransfer bool
	// KeepsSeed takes another key for a seed after an invalid one.
	KeepsSeed bool
	// AnyBlock takes the next block whatever its blockSequenceCounter is.
	AnyBlock bool
	// WritesTwice takes a block that is repeated for a new one.
	WritesTwice bool
	// EndsShort takes RequestTransferExit before all bytes have come.
	EndsShort bool
	// Overruns takes more bytes than memorySize.
	Overruns bool
}
