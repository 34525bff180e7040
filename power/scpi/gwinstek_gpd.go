package scpi

import (
	"context"
	"errors"
	"strings"
	"time"

	"otabench/power"
)

// gwInstekGPD are GW Instek's GPD-2303S and GPD-3303S. One switch is for all outputs, so that two of them cannot be
// energised one after the other; only CH1 is driven, and CH2 is held at nothing. The fixed third output of the GPD-3303S
// goes on together with CH1: leave it open.
func gwInstekGPD() map[string]model {
	gpd := func(name string) model {
		return model{
			makers: []string{"GW INSTEK"}, names: []string{name},
			identity: gpdIdentity,
			wire:     wire{terminator: "\n", errors: "ERR?", parseError: gpdError},
			pace:     80 * time.Millisecond, // the response time that the manual has for most commands
			start:    []string{"TRACK0"},    // independent outputs
			ratings:  []rating{rate(32_000, 3_200)}, dialect: gpdDialect(),
		}
	}
	return map[string]model{"gwinstek-gpd-2303s": gpd("GPD-2303S"), "gwinstek-gpd-3303s": gpd("GPD-3303S")}
}

// gpdDialect rests on the GPD-X303S Series User Manual (remote control). There is no overvoltage and no overcurrent
// protection.
func gpdDialect() *dialect {
	return &dialect{
		voltage: setting{set: "VSET{ch}:{v}", get: "VSET{ch}?", parse: parseUnit},
		current: setting{set: "ISET{ch}:{v}", get: "ISET{ch}?", parse: parseUnit},
		output:  output{on: "OUT1", off: "OUT0", states: []state{{"STATUS?", gpdOn}}},
		enable: func(ctx context.Context, c *channel, on bool) error {
			if !on {
				return c.change(ctx, c.output.off, "")
			}
			return c.supply.session.change(ctx, "VSET2:0.000", "ISET2:0.000", c.output.on)
		},
		meter: meter{voltage: "VOUT{ch}?", current: "IOUT{ch}?", parse: parseUnit},
	}
}

// gpdOn reads the eight digits of the status: the sixth is the output. Firmware before 2.00 answers three lines with an X
// where nothing is to be said, and the output in another place; it is refused here.
func gpdOn(_ int, reply string) (bool, error) {
	text := strings.TrimSpace(reply)
	if len(text) != 8 || strings.Trim(text, "01") != "" {
		return false, errors.New("not eight bits of status, as firmware from 2.00 on has them")
	}
	return text[5] == '1', nil
}

// gpdError reads the last error, which has a text and no number.
func gpdError(reply string) (instrumentError, error) {
	text := strings.TrimSpace(reply)
	switch {
	case strings.EqualFold(strings.TrimSuffix(text, "."), "No Error"):
		return instrumentError{}, nil
	case !strings.HasSuffix(text, "."):
		return instrumentError{}, errors.New("not a sentence about an error")
	}
	return instrumentError{code: -1, text: text}, nil
}

func gpdIdentity(reply string) (power.Identity, error) {
	id, err := parseIdentity(reply)
	id.Serial = strings.TrimPrefix(id.Serial, "SN:")
	return id, err
}
