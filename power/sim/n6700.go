package sim

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"otabench/power"
)

// keysightN6700 is Keysight's N6700 mainframe with two N6752A (50 V, 10 A) and one N6734B (35 V, 1.5 A).
func keysightN6700() map[string]model {
	large := rating{voltage: 51, current: 10.2, ovp: 60, floor: 0.02}
	return map[string]model{
		"keysight-n6700": {
			maker: "Keysight Technologies", name: "N6700C", firmware: "E.02.07.3243", serial: "MY00000002",
			ratings: []rating{large, large, {voltage: 35.7, current: 1.53, ovp: 38.5}},
			dialect: n6700(),
		},
	}
}

// n6700 is the dialect of the N6700C Operating and Service Guide: channel lists, a trip that leaves the programmed state of
// the output on, a list mode and a watchdog.
func n6700() *dialect {
	return &dialect{
		armed: power.TripOVP, errors: keysightError, message: 16384,
		commands: slices.Concat(commonCommands(), keysightCommands(), watchdogCommands(), listCommands(), []command{
			{nodes: compile("SYSTem:CHANnel:[COUNt]"), query: func(r *request) (string, error) {
				return strconv.Itoa(len(r.supply.channels)), r.end()
			}},
			{nodes: compile("OUTPut:[STATe]"), set: n6700Switch, query: func(r *request) (string, error) {
				ch, err := r.channel()
				if err != nil {
					return "", err
				}
				on := ch.isTurned()
				if s := ch.state(); s.On != s.Claims {
					on = s.Claims
				}
				return zeroOne(on), r.end()
			}},
			{nodes: compile("OUTPut:PROTection:CLEar"), set: n6700Clear},
			{nodes: compile("STATus:QUEStionable:CONDition"), query: showing(n6700Questionable)},
			{nodes: compile("STATus:OPERation:CONDition"), query: n6700Operation},
		}),
	}
}

func n6700Switch(r *request) error {
	return switchTo(r, func(ch *Channel, on bool) {
		ch.turn(on)
		ch.change(func(c *circuit) { c.enable(on) })
	})
}

// switchTo takes a boolean for a channel.
func switchTo(r *request, put func(*Channel, bool)) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	on, err := r.boolean()
	if err != nil {
		return err
	}
	if err := r.end(); err != nil {
		return err
	}
	put(ch, on)
	r.supply.opts.Events(describe(ch))
	return nil
}

// n6700Clear brings an output back that was on when it tripped.
func n6700Clear(r *request) error {
	ch, err := r.channel()
	if err != nil {
		return err
	}
	on := ch.isTurned()
	ch.change(func(c *circuit) {
		c.tripped = 0
		c.enable(on)
	})
	r.supply.opts.Events(fmt.Sprintf("%v protections cleared", ch))
	return r.end()
}

func n6700Questionable(o OutputState) string {
	register := 0
	for _, b := range []struct {
		trip power.Trip
		bit  int
	}{{power.TripOVP, 0}, {power.TripOCP, 1}, {power.TripOTP, 4}, {power.TripWatchdog, 11}} {
		if o.Tripped&b.trip != 0 {
			register |= 1 << b.bit
		}
	}
	return strconv.Itoa(register)
}

// n6700Operation has CV, CC and OFF in its low bits, and says whether a list waits for its trigger or runs.
func n6700Operation(r *request) (string, error) {
	ch, err := r.channel()
	if err != nil {
		return "", err
	}
	register := map[string]int{"CV": 1, "CC": 2, "UR": 4}[ch.state().Regulation]
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if time.Now().After(ch.initiated) && !ch.initiated.IsZero() {
		register |= 1<<4 | 1<<6
	}
	if ch.started {
		register |= 1 << 6
	}
	return strconv.Itoa(register), r.end()
}
