// Package channel numbers the buses of traces whose formats know channels instead of names.
package channel

import (
	"fmt"
	"strconv"
	"strings"

	"otabench/can/trace"
)

// Max is the highest number of a channel, from 1.
const Max = 255

// Default is the bus of a channel of which nothing else is known.
func Default(number int) string { return "can" + strconv.Itoa(number-1) }

// Numbers are the channels of a file that is written. The zero value is ready for use.
type Numbers struct {
	byBus map[string]int
	taken [Max + 1]bool
}

// Of returns the channel of a bus, and whether it was met now and is not what readers take the channel for.
// A bus with the name of a channel's default gets that channel, if it is free, others the lowest free one.
// It fails with [trace.ErrBuses].
func (n *Numbers) Of(bus string) (number int, named bool, err error) {
	if number, found := n.byBus[bus]; found {
		return number, false, nil
	}
	number = n.free(bus)
	if number > Max {
		return 0, false, fmt.Errorf("trace of bus %q: %w, %d at most", bus, trace.ErrBuses, Max)
	}
	if n.byBus == nil {
		n.byBus = make(map[string]int)
	}
	n.byBus[bus] = number
	n.taken[number] = true
	return number, bus != Default(number), nil
}

func (n *Numbers) free(bus string) int {
	if digits, found := strings.CutPrefix(bus, "can"); found {
		i, err := strconv.ParseUint(digits, 10, 16)
		if err == nil && i < Max && bus == Default(int(i)+1) && !n.taken[i+1] {
			return int(i) + 1
		}
	}
	number := 1
	for number <= Max && n.taken[number] {
		number++
	}
	return number
}
