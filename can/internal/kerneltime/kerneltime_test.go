package kerneltime_test

import (
	"testing"
	"time"

	"otabench/can/internal/kerneltime"
)

func TestOnClock(t *testing.T) {
	now := time.Now()
	tests := []struct {
		name              string
		stamp, last, want time.Time
	}{
		{"a stamp of before", now.Round(0).Add(-time.Millisecond), time.Time{}, now.Add(-time.Millisecond)},
		{"no stamp", time.Time{}, time.Time{}, now},
		{"the clock was set back since", now.Add(time.Hour), time.Time{}, now},
		{"the clock was set forward since", now.Add(-time.Hour), time.Time{}, now},
		{"before the last frame", now.Round(0).Add(-time.Second), now.Add(-time.Millisecond), now.Add(-time.Millisecond)},
	}
	for _, tt := range tests {
		got := kerneltime.OnClock(tt.stamp, now, tt.last)
		if !got.Equal(tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
		if d := got.Sub(tt.want); d != 0 {
			t.Errorf("%s: %v apart on the monotonic clock", tt.name, d)
		}
	}
}
