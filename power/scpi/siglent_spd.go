package scpi

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// siglentSPD are Siglent's SPD3303X and SPD1305X. The third output of the SPD3303X is set by a switch on the front and
// cannot be measured, so it is not driven.
func siglentSPD() map[string]model {
	spd := func(names []string, ratings ...rating) model {
		return model{
			makers: []string{"Siglent Technologies", "Siglent"}, names: names,
			wire: siglentWire(), pace: 20 * time.Millisecond, // it loses commands that come faster
			ratings: ratings, dialect: siglentDialect(),
		}
	}
	return map[string]model{
		"siglent-spd3303x": spd([]string{"SPD3303X", "SPD3303X-E"}, rate(32_000, 3_200), rate(32_000, 3_200)),
		"siglent-spd1305x": spd([]string{"SPD1305X"}, rate(30_000, 5_000)),
	}
}

// siglentWire: there is an error queue, whose entries have blanks or a comma behind the number, depending on the firmware,
// and none of the registers of IEEE 488.2. A command that was lost leaves no error: only reading back shows it.
func siglentWire() wire {
	return wire{terminator: "\n", errors: "SYST:ERR?", parseError: parseBlankError, loses: true}
}

// siglentDialect rests on the SPD3303X Quick Start (remote control). There is no overvoltage and no overcurrent
// protection. Whether an output is on is in bit 4 of the status word for CH1 and bit 5 for CH2.
func siglentDialect() *dialect {
	return &dialect{
		voltage: setting{set: "CH{ch}:VOLT {v}", get: "CH{ch}:VOLT?"},
		current: setting{set: "CH{ch}:CURR {v}", get: "CH{ch}:CURR?"},
		output: output{
			on: "OUTP CH{ch},ON", off: "OUTP CH{ch},OFF",
			states: []state{{"SYST:STAT?", func(n int, reply string) (bool, error) {
				register, err := parseHex(reply)
				return register&(1<<(n+3)) != 0, err
			}}},
		},
		meter: meter{voltage: "MEAS:VOLT? CH{ch}", current: "MEAS:CURR? CH{ch}"},
	}
}

// parseHex reads a hexadecimal number with or without 0x.
func parseHex(reply string) (uint64, error) {
	return parseRegister("0x" + strings.TrimPrefix(strings.ToLower(strings.TrimSpace(reply)), "0x"))
}

// parseBlankError reads an entry of an error queue such as "0  No Error" or `0,"No Error"`.
func parseBlankError(reply string) (instrumentError, error) {
	text := strings.TrimSpace(reply)
	end := strings.IndexAny(text, " ,")
	if end < 0 {
		end = len(text)
	}
	code, err := strconv.Atoi(text[:end])
	if err != nil {
		return instrumentError{}, errors.New("not an entry of the error queue")
	}
	return instrumentError{code: code, text: strings.Trim(text[end:], ` ,"`)}, nil
}
