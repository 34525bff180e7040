package profile

import (
	"testing"
	"time"
)

func TestSnapDoesNotAddUp(t *testing.T) {
	const ms = time.Millisecond
	mode := &ListMode{Resolution: 10 * ms}
	start, last := 3*ms, 3*ms
	for i := 1; i <= 1000; i++ {
		at := start + time.Duration(i)*13*ms
		got := mode.snap(start, at)
		if (got-last)%mode.Resolution != 0 {
			t.Fatalf("dwell %d is %v, no multiple of %v", i, got-last, mode.Resolution)
		}
		if off := (got - at).Abs(); off > mode.Resolution/2 {
			t.Fatalf("point %d is off by %v", i, off)
		}
		last = got
	}
}
