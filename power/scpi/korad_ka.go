package scpi

import (
	"errors"
	"regexp"
	"time"

	"otabench/power"
)

// koradKA is Korad's KA3005P.
func koradKA() map[string]model {
	return map[string]model{
		"korad-ka3005p": {
			makers: []string{"Korad"}, names: []string{"KA3005P"},
			identity: koradIdentity,
			// Neither commands nor replies have a terminator; at 9600 baud a reply comes without a pause. There is no error queue.
			wire:    wire{gap: 40 * time.Millisecond},
			pace:    80 * time.Millisecond,
			ratings: []rating{rate(30_000, 5_000)}, dialect: koradDialect(),
		},
	}
}

// koradDialect rests on the KA3005P user manual (remote control, V2.0) and on the driver korad-kaxxxxp of libsigrok. OVP and
// OCP are switches without a level, and firmwares differ in whether and where they show in the status: they count as
// missing and stay as they are set at the front panel.
func koradDialect() *dialect {
	return &dialect{
		voltage: setting{set: "VSET{ch}:{v}", get: "VSET{ch}?", decimals: 2, width: 5, parse: koradNumber},
		current: setting{set: "ISET{ch}:{v}", get: "ISET{ch}?", width: 5, parse: koradNumber},
		output: output{
			on: "OUT1", off: "OUT0",
			states: []state{{"STATUS?", koradOn}},
		},
		meter: meter{voltage: "VOUT{ch}?", current: "IOUT{ch}?", parse: koradNumber},
	}
}

// koradReply is "12.34" or "1.234". Some firmwares append a K to the answer to ISET1?.
var koradReply = regexp.MustCompile(`^(\d\d\.\d\d|\d\.\d\d\d)K?$`)

// koradNumber takes a number only if it has all of its five characters: part of one is a number too.
func koradNumber(reply string) (int64, error) {
	m := koradReply.FindStringSubmatch(reply)
	if m == nil {
		return 0, errors.New("not a number of five characters")
	}
	return parseNumber(m[1])
}

// koradOn reads the status byte: bit 6 is the output.
func koradOn(_ int, reply string) (bool, error) {
	if len(reply) != 1 {
		return false, errors.New("not one status byte")
	}
	return reply[0]&(1<<6) != 0, nil
}

// koradID is "KORAD KA3005P V5.5 SN:16072670" or "KORADKA3005PV2.0", perhaps with a stray byte behind it.
var koradID = regexp.MustCompile(`^(KORAD) ?(KA3005P) ?V([\d.]+)(?: SN:(\d+))?[\x00\x01\xbc]?$`)

func koradIdentity(reply string) (power.Identity, error) {
	m := koradID.FindStringSubmatch(reply)
	if m == nil {
		return power.Identity{}, errors.New("not the name of a KA3005P")
	}
	return power.Identity{Maker: m[1], Model: m[2], Firmware: m[3], Serial: m[4]}, nil
}
