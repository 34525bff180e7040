package sim

import (
	"fmt"
	"slices"
	"time"
)

// siglentSPD are Siglent's SPD3303X and SPD1305X.
func siglentSPD() map[string]model {
	spd := func(name string, ratings ...rating) model {
		return model{
			maker: "Siglent Technologies", name: name, firmware: "1.01.01.02.07R2,V3.0", serial: "SPD3XABC000001",
			ratings: ratings, dialect: siglent(),
		}
	}
	return map[string]model{
		"siglent-spd3303x": spd("SPD3303X", slices.Repeat([]rating{{voltage: 32, current: 3.2}}, 2)...),
		"siglent-spd1305x": spd("SPD1305X", rating{voltage: 30, current: 5}),
	}
}

// siglent is the dialect of the SPD3303X Quick Start. A command that comes less than 10 ms after another is lost. Nothing
// of IEEE 488.2 but *IDN? is there, and an entry of the error queue has blanks where others have a comma.
func siglent() *dialect {
	return &dialect{
		busy:   10 * time.Millisecond,
		errors: func(e instrumentError) string { return fmt.Sprintf("%d  %s", e.code, e.text) },
		commands: []command{
			{nodes: compile("*IDN"), query: identify},
			{nodes: compile("SYSTem:ERRor"), query: func(r *request) (string, error) {
				return r.supply.formatError(r.supply.nextError()), r.end()
			}},
			{nodes: compile("SYSTem:VERSion"), query: func(*request) (string, error) { return "1.01.01.02.07R2", nil }},
			{nodes: compile("SYSTem:STATus"), query: siglentStatus},
			{nodes: compile("INSTrument"), set: selectByName, query: selectedName},
			{nodes: compile("[CH#]:VOLTage"), set: setVoltage, query: settingQuery(setpoint, voltageBounds, thousandths)},
			{nodes: compile("[CH#]:CURRent"), set: setCurrent, query: settingQuery(limit, currentBounds, thousandths)},
			{nodes: compile("OUTPut"), set: setOutput},
			{nodes: compile("MEASure:VOLTage"), query: measuredVolts(thousandths)},
			{nodes: compile("MEASure:CURRent"), query: measuredAmperes(thousandths)},
			{nodes: compile("MEASure:POWEr"), query: showing(func(o OutputState) string {
				return thousandths(volts(o.Voltage) * amperes(o.Current))
			})},
		},
	}
}

// siglentStatus has the regulation of CH1 and CH2 in bits 0 and 1, independent outputs in bit 2, and in bits 4 and 5
// whether they are on.
func siglentStatus(r *request) (string, error) {
	register := 1 << 2
	for i, ch := range r.supply.channels {
		o := ch.state()
		if o.Regulation == "CC" {
			register |= 1 << i
		}
		if o.Claims {
			register |= 1 << (4 + i)
		}
	}
	return fmt.Sprintf("0x%x", register), r.end()
}
