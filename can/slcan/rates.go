package slcan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// rates are the commands that set the nominal bit rate, in bit/s.
var rates = map[int]string{
	10_000: "S0", 20_000: "S1", 50_000: "S2", 100_000: "S3", 125_000: "S4", 250_000: "S5", 500_000: "S6", 800_000: "S7",
	1_000_000: "S8",
}

// dataRates are those of the data phase, of the FD extension.
var dataRates = map[int]string{2_000_000: "Y2", 5_000_000: "Y5"}

// rateCommand returns the command for a bit rate.
func rateCommand(known map[int]string, rate int) (string, error) {
	if c, ok := known[rate]; ok {
		return c, nil
	}
	return "", fmt.Errorf("the protocol has no bit rate of %d; it has %v", rate, slices.Sorted(maps.Keys(known)))
}

// Address is an adapter and how its bus runs, as DEVICE@BITRATE[/DATA].
type Address struct {
	Device               string
	Bitrate, DataBitrate int // bit/s; DataBitrate is 0 without FD
}

func (a Address) String() string {
	if a.DataBitrate == 0 {
		return fmt.Sprintf("%s@%d", a.Device, a.Bitrate)
	}
	return fmt.Sprintf("%s@%d/%d", a.Device, a.Bitrate, a.DataBitrate)
}

// ParseAddress reads an address such as /dev/ttyACM0@500000 or /dev/ttyACM0@500000/2000000.
func ParseAddress(text string) (Address, error) {
	at := strings.LastIndexByte(text, '@')
	if at <= 0 {
		return Address{}, fmt.Errorf("%q: want DEVICE@BITRATE[/DATA], such as /dev/ttyACM0@500000", text)
	}
	a := Address{Device: text[:at]}
	nominal, data, fd := strings.Cut(text[at+1:], "/")
	var err error
	if a.Bitrate, err = parseRate(nominal, rates); err != nil {
		return Address{}, err
	}
	if fd {
		if a.DataBitrate, err = parseRate(data, dataRates); err != nil {
			return Address{}, err
		}
	}
	return a, nil
}

func parseRate(text string, known map[int]string) (int, error) {
	rate, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("%q is no bit rate; want one of %v", text, slices.Sorted(maps.Keys(known)))
	}
	_, err = rateCommand(known, rate)
	return rate, err
}
