package asc

import (
	"fmt"
	"strconv"
	"strings"

	"otabench/can/trace/internal/channel"
	"otabench/can/trace/internal/text"
)

const maxName = 1024 // bytes of a bus name, as in pcapng

// readChannels are the buses of a file that is read.
type readChannels [channel.Max + 1]string

// bus returns the name of a channel's bus.
func (c *readChannels) bus(number int) string {
	if c[number] == "" {
		c[number] = channel.Default(number)
	}
	return c[number]
}

// name reads a directive: the number of a channel, a blank, and the name of its bus.
func (c *readChannels) name(directive string) error {
	digits, name, _ := strings.Cut(directive, " ")
	number, err := parseChannel([]byte(digits))
	if err != nil {
		return err
	}
	c[number] = cleanName(name)
	return nil
}

func parseChannel(b []byte) (int, error) {
	number, err := strconv.ParseUint(string(b), 10, 16)
	if err != nil || number < 1 || number > channel.Max {
		return 0, fmt.Errorf("channel %q is not 1 to %d", b, channel.Max)
	}
	return int(number), nil
}

func cleanName(name string) string {
	name = text.Clean(name)
	return strings.ToValidUTF8(name[:min(len(name), maxName)], "")
}
