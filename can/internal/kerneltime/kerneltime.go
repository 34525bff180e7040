// Package kerneltime puts the kernel's time stamps of frames onto the clock that Go measures with.
package kerneltime

import "time"

// staleAfter is the age beyond which a stamp must be from another time than ours: somebody has set the clock.
const staleAfter = time.Minute

// OnClock puts a stamp of the kernel's wall clock onto the clock of now, which has a monotonic reading: the wall clock
// may be set while a run goes on. Frames do not go back in time, so the result is not before last.
func OnClock(stamp, now, last time.Time) time.Time {
	t := now
	if age := now.Round(0).Sub(stamp); age >= 0 && age < staleAfter {
		t = now.Add(-age)
	}
	if t.Before(last) {
		return last
	}
	return t
}
