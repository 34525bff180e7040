package guard

import (
	"io"
	"os"
)

// Alive is called in the suite's process. The returned channel is closed when the guard is gone.
func Alive() <-chan struct{} {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		// The guard never writes; its end of the pipe closes when it dies, however it dies.
		_, _ = io.Copy(io.Discard, os.Stdin)
	}()
	return gone
}

// Events is called in the suite's process. It returns the pipe on which the guard listens for events.
func Events() io.WriteCloser { return os.NewFile(eventsFD, "events") }

// eventsFD is the first of exec.Cmd's ExtraFiles.
const eventsFD = 3
