// Package sampling reads a sensor at a fixed rate, and knows of every gap.
//
//	s := sampling.Start(sensor, sampling.Options{
//		Each:   func(r power.Reading) { log.Println(r.Time, r) },
//		Failed: func(err error) { log.Println(err) },
//	})
//	...
//	stats := s.Stop()
//
// The moments lie on a grid that does not drift: a reading that comes late does not delay the next. On Linux the grid is
// the kernel's (timerfd), because the timers of Go wake up to a millisecond late, which leaves less than 900 readings of
// 1000 in a second. A moment at which the reader is still busy passes without a reading; nothing is made up for it.
package sampling
