package asc

import (
	"fmt"
	"strconv"
	"strings"

	"otabench/can/trace"
	"otabench/can/trace/internal/text"
)

// maxChannel is the highest number of a channel, from 1.
const maxChannel = 255

const maxName = 1024 // bytes of a bus name, as in pcapng

// defaultName is the bus of a channel of which nothing else is known.
func defaultName(channel int) string { return "can" + strconv.Itoa(channel-1) }

// readChannels are the buses of a file that is read.
type readChannels [maxChannel + 1]string

// bus returns the name of a channel's bus.
func (c *readChannels) bus(channel int) string {
	if c[channel] == "" {
		c[channel] = defaultName(channel)
	}
	return c[channel]
}

// name reads a directive: the number of a channel, a blank, and the name of its bus.
func (c *readChannels) name(directive string) error {
	number, name, _ := strings.Cut(directive, " ")
	channel, err := parseChannel([]byte(number))
	if err != nil {
		return err
	}
	c[channel] = cleanName(name)
	return nil
}

func parseChannel(b []byte) (int, error) {
	channel, err := strconv.ParseUint(string(b), 10, 16)
	if err != nil || channel < 1 || channel > maxChannel {
		return 0, fmt.Errorf("channel %q is not 1 to %d", b, maxChannel)
	}
	return int(channel), nil
}

func cleanName(name string) string {
	name = text.Clean(name)
	return strings.ToValidUTF8(name[:min(len(name), maxName)], "")
}

// writeChannels are the buses of a file that is written.
type writeChannels struct {
	byBus map[string]int
	taken [maxChannel + 1]bool
}

// channel returns the number of a bus, and whether it was met now and is not what readers take the channel for.
// A bus with the name of a channel's default gets that channel, if it is free, others the lowest free one.
func (c *writeChannels) channel(bus string) (number int, named bool, err error) {
	if number, found := c.byBus[bus]; found {
		return number, false, nil
	}
	number = c.free(bus)
	if number > maxChannel {
		return 0, false, fmt.Errorf("ASC trace of bus %q: %w, %d at most", bus, trace.ErrBuses, maxChannel)
	}
	c.byBus[bus] = number
	c.taken[number] = true
	return number, bus != defaultName(number), nil
}

func (c *writeChannels) free(bus string) int {
	if digits, found := strings.CutPrefix(bus, "can"); found {
		n, err := strconv.ParseUint(digits, 10, 16)
		if err == nil && n < maxChannel && bus == defaultName(int(n)+1) && !c.taken[n+1] {
			return int(n) + 1
		}
	}
	number := 1
	for number <= maxChannel && c.taken[number] {
		number++
	}
	return number
}
