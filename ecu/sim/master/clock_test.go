package master

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestClock(t *testing.T) {
	latest := began.Add(time.Hour)
	for _, c := range []struct {
		name    string
		told    time.Time
		trusted bool
		known   bool
	}{
		{"nobody tells", time.Time{}, false, false},
		{"later", latest.Add(time.Minute), false, true},
		{"the same", latest, false, true},
		{"a little behind, as clocks differ", latest.Add(-slack), false, true},
		{"behind", latest.Add(-slack - time.Second), false, false},
		{"behind, with the fault", latest.Add(-slack - time.Second), true, true},
		{"nobody tells, with the fault", time.Time{}, true, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			clock := newClock(latest, c.trusted)
			clock.set(c.told)
			now, known := clock.now()
			if known != c.known || known && !now.Equal(c.told) {
				t.Errorf("%s: %v, %v", c.name, now, known)
			}
			if certificates := clock.certificates(); certificates.IsZero() == known {
				t.Errorf("%s: certificates are looked at by %v", c.name, certificates)
			}
		})
	}
}

func TestClockRunsOnAndNotBackBehindTheBackend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := newClock(time.Time{}, false)
		clock.set(began)
		time.Sleep(time.Hour)
		if now, ok := clock.now(); !ok || !now.Equal(began.Add(time.Hour)) {
			t.Errorf("after an hour: %v, %v", now, ok)
		}
		clock.set(began.Add(1000 * time.Hour)) // nobody confirms that
		clock.set(began)
		if now, ok := clock.now(); !ok || !now.Equal(began) {
			t.Errorf("corrected: %v, %v", now, ok)
		}
		clock.confirm(began.Add(time.Hour))
		clock.confirm(began.Add(time.Minute))
		if got := clock.confirmed(); !got.Equal(began.Add(time.Hour)) {
			t.Errorf("confirmed is %v", got)
		}
		if now, ok := clock.now(); ok {
			t.Errorf("behind what was confirmed: %v", now)
		}
		time.Sleep(time.Hour - slack)
		if _, ok := clock.now(); !ok {
			t.Error("it has caught up and is not known")
		}
		clock.set(time.Time{})
		if _, ok := clock.now(); ok {
			t.Error("the network does not know the time, and the master does")
		}
	})
}
