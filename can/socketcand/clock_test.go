package socketcand

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	const ms = time.Millisecond
	type arrival struct{ sent, arrived, want time.Duration } // since the beginning, by the clock here but for sent
	tests := []struct {
		name     string
		arrivals []arrival
	}{
		{"a steady way", []arrival{{0, 5 * ms, 5 * ms}, {10 * ms, 15 * ms, 15 * ms}}},
		{"a slow frame", []arrival{{0, 5 * ms, 5 * ms}, {10 * ms, 40 * ms, 15 * ms}, {50 * ms, 55 * ms, 55 * ms}}},
		{"a quicker frame", []arrival{{0, 5 * ms, 5 * ms}, {10 * ms, 11 * ms, 11 * ms}, {20 * ms, 25 * ms, 21 * ms}}},
		{"not back in time", []arrival{{10 * ms, 10 * ms, 10 * ms}, {5 * ms, 12 * ms, 10 * ms}, {15 * ms, 16 * ms, 15 * ms}}},
		{"another epoch", []arrival{{-9e18, 0, 0}, {-9e18 + 10*ms, 20 * ms, 10 * ms}}},
		{"set forward", []arrival{{0, 5 * ms, 5 * ms}, {time.Hour, 15 * ms, 15 * ms}, {time.Hour + 5*ms, 25 * ms, 20 * ms}}},
		{"set back", []arrival{{0, 5 * ms, 5 * ms}, {-time.Hour, 15 * ms, 15 * ms}, {-time.Hour + 5*ms, 25 * ms, 20 * ms}}},
		{"set beyond reason", []arrival{{-8e18, 5 * ms, 5 * ms}, {8e18, 15 * ms, 15 * ms}, {-8e18, 25 * ms, 25 * ms}}},
		{"a slow clock is followed", []arrival{ // 100 ms in 12 s
			{0, 0, 0},
			{11900 * ms, 12000 * ms, 11900 * ms}, // the window before still counts
			{23800 * ms, 24000 * ms, 23900 * ms},
			{35700 * ms, 36000 * ms, 35900 * ms},
		}},
		{"after a long silence", []arrival{{0, 0, 0}, {time.Hour, time.Hour + 900*ms, time.Hour + 900*ms}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c clock
			began := time.Now()
			for i, a := range tt.arrivals {
				got := c.local(began.Round(0).Add(a.sent), began.Add(a.arrived))
				if d := got.Sub(began); d != a.want {
					t.Errorf("frame %d: %v, want %v", i, d, a.want)
				}
			}
		})
	}
}

// However a server stamps, times are in order, not after the arrival and not a second before it.
func FuzzClock(f *testing.F) {
	f.Add(int64(0), int64(1), int64(1e9), int64(2e9), uint32(1000))
	f.Fuzz(func(t *testing.T, a, b, c, d int64, every uint32) {
		var k clock
		now := time.Now()
		var last time.Time
		for i, s := range []int64{a, b, c, d, a, d} {
			now = now.Add(time.Duration(every) * time.Microsecond)
			got := k.local(time.Unix(s/1e9, s%1e9), now)
			if got.After(now) || got.Before(last) || now.Sub(got) > maxDelay && !got.Equal(last) {
				t.Errorf("frame %d: %v before its arrival, %v after the last one", i, now.Sub(got), got.Sub(last))
			}
			last = got
		}
	})
}
