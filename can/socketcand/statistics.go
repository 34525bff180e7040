package socketcand

import (
	"fmt"
	"time"

	"otabench/can"
)

// statistics are what a client has received and sent, and when to tell it.
type statistics struct {
	receivedBytes, receivedFrames, sentBytes, sentFrames uint64
	ticker                                               *time.Ticker
}

const (
	// shortestInterval is the daemon's.
	shortestInterval = 10 // ms
	longestInterval  = 24 * 60 * 60 * 1000
)

func (s *statistics) count(r *can.Received) {
	switch {
	case r.Is(can.Error):
	case r.Own:
		s.sentFrames++
		s.sentBytes += uint64(r.Len)
	default:
		s.receivedFrames++
		s.receivedBytes += uint64(r.Len)
	}
}

// every starts telling, or ends it if ms is 0.
func (s *statistics) every(ms uint64) {
	s.stop()
	if ms > 0 {
		s.ticker = time.NewTicker(time.Duration(min(max(ms, shortestInterval), longestInterval)) * time.Millisecond)
	}
}

func (s *statistics) stop() {
	if s.ticker != nil {
		s.ticker.Stop()
		s.ticker = nil
	}
}

func (s *statistics) due() <-chan time.Time {
	if s.ticker == nil {
		return nil
	}
	return s.ticker.C
}

func (s *statistics) String() string {
	return fmt.Sprintf("< stat %d %d %d %d >", s.receivedBytes, s.receivedFrames, s.sentBytes, s.sentFrames)
}

// tellStatistics sets the interval in ms at which a client in control mode is told; 0 ends it.
func (f *feed) tellStatistics(ms uint64) {
	if f.mode == modeControl {
		f.stats.every(ms)
	}
}
