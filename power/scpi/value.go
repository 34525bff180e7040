package scpi

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// format writes a value in billionths. It cuts rather than rounds: what is programmed never exceeds what was asked for.
func (s setting) format(billionths int64) string {
	decimals := s.decimals
	if decimals == 0 {
		decimals = 3
	}
	fraction := fmt.Sprintf("%09d", billionths%1_000_000_000)[:decimals]
	text := fmt.Sprintf("%d.%s", billionths/1_000_000_000, fraction)
	if missing := s.width - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	return text
}

// read reads the answer to get.
func (s setting) read(reply string) (int64, error) {
	if s.parse != nil {
		return s.parse(reply)
	}
	return parseNumber(reply)
}

func (m meter) read(reply string) (int64, error) {
	if m.parse != nil {
		return m.parse(reply)
	}
	return parseNumber(reply)
}

// parseUnit reads a number that the instrument writes with its unit, such as "5.000V" or "42.00 V".
func parseUnit(reply string) (int64, error) {
	return parseNumber(strings.TrimRight(strings.TrimSpace(reply), " VvAaWw"))
}

// parseRegister reads a status register: a decimal number, or a hexadecimal one that begins with 0x.
func parseRegister(reply string) (uint64, error) {
	text := strings.ToLower(strings.TrimSpace(reply))
	base := 10
	if digits, hex := strings.CutPrefix(text, "0x"); hex {
		text, base = digits, 16
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(text, "+"), base, 32)
	if err != nil {
		return 0, errors.New("not a status register")
	}
	return n, nil
}
