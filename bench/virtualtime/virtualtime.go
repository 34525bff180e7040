// Package virtualtime runs a program in a bubble of testing/synctest: its clock jumps ahead whenever every goroutine in
// it waits, so that hours of bench time take seconds. Only what is simulated inside the process can run so.
package virtualtime

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"testing/synctest"
)

// Main runs f in virtual time and ends the process with the status that f returns. It never returns.
//
// The bubble cannot end in order: the suite leaves a goroutine behind that waits for signals. So the process ends from
// inside it, and f has to have closed its files before.
func Main(f func() int) {
	// The runtime's signal goroutine has to stand outside of the bubble.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGUSR1)
	// A test is the only way into a bubble, and testing.Main the way to a test for other programs than go test's.
	os.Args = os.Args[:1]
	testing.Main(
		func(string, string) (bool, error) { return true, nil },
		[]testing.InternalTest{{Name: "bubble", F: func(t *testing.T) {
			synctest.Test(t, func(*testing.T) { os.Exit(f()) })
		}}}, nil, nil)
}

// Host runs f in real time and gives it a function that runs others in virtual time, each in a bubble of its own and
// with a context that ends with it. It may be called by several goroutines at once. Host ends the process with the
// status that f returns, and never returns itself.
func Host(f func(bubble func(func(context.Context))) int) {
	os.Args = os.Args[:1]
	testing.Main(
		func(string, string) (bool, error) { return true, nil },
		[]testing.InternalTest{{Name: "host", F: func(t *testing.T) {
			os.Exit(f(func(inside func(context.Context)) {
				synctest.Test(t, func(t *testing.T) { inside(t.Context()) })
			}))
		}}}, nil, nil)
}
