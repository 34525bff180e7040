package scpi

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"periph.io/x/conn/v3/physic"

	"otabench/power"
)

// maxNumber bounds a number in a reply: no bench supply has a million of anything, and SCPI uses 9.9E37 for "invalid".
const maxNumber = 1e6

// parseNumber reads <NR1>, <NR2> or <NR3> (IEEE 488.2, 8.7) as billionths.
func parseNumber(reply string) (int64, error) {
	text := strings.TrimSpace(reply)
	if text == "" || strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, errors.New("not a number")
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, errors.New("not a number")
	}
	if math.Abs(v) > maxNumber {
		return 0, errors.New("not a value that a supply can have")
	}
	return int64(math.Round(v * 1e9)), nil
}

func parseVoltage(reply string) (physic.ElectricPotential, error) {
	n, err := parseNumber(reply)
	return physic.ElectricPotential(n), err
}

func parseCurrent(reply string) (physic.ElectricCurrent, error) {
	n, err := parseNumber(reply)
	return physic.ElectricCurrent(n), err
}

// parseFlag accepts what firmwares answer for a boolean.
func parseFlag(reply string) (bool, error) {
	switch strings.ToUpper(strings.TrimSpace(reply)) {
	case "ON", "YES", "1":
		return true, nil
	case "OFF", "NO", "0":
		return false, nil
	}
	return false, errors.New("neither on nor off")
}

// parseIdentity reads the four fields of *IDN? (IEEE 488.2, 10.14).
func parseIdentity(reply string) (power.Identity, error) {
	fields := strings.SplitN(reply, ",", 4)
	if len(fields) != 4 {
		return power.Identity{}, errors.New("not maker, model, serial number and firmware")
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	return power.Identity{Maker: fields[0], Model: fields[1], Serial: fields[2], Firmware: fields[3]}, nil
}

// instrumentError is one entry of the error queue (SCPI-99, 21.8).
type instrumentError struct {
	code int
	text string
}

func (e instrumentError) Error() string { return fmt.Sprintf("%d %q", e.code, e.text) }

func parseError(reply string) (instrumentError, error) {
	number, text, found := strings.Cut(reply, ",")
	code, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || !found {
		return instrumentError{}, errors.New("not an entry of the error queue")
	}
	return instrumentError{code: code, text: strings.Trim(strings.TrimSpace(text), `"`)}, nil
}
