package life_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/physic"

	"otabench/ecu/sim"
	"otabench/ecu/sim/life"
)

func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lives := 0
		l := life.New("unit", sim.Fixed(12*physic.Volt), func(ctx context.Context) error {
			lives++
			<-ctx.Done()
			return nil
		})
		l.Restart() // of what does not live
		if err := l.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			synctest.Wait()
			l.Restart()
		}
		synctest.Wait()
		if err := errors.Join(l.Close(), l.Close()); err != nil || lives != 4 {
			t.Errorf("%d lives, %v", lives, err)
		}
		if err := l.Start(t.Context()); err == nil {
			t.Error("it was started twice")
		}
	})
}

// Nothing to live for, and no power: neither lives again and again.
func TestNoLife(t *testing.T) {
	for volts, want := range map[physic.ElectricPotential]int{12 * physic.Volt: 1, 5 * physic.Volt: 0} {
		synctest.Test(t, func(t *testing.T) {
			lives := 0
			l := life.New("unit", sim.Fixed(volts), func(context.Context) error {
				lives++
				return errors.New("no bus")
			})
			if err := l.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
			if err := l.Close(); err != nil || lives != want {
				t.Errorf("at %v it lived %d times, %v", volts, lives, err)
			}
		})
	}
}

func ExampleLife() {
	booted := make(chan bool)
	l := life.New("inverter", sim.Fixed(13*physic.Volt), func(ctx context.Context) error {
		booted <- true
		<-ctx.Done()
		return nil
	})
	if err := l.Start(context.Background()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("booted:", <-booted)
	l.Restart()
	fmt.Println("booted:", <-booted)
	_ = l.Close()
	// Output:
	// booted: true
	// booted: true
}
