package sim

import (
	"context"
	"io"
	"time"
)

// maxPending is how many messages wait while the instrument is busy; more are lost.
const maxPending = 16

// serveBySilence answers messages that have no terminator: a pause ends them. Two that come without one are a single
// message, which makes no sense to the instrument.
func (s *Supply) serveBySilence(ctx context.Context, rw io.ReadWriter) error {
	messages, failed := make(chan string, maxPending), make(chan error, 1)
	pieces := make(chan string)
	go func() { failed <- readPieces(ctx, rw, pieces) }()
	go s.frame(ctx, pieces, messages)
	for {
		select {
		case message := <-messages:
			if err := s.carryOut(ctx, rw, message); err != nil {
				return err
			}
		case err := <-failed:
			return err
		}
	}
}

// readPieces hands on what comes, as it comes.
func readPieces(ctx context.Context, r io.Reader, pieces chan<- string) error {
	buffer := make([]byte, maxMessage)
	for {
		n, err := r.Read(buffer)
		if err != nil {
			return err
		}
		select {
		case pieces <- string(buffer[:n]):
		case <-ctx.Done():
			return io.EOF
		}
	}
}

// frame puts messages together.
func (s *Supply) frame(ctx context.Context, pieces <-chan string, messages chan<- string) {
	var message string
	silence := time.NewTimer(never)
	defer silence.Stop()
	for {
		select {
		case piece := <-pieces:
			message = (message + piece)[:min(len(message)+len(piece), maxMessage)]
			silence.Reset(s.model.dialect.gap)
		case <-silence.C:
			if !s.deaf() {
				select {
				case messages <- message:
				default:
				}
			}
			message = ""
		case <-ctx.Done():
			return
		}
	}
}
