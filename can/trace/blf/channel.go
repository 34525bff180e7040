package blf

import (
	"fmt"
	"strconv"
	"strings"

	"otabench/can/trace"
	"otabench/can/trace/internal/text"
)

const (
	maxChannel = 255  // from 1; objects for FD have a byte for it
	maxName    = 1024 // bytes of a bus name, as in pcapng
)

// defaultName is the bus of a channel of which nothing else is known.
func defaultName(channel int) string { return "can" + strconv.Itoa(channel-1) }

// readChannels are the buses of a file that is read.
type readChannels [maxChannel + 1]string

// bus returns the name of a channel's bus.
func (c *readChannels) bus(channel int) (string, error) {
	if channel < 1 || channel > maxChannel {
		return "", fmt.Errorf("channel %d is not 1 to %d", channel, maxChannel)
	}
	if c[channel] == "" {
		c[channel] = defaultName(channel)
	}
	return c[channel], nil
}

// name sets the name of a channel's bus, unless it or the channel is of no use.
func (c *readChannels) name(channel int, name string) {
	if name = cleanName(name); name != "" && channel >= 1 && channel <= maxChannel {
		c[channel] = name
	}
}

// cleanName makes a name that the format can hold: semicolons separate names.
func cleanName(name string) string {
	name = strings.ReplaceAll(text.Clean(name), ";", " ")
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
		return 0, false, fmt.Errorf("BLF trace of bus %q: %w, %d at most", bus, trace.ErrBuses, maxChannel)
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
