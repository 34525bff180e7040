package candump

import (
	"errors"
	"regexp"
	"strconv"
)

// dropLine is what candump writes when its socket's receive queue has overflowed.
var dropLine = regexp.MustCompile(`^ dropped (\d{1,10}) CAN frames? on '([^']*)' socket`)

// drops reads the rest of a line about dropped frames, and counts them for the bus's next frame.
func (r *Reader) drops(rest []byte) error {
	parts := dropLine.FindSubmatch(rest)
	if parts == nil {
		return errors.New("it does not say how many frames were dropped on which bus")
	}
	lost, err := strconv.ParseUint(string(parts[1]), 10, 32)
	if err != nil {
		return err
	}
	bus, err := r.names.get(parts[2])
	if err != nil {
		return err
	}
	r.dropped[bus] += lost
	return nil
}
