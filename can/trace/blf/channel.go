package blf

import (
	"fmt"
	"strings"

	"otabench/can/trace/internal/channel"
	"otabench/can/trace/internal/text"
)

const maxName = 1024 // bytes of a bus name, as in pcapng

// readChannels are the buses of a file that is read. Objects for FD have a byte for the channel.
type readChannels [channel.Max + 1]string

// bus returns the name of a channel's bus.
func (c *readChannels) bus(number int) (string, error) {
	if number < 1 || number > channel.Max {
		return "", fmt.Errorf("channel %d is not 1 to %d", number, channel.Max)
	}
	if c[number] == "" {
		c[number] = channel.Default(number)
	}
	return c[number], nil
}

// name sets the name of a channel's bus, unless it or the channel is of no use.
func (c *readChannels) name(number int, name string) {
	if name = cleanName(name); name != "" && number >= 1 && number <= channel.Max {
		c[number] = name
	}
}

// cleanName makes a name that the format can hold: semicolons separate names.
func cleanName(name string) string {
	name = strings.ReplaceAll(text.Clean(name), ";", " ")
	return strings.ToValidUTF8(name[:min(len(name), maxName)], "")
}
