package ota_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"otabench/ecu/ota"
)

// note returns a watcher that writes down what it is told.
func note(to *[]string, who string) func(ota.View) {
	return func(v ota.View) { *to = append(*to, fmt.Sprint(who, " ", v)) }
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWatchersAreToldInTheirOrder(t *testing.T) {
	var s ota.Screen
	var told []string
	s.Watch(note(&told, "a"))
	stop := s.Watch(note(&told, "b"))
	s.Show(ota.View{State: ota.Idle})
	s.Watch(note(&told, "c"))
	s.Show(ota.View{State: ota.Offered})
	stop()
	stop() // again does nothing
	s.Show(ota.View{State: ota.Ready})
	expect(t, told, "a idle", "b idle", "c idle", "a offered", "b offered", "c offered", "a ready", "c ready")
}

func TestScreenBeforeAndAfterAView(t *testing.T) {
	var s ota.Screen
	var told []string
	s.Watch(note(&told, "a"))
	if v, ok := s.View(); ok || v.State != "" {
		t.Errorf("an empty screen shows %v", v)
	}
	s.Show(ota.View{State: ota.Idle})
	if v, ok := s.View(); !ok || v.State != ota.Idle {
		t.Errorf("it shows %v, %v", v, ok)
	}
	s.Forget()
	if v, ok := s.View(); ok || v.State != "" {
		t.Errorf("a screen that has forgotten shows %v", v)
	}
	s.Watch(note(&told, "b"))
	s.Show(ota.View{State: ota.Ready})
	expect(t, told, "a idle", "a ready", "b ready")
}

func TestWatcherStopsItself(t *testing.T) {
	var s ota.Screen
	var told []string
	var stop func()
	stop = s.Watch(func(v ota.View) {
		note(&told, "once")(v)
		stop()
	})
	s.Watch(note(&told, "always"))
	s.Show(ota.View{State: ota.Idle})
	s.Show(ota.View{State: ota.Ready})
	expect(t, told, "once idle", "always idle", "always ready")
}

func TestWatcherStopsAnother(t *testing.T) {
	var s ota.Screen
	var told []string
	var stop func()
	s.Watch(func(ota.View) { stop() })
	stop = s.Watch(note(&told, "stopped"))
	s.Show(ota.View{State: ota.Idle})
	expect(t, told)
}

func TestWatcherLooksAtTheScreen(t *testing.T) {
	var s ota.Screen
	s.Watch(func(v ota.View) {
		if now, ok := s.View(); !ok || now.State != v.State {
			t.Errorf("told %v while it shows %v", v, now)
		}
	})
	s.Show(ota.View{State: ota.Idle})
	s.Show(ota.View{State: ota.Ready})
}

// Views come from one goroutine while others watch and stop: each sees them in order, from one that was shown on.
func TestScreenForMany(t *testing.T) {
	var s ota.Screen
	const views = 500
	var watchers sync.WaitGroup
	for range 4 {
		watchers.Go(func() {
			for range 50 {
				var seen []int
				done := make(chan struct{})
				stop := s.Watch(func(v ota.View) {
					if len(seen) > 0 && seen[len(seen)-1]+1 != v.Percent {
						t.Errorf("view %d came after %v", v.Percent, seen)
					}
					if seen = append(seen, v.Percent); v.Percent == views || len(seen) == 10 {
						select {
						case <-done:
						default:
							close(done)
						}
					}
				})
				<-done
				stop()
			}
		})
	}
	order := make(chan int, views)
	s.Watch(func(v ota.View) { order <- v.Percent })
	for i := 1; i <= views; i++ {
		s.Show(ota.View{State: ota.Installing, Percent: i})
	}
	watchers.Wait()
	for i := 1; i <= views; i++ {
		if got := <-order; got != i {
			t.Fatalf("view %d came as number %d", got, i)
		}
	}
}
