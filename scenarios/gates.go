package scenarios

import (
	"math"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"periph.io/x/conn/v3/physic"

	"otabench/bench"
	"otabench/ecu/description"
)

const (
	// gateResolution is how closely a threshold of the voltage is found, and chargeStep the step of the battery's message.
	gateResolution = 20 * physic.MilliVolt
	chargeStep     = 0.5
	// chargeMargin is how far from its gate the sweep of the state of charge begins, in percent.
	chargeMargin = 5
	// debounce is how long a condition is held before the unit is asked: longer than usual filters of inputs and signals.
	debounce = 500 * time.Millisecond
)

var _ = Procedures("Gates", Label("gates"), Requirement("UN-R156/7.2.2.5"), Contributes("UN-R156/7.2.2.1.2"), func() {
	It("refuses below the minimum voltage, and agrees again where its description says",
		Requirement("OTA-PRE-2"), Contributes("OTA-ALT-1"), func(ctx SpecContext) {
			sweepVoltage(ctx, "minimum voltage", needVoltageGate(), +1)
		})

	It("refuses above the maximum voltage, and agrees again where its description says",
		func(ctx SpecContext) {
			sweepVoltage(ctx, "maximum voltage", needMaxVoltageGate(), -1)
		})

	It("refuses below the minimum state of charge, and agrees again where its description says",
		Requirement("OTA-PRE-2"), Contributes("OTA-ALT-1"), func(ctx SpecContext) {
			g := Bench.Unit().Description().Gates
			at := needChargeGate()
			margin := chargeMargin + g.ChargeHysteresis
			s := sweep{
				open: min(at+margin, 100), shut: max(at-margin, 0), step: chargeStep, resolution: chargeStep, agrees: agrees,
				apply: func(ctx SpecContext, percent float64) bench.Sensed {
					setBattery(ctx, percent, false)
					pause(ctx, debounce)
					return bench.Sensed{Quantity: counted(percent, "%", "battery message")}
				},
			}
			gate{
				name: "minimum state of charge", unit: "%",
				at: at, resumes: at + g.ChargeHysteresis, tolerance: g.ChargeTolerance,
				judged: g.ChargeHysteresis != 0,
			}.compare(ctx, s)
		})
})

// sweepVoltage sweeps a gate that opens in a direction: +1 upwards, -1 downwards.
func sweepVoltage(ctx SpecContext, name string, at physic.ElectricPotential, direction physic.ElectricPotential) {
	GinkgoHelper()
	rail := needSensor()
	g := Bench.Unit().Description().Gates
	margin := belowGate + g.VoltageHysteresis
	open, shut := at+direction*margin, at-direction*margin
	needReach(rail, max(open, shut))
	s := sweep{
		open: inVolts(open), shut: inVolts(shut), rail: rail,
		step: inVolts(physic.MilliVolt), resolution: inVolts(gateResolution),
		apply: func(ctx SpecContext, v float64) bench.Sensed {
			approach(ctx, rail, volts(v))
			pause(ctx, debounce)
			return terminals(ctx, rail)
		},
		agrees: func(ctx SpecContext) bool {
			before := terminals(ctx, rail).Voltage
			answer := agrees(ctx)
			if moved := terminals(ctx, rail).Voltage - before; max(moved, -moved) > gateResolution {
				unmet(rail, "the voltage moved by %v while the unit was asked", moved)
			}
			return answer
		},
	}
	gate{
		name: name, unit: "V", at: inVolts(at), resumes: inVolts(at + direction*g.VoltageHysteresis),
		tolerance: inVolts(g.VoltageTolerance), judged: g.VoltageHysteresis != 0,
	}.compare(ctx, s)
}

// gate is what the description says of one.
type gate struct {
	name, unit  string
	at, resumes float64 // thresholds
	tolerance   float64 // of both
	judged      bool    // the description knows where the unit agrees again
}

// compare measures both thresholds and compares them with the description.
func (g gate) compare(ctx SpecContext, s sweep) {
	GinkgoHelper()
	Step("look for the refusal threshold from %.4g %s on, in at most %d probes", s.open, g.unit, probes)
	refusal := s.refusal(ctx)
	Step("look for the resumption threshold from %.4g %s on, in at most %d probes", s.shut, g.unit, probes)
	resumption := s.resumption(ctx)

	refuses, width := refusal.quantities(s)
	agrees, other := resumption.quantities(s)
	if other.Value > width.Value {
		width = other
	}
	hysteresis := bench.Quantity{Value: micro(math.Abs(agrees.Value - refuses.Value)), Unit: g.unit, Source: refuses.Source}
	where := limit{}
	if g.judged {
		where = around(g.resumes, g.tolerance)
	}
	measureAll(
		measurement{"refusal threshold, " + g.name, refuses, around(g.at, g.tolerance)},
		measurement{"resumption threshold, " + g.name, agrees, where},
		measurement{"hysteresis, " + g.name, hysteresis, limit{}},
		measurement{"width of the bisection, " + g.name, width, limit{}},
	)

	Step("the programming session itself keeps the refusal threshold")
	s.expect(ctx, s.open, true)
	s.apply(ctx, refusal.agreed.setting)
	Expect(enterProgramming(ctx)).To(Succeed())
	s.expect(ctx, s.open, true)
	s.apply(ctx, refusal.refused.setting)
	Expect(enterProgramming(ctx)).To(beRefused())
}

// agrees asks the unit whether it may be programmed: by its routine, or where it has none by the session itself.
func agrees(ctx SpecContext) bool {
	GinkgoHelper()
	unit := Bench.Unit()
	ask := enterProgramming
	if unit.Description().Routines[description.Preconditions].Exists() {
		ask = func(ctx SpecContext) error {
			defer unit.Programmer().Close()
			return unit.Programmer().Preconditions(ctx)
		}
	}
	err := ask(ctx)
	if err != nil {
		Expect(err).To(beRefused())
	}
	return err == nil
}

// enterProgramming opens the programming session, and leaves it.
func enterProgramming(ctx SpecContext) error {
	GinkgoHelper()
	unit := Bench.Unit()
	client, sessions := unit.Client(), unit.Description().Sessions
	for _, session := range []byte{sessions.Extended, sessions.Programming} {
		if _, err := client.DiagnosticSessionControl(ctx, session); err != nil {
			return err
		}
	}
	_, err := client.DiagnosticSessionControl(ctx, sessions.Default)
	Expect(err).NotTo(HaveOccurred())
	Expect(unit.AwaitBoot(ctx)).To(Succeed()) // some leave the session by a reset
	return nil
}
